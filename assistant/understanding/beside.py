"""Days named by another one: "the day after Christmas", "the Monday before the 14th", "the week of June 3rd"."""

from __future__ import annotations

from datetime import timedelta

from assistant.understanding.amounts import Reader
from assistant.understanding.months import add_months, month_span, week_span, weekend_span, year_span
from assistant.understanding.said import Read, Said
from memory.dates import DateSpan, on_day


def beside_at(said: Said, i: int, read_day: Reader) -> Read | None:
    start = said.over(i, "on_the")
    held = _containing(said, i, start, read_day)
    if held:
        return held
    word = said.word(start)
    weekday, part = said.data["weekdays"].get(word), word in said.data["part_words"]
    unit = "weekend" if said.is_in(start, "weekends") else said.unit(start)
    named = weekday is not None or part or unit in {"day", "week", "weekend", "month", "year"}
    if not named or word.endswith("days"):
        return None
    before, after = said.over(start + 1, "before"), said.over(start + 1, "after")
    sign, base_at = (-1, before) if before > start + 1 else (1, after)
    if base_at == start + 1 or said.word(start + 1) == "from":
        return None
    base = read_day(said, base_at)
    if base is None or (weekday is None and _restated(said, base_at)):
        return None
    span = base[1]
    if weekday is not None:
        day = (span.first if sign < 0 else span.last) + timedelta(days=sign)
        away = (day.weekday() - weekday if sign < 0 else weekday - day.weekday()) % 7
        return base[0], on_day(day + timedelta(days=sign * away))
    return base[0], _whole_beside(span, "day" if part else unit, sign)


def _whole_beside(span: DateSpan, unit: str, sign: int) -> DateSpan:
    """The whole day, week, weekend, month or year just before or after a span."""
    edge = span.first if sign < 0 else span.last
    if unit == "day":
        return on_day(edge + timedelta(days=sign))
    if unit == "week":
        return week_span(edge + timedelta(days=7 * sign))
    if unit == "month":
        return month_span(add_months(edge, sign))
    if unit == "year":
        return year_span(edge.year + sign)
    beside = weekend_span(edge + timedelta(days=sign))
    if sign < 0 and beside.last >= span.first:
        return weekend_span(edge - timedelta(days=7))
    return weekend_span(edge + timedelta(days=7)) if sign > 0 and beside.first <= span.last else beside


def _restated(said: Said, i: int) -> bool:
    """ "The day before, the 29th": the number says which day that is, if a mark stands between or none are known."""
    numbered = said.word(i) == "the" and said.ordinal(i + 1) is not None
    return i in said.after_marks if said.after_marks is not None else numbered


def _containing(said: Said, i: int, start: int, read_day: Reader) -> Read | None:
    """ "the week of the 14th", "the weekend of the 3rd"."""
    for key, span_of in (("week_of", week_span), ("weekend_of", weekend_span)):
        end = said.over(start, key)
        base = read_day(said, said.over(end, "on")) if end > start else None
        if base and (base[1].last - base[1].first).days < 7:
            return base[0], span_of(base[1].first)
    return None
