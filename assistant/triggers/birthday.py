"""Someone's birthday: on its day, or, where no more than the month was told, as the month begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from assistant.phrasing import line
from assistant.triggers.occasion import Look, Occasion
from memory import birthdays
from memory.birthdays import Birthday
from memory.dates import DateSpan, on_day

_MONTH_BEGINS = timedelta(days=6)


def occasions(look: Look) -> Iterator[Occasion]:
    today = look.now.date()
    for birthday in birthdays.within(look.db, DateSpan(today - _MONTH_BEGINS, today)):
        if birthday.when == on_day(today):
            yield Occasion(key(birthday), (line("birthday_today", name=birthday.person.name),), (birthday.person,))
        elif birthday.when.first <= today < birthday.when.last:
            said = line("birthday_this_month", name=birthday.person.name, when=birthday.when)
            yield Occasion(key(birthday), (said,), (birthday.person,))


def key(birthday: Birthday) -> str:
    return f"birthday/{birthday.person.id}/{birthday.when.last.year}"
