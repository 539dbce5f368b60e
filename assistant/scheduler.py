"""Speaks up at the right moment, and does what else happens by the clock: old sound is let go."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from assistant.household import Household
from assistant.intents import briefing
from assistant.intents.earshot import within_earshot
from assistant.manner import FIRST_WORDS, Manner, manner
from assistant.phrasing import line
from assistant.settings import Settings
from assistant.triggers import morning, table
from assistant.triggers.occasion import Look, Occasion, begin, told
from assistant.triggers.standing import is_little, is_welcome, may_be_said, open_ones
from memory import captures, memories, questions, suggestions
from memory.after_events import date_reminders
from memory.errors import StoreError
from satellites.errors import SatelliteError
from speech.errors import SpeechError

log = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0
_LOOKS_A_MINUTE = 12  # what can wait is looked for once in a minute: it takes a little longer


@dataclass(frozen=True, slots=True)
class _Chosen:
    """``tells``: what else has been told once it was heard."""

    occasion: Occasion
    room: str = ""
    tells: tuple[Occasion, ...] = ()


async def run_scheduler(household: Household, settings: Settings, look_seconds: float = _LOOK_SECONDS) -> None:
    """Runs until cancelled."""
    how = manner(settings.daily_suggestions, settings.briefing)
    for count in itertools.count():
        try:
            await speak_up(household, how, unasked=count % _LOOKS_A_MINUTE == 0)
            await asyncio.to_thread(let_sound_go, household, settings.keep_sound_days)
        except (SatelliteError, SpeechError, StoreError) as err:
            log.error("%s", err)  # offered again later: what counts is what was heard
        await asyncio.sleep(look_seconds)


async def speak_up(household: Household, how: Manner = Manner(), unasked: bool = True) -> None:
    """One look: says what there is a reason to say now, one thing after the other. ``unasked`` False: only what was
    to be told.
    """
    while chosen := await asyncio.to_thread(_choose, household, how, unasked):
        if not await _deliver(household, chosen):
            return


def let_sound_go(household: Household, keep_sound_days: int) -> None:
    captures.age_out_sound(household.parts.db, household.parts.clock() - timedelta(days=keep_sound_days))


def _choose(household: Household, how: Manner, unasked: bool) -> _Chosen | None:
    """The first that may be said now, where someone can hear it."""
    parts, now = household.parts, household.parts.clock().astimezone()
    if not household.can_say():
        return None
    memories.derive(parts.db)
    date_reminders(parts.db)
    look = Look(parts.db, parts.vectors, now)
    promised = next(_sayable(household, look, table.promised(look)), None)
    if promised or not unasked:
        return _Chosen(promised) if promised else None
    return _the_morning(household, look, how) or _unasked(household, look, how)


def _the_morning(household: Household, look: Look, how: Manner) -> _Chosen | None:
    if not household.can_say(room=how.room) or not morning.is_time(look, how.briefing):
        return None
    today = morning.occasion(look, how.briefing)
    if not any(may_be_said(look, one, household.quiet) for one in open_ones(look, [today])):
        return None
    there = dataclasses.replace(look, overheard=household.is_overheard(how.room))
    said = within_earshot(there, briefing.of_the_morning)
    if how.briefing == FIRST_WORDS and said.tells == (today,):
        told(look.db, [today], look.now)  # nothing to say: nothing is said
        return None
    return _Chosen(dataclasses.replace(today, lines=said.lines, private=not there.overheard), how.room, said.tells)


def _unasked(household: Household, look: Look, how: Manner) -> _Chosen | None:
    if look.now in household.quiet or not is_little(look, how.daily):
        return None
    waiting = table.unasked(look) if is_welcome(look) else ()
    unasked = next(_sayable(household, look, (*table.pressing(look), *waiting)), None)
    return _Chosen(unasked) if unasked else None


def _sayable(household: Household, look: Look, found: Iterable[Occasion]) -> Iterator[Occasion]:
    """What is private waits for a private place, once it was said that there is something."""
    for occasion in open_ones(look, found):
        if may_be_said(look, occasion, household.quiet):
            one = _there(household, look, occasion)
            before = suggestions.by_key(look.db, occasion.key)
            if one and (household.can_say(private=one.private) or before is None or before.state != "withheld"):
                yield one


def _there(household: Household, look: Look, occasion: Occasion) -> Occasion | None:
    """What may be said of it: where others would hear, what is for their ears; else all, which makes it private if
    that is more. None: nothing may be.
    """
    whole = table.as_heard(look, occasion)
    light = table.as_heard(dataclasses.replace(look, overheard=True), occasion)
    if light and (light == whole or household.is_overheard()):
        return light
    return whole and dataclasses.replace(whole, private=True)


async def _deliver(household: Household, chosen: _Chosen) -> bool:
    """Says it; whether it was heard. From before its first sound until it was heard to its end it counts as begun: a
    crash between the two neither loses it nor has it said again at once.
    """
    db, now, occasion = household.parts.db, household.parts.clock(), chosen.occasion
    await asyncio.to_thread(begin, db, occasion, now)
    if occasion.private and not household.can_say(private=True):
        if heard := await household.say([line("private_later")]):
            await asyncio.to_thread(suggestions.not_heard, db, occasion.key, "withheld")
            return True
    else:
        heard = await household.say(
            occasion.lines, occasion.private, chosen.room, then_listen=occasion.question is not None
        )
    await asyncio.to_thread(_told if heard else _not_heard, household, chosen)
    return heard


def _told(household: Household, chosen: _Chosen) -> None:
    db, now, occasion = household.parts.db, household.parts.clock(), chosen.occasion
    with db.transaction():
        suggestions.heard(db, occasion.key, now)
        told(db, [one for one in chosen.tells if one.key != occasion.key], now)
        if occasion.question:
            questions.ask(db, occasion.question, now)


def _not_heard(household: Household, chosen: _Chosen) -> None:
    suggestions.not_heard(household.parts.db, chosen.occasion.key, "unheard")
