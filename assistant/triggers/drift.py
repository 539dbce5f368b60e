"""Someone close who slips out of sight: out of mind longer than their own rhythm. One name, as a kindness."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.phrasing import Line, line
from assistant.triggers.occasion import Look, Occasion
from assistant.triggers.standing import open_ones
from memory import memories, people, reaching
from memory.records import Person

_LOOKED_AT = 30  # memories


def occasions(look: Look) -> Iterator[Occasion]:
    """At most one: the closest who was not brought to mind since they were last met or spoken of."""
    for person_id, standing in reaching.slipping(look.db, look.now):
        if standing.last and not reaching.offered_since(look.db, person_id, standing.last):
            person = people.by_id(look.db, person_id)
            key = f"drift/{person.id}/{standing.last.isoformat()}"
            if list(open_ones(look, [one := Occasion(key, tuple(_lines(look, person)), (person,))])):
                yield one
                return


def _lines(look: Look, person: Person) -> list[Line]:
    known = memories.about(look.db, person.id, _LOOKED_AT)
    if reaching.grieves(known):
        return [line("drift_gently", name=person.name)]
    if fits := reaching.wishes(look.db).get(person.id):
        return [line("drift", name=person.name), line("wished", wish=fits[0].wish, things=[fits[1].text])]
    told = reaching.news(known, person, look.now.date())
    return [line("drift", name=person.name), *([line("last_told", things=[told.text])] if told else [])]
