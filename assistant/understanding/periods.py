"""Weeks, months, quarters, seasons, years and decades: "next week", "in July", "last summer", "Q3", "the 80s"."""

from __future__ import annotations

from datetime import date, timedelta

from assistant.understanding.months import add_months, month_span, months_span, week_span, year_span
from assistant.understanding.said import Read, Said
from memory.dates import DateSpan, on_day


def period_at(said: Said, i: int, inside: bool = False) -> Read | None:
    """A span longer than a day; ``inside`` allows "the week", as in "the end of the week"."""
    return (
        _stepped_unit(said, i)
        or month_at(said, i)
        or _season(said, i)
        or _quarter(said, i)
        or _decade(said, i)
        or _year(said, i, inside)
        or (_plain_unit(said, i) if inside else None)
    )


def month_at(said: Said, i: int) -> Read | None:
    """ "July", "next March", "May 2027"."""
    j = said.over(i, "around")
    step = said.step(j)
    coming = step is None and said.is_in(j, "coming")
    j += step is not None or coming
    word = said.word(j)
    month = said.data["months"].get(word)
    if month is None:
        return None
    year = said.year_after(j + 1)
    if year:
        return year[1], month_span(date(year[0], month, 1))
    if word in said.data["unsure_months"] and not _is_surely_month(said, j):
        return None
    this = date(said.today.year, month, 1)
    if step == 1:
        this = this if this > said.today else _in_year(this, 1)
    elif step == -1:
        this = this if month_span(this).last < said.today else _in_year(this, -1)
    elif said.past and step != 0:
        this = this if this <= said.today else _in_year(this, -1)
    elif month_span(this).last < said.today:
        this = _in_year(this, 1)
    return j + 1, month_span(this)


def _is_surely_month(said: Said, i: int) -> bool:
    """Whether "May" or "June" is no name or verb here."""
    linked = said.over(i + 1, "to")
    between = said.word(i + 1) != "and" or (said.word(i - 1),) in said.data["from"]
    to_month = linked > i + 1 and said.word(linked) in said.data["months"] and between
    return said.alone or to_month or said.word(i - 1) in said.data["before_month"]


def _in_year(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def _stepped_unit(said: Said, i: int) -> Read | None:
    """ "this month", "next week Friday", "the week after next", "this time next year"."""
    timed = said.over(i, "this_time")
    start = said.over(timed, "the")
    step = said.step(start)
    if step is None and said.is_in(start, "coming"):
        step = 1
    if step is not None:
        unit, end = _single_unit(said, start + 1), start + 2
        if start > timed and step == 0:
            return None
    else:
        unit, end = _single_unit(said, start), start + 1
        after_next, before_last = said.over(end, "after_next"), said.over(end, "before_last")
        if after_next == before_last:
            return None
        step, end = (2, after_next) if after_next > end else (-2, before_last)
    if not unit or said.word(end) == "of":
        return None
    if timed > i:
        return end, on_day(_moved(said.today, unit, step))
    span = _unit_span(_moved(said.today, unit, step), unit)
    on = said.over(end, "on")
    weekday = said.data["weekdays"].get(said.word(on))
    if unit == "week" and weekday is not None and not said.word(on).endswith("days"):
        return on + 1, on_day(span.first + timedelta(days=weekday))
    return end, span


def _single_unit(said: Said, i: int) -> str:
    word = said.word(i)
    unit = "quarter" if word == said.data["quarter"] else said.unit(i)
    plural = word.endswith("s") and word != said.data["quarter"]
    return unit if unit in {"week", "month", "quarter", "year", "decade"} and not plural else ""


def _plain_unit(said: Said, i: int) -> Read | None:
    """ "(the end of) the month": the one we are in."""
    start = said.over(i, "the")
    unit = _single_unit(said, start)
    return (start + 1, _unit_span(said.today, unit)) if unit else None


def _moved(day: date, unit: str, step: int) -> date:
    if unit == "week":
        return day + timedelta(weeks=step)
    return add_months(day, step * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit])


def _unit_span(day: date, unit: str) -> DateSpan:
    if unit == "week":
        return week_span(day)
    if unit == "month":
        return month_span(day)
    if unit == "quarter":
        return months_span(day.year, (day.month - 1) // 3 * 3 + 1)
    return year_span(day.year) if unit == "year" else _ten_years(day.year // 10 * 10)


def _season(said: Said, i: int) -> Read | None:
    """ "last summer", "in the spring", "winter 2027"."""
    the = said.over(i, "the")
    step = said.step(the)
    coming = step is None and said.is_in(the, "coming")
    j = the + (step is not None or coming)
    month = said.data["seasons"].get(said.word(j))
    if month is None or said.word(j + 1) == "'s":
        return None
    year = said.year_after(j + 1)
    if year:
        return year[1], months_span(year[0], month)
    guards = said.data["season_guards"]
    before = said.word(i - 1)
    allowed = guards["before_definite"] if the > i else guards["before"]
    if said.word(j) in guards["unsure"]:
        allowed = guards["before_unsure"]
    if not (step is not None or coming or before in allowed or said.alone):
        return None
    spans = [months_span(said.today.year + n, month) for n in (-2, -1, 0, 1, 2)]
    if step == -1:
        return j + 1, next(s for s in reversed(spans) if s.last < said.today)
    if said.past and step is None:
        return j + 1, next(s for s in reversed(spans) if s.first <= said.today)
    return j + 1, next(s for s in spans if (s.first > said.today if step == 1 else s.last >= said.today))


def _quarter(said: Said, i: int) -> Read | None:
    """ "Q3", "the third quarter of 2027", "the first quarter"."""
    j = said.over(i, "the")
    number = said.data["quarters"].get(said.word(j))
    end = j + 1
    nth = said.ordinal(j)
    if number is None and nth and said.word(nth[1]) == said.data["quarter"] and nth[0] <= 4:
        number, end = nth[0], nth[1] + 1
    if number is None:
        return None
    year = said.year_after(end)
    of_year = said.over(end, "of_the_year")
    if nth and not year and of_year == end and not said.alone and said.word(i - 1) not in said.data["before_month"]:
        return None
    if year:
        return year[1], months_span(year[0], number * 3 - 2)
    if of_year > end:
        return of_year, months_span(said.today.year, number * 3 - 2)
    spans = [months_span(said.today.year + n, number * 3 - 2) for n in (-1, 0, 1)]
    if said.past:
        return end, next(s for s in reversed(spans) if s.first <= said.today)
    return end, next(s for s in spans if s.last >= said.today)


def _year(said: Said, i: int, inside: bool) -> Read | None:
    """ "in 2019", "the year 2030"; a bare number of four digits is a year only after a word that leads to one."""
    lead = i + 1 if said.is_in(i, "before_year") else i
    named = said.over(lead, "the_year")
    year = said.year(named)
    if year is None or not (inside or said.alone or named > i or said.is_in(i - 1, "before_year")):
        return None
    if said.unit(year[1]) or said.word(year[1]) in said.data["no_days"]["after_number"]:
        return None
    return year[1], year_span(year[0])


def _decade(said: Said, i: int) -> Read | None:
    """ "the 80s", "the nineties", "the 2010s"."""
    j = said.over(i, "the")
    word = said.word(j)
    before = said.word(j - 1)
    if before not in said.data["before_decade"] and not said.alone:
        return None
    if word in said.data["decades"]:
        return j + 1, _ten_years(said.data["decades"][word])
    digits = word.removesuffix("s").removesuffix("'")
    if word == digits or not digits.isdecimal() or not digits.endswith("0") or len(digits) not in {2, 4}:
        return None
    number = int(digits)
    year = number if len(digits) == 4 else 2000 + number if number <= 20 else 1900 + number
    return (j + 1, _ten_years(year)) if 1000 <= year <= 2200 else None


def _ten_years(year: int) -> DateSpan:
    return DateSpan(date(year, 1, 1), date(year + 9, 12, 31))
