"""What the speaker means to do, told of nobody else: "I'm going to see a band tomorrow", "I want to learn Greek"."""

from __future__ import annotations

from assistant.understanding.language import load
from assistant.understanding.meaning import Remembered
from assistant.understanding.phrases import Line, phrases
from assistant.understanding.places import place_in
from assistant.understanding.requests import is_question
from assistant.understanding.scene import Scene, Told
from assistant.understanding.wording import stand_alone


def own_plans(scene: Scene) -> list[Remembered]:
    """The speaker's own plans and wishes; none where somebody is named or something is asked."""
    if scene.people or is_question(scene):
        return []
    own = [told for told in scene.told if is_own_plan(scene, told)]
    return [
        Remembered(
            (),
            "plan",
            of_speaker(scene, told.line),
            scene.said(told.clause.first, told.clause.last),
            scene.span(told.clause.first, told.clause.last),
            place_in(scene, told.clause.first, told.clause.last),
        )
        for told in own
    ]


def of_speaker(scene: Scene, line: Line) -> str:
    """What the speaker says of themselves, said to them: "You're in Lisbon until Sunday."."""
    text = stand_alone(scene, line)
    for long, short in load("ownplans")["short"].items():
        text = text.replace(long, short)
    return text


def is_own_plan(scene: Scene, told: Told) -> bool:
    line, first, last = told.line, told.clause.first, told.clause.last
    if phrases("ownplans", "patterns", "never").find(line):
        return False
    if phrases("ownplans", "patterns", "wish").find(line):
        return True
    if not phrases("ownplans", "patterns", "plan").find(line) or place_in(scene, first, last):
        return False
    span = scene.span(first, last)
    return span is not None and span.last >= scene.now.date()
