"""One spoken day or span: "the 14th of June", "next week", "a week on Friday"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assistant.understanding.calendarwords import calendar_words, ordinal
from assistant.understanding.clock import number_at
from assistant.understanding.months import add_months, month_span, next_on, year_span
from memory.dates import DateSpan, on_day

_Read = tuple[int, DateSpan]  # past the last word, the days


@dataclass(frozen=True, slots=True)
class SpokenDate:
    """Words ``first:last`` say these days; ``at`` is set when they say a moment ("in two hours")."""

    first: int
    last: int
    span: DateSpan
    at: datetime | None = None
    frequent: bool = False  # "on Fridays": no one day is meant


class DayReader:
    """Reads one date at a time at places in a list of plain words."""

    def __init__(self, words: Sequence[str], now: datetime, past: bool) -> None:
        self.words = words
        self.now = now.replace(tzinfo=None)
        self.today = now.date()
        self.past = past
        self.data = calendar_words()

    def single(self, i: int) -> SpokenDate | None:
        """The day or span that begins at word ``i``."""
        start = self.skip(i, *self.data["whole"])
        for read in self._readers():
            found = read(start)
            if found:
                return SpokenDate(i, found[0], found[1], frequent=self._frequent(start, found[0]))
        return None

    def _readers(self) -> tuple[Callable[[int], _Read | None], ...]:
        return (
            self._relative_day,
            self._amount,
            self._day_of_month,
            self._weekday,
            self._weekend,
            self._holiday,
            self._this_or_next,
            self._month,
            self._bare_ordinal,
            self._year,
        )

    def _frequent(self, first: int, last: int) -> bool:
        """ "on Fridays", "every Friday"."""
        said = self.words[first:last]
        every = first > 0 and self.words[first - 1] in {"every", "each", "most"}
        return every or any(
            w in self.data["weekdays"] and w.endswith("s") and w not in {"weds", "thurs", "tues"} for w in said
        )

    # -- single dates -------------------------------------------------------------------------------------------

    def _relative_day(self, i: int) -> _Read | None:
        for phrase, days in self.data["days"]:
            if self._says(i, phrase):
                return i + len(phrase), on_day(self.today + timedelta(days=days))
        return None

    def moment_at(self, i: int) -> SpokenDate | None:
        """ "in two hours", "in half an hour": minutes and hours give a moment."""
        j = i + 1 if self.word(i) in self.data["in"] else i
        minutes, end = 0, 0
        for phrase in self.data["half_hour"]:
            if self._says(j, phrase):
                minutes, end = 30, j + len(phrase)
        read = self._quantity(j)
        if not minutes and read and read[1] in {"minute", "hour"}:
            minutes, end = read[0] * (60 if read[1] == "hour" else 1), read[2]
            if self._says(end, ("and", "a", "half")):
                minutes, end = minutes + 30, end + 3
        led = j > i or self.skip(end, *self.data["time"]) > end
        if not minutes or not led or minutes > 60 * 24 * 7:
            return None
        at = self.now + timedelta(minutes=minutes)
        return SpokenDate(i, end, on_day(at.date()), at)

    def _amount(self, i: int) -> _Read | None:
        """ "in three days", "two weeks ago", "a week on Friday", "in a month's time"."""
        led = self.word(i) in self.data["in"]
        read = self._quantity(i + 1 if led else i)
        if read is None or read[1] in {"minute", "hour"}:
            return None
        count, unit, end = read
        end += self.word(end) == "'s"
        if self.word(end) in self.data["ago"]:
            return end + 1, self._around(count, unit, -1)
        after_weekday = self._amount_on(count, unit, end)
        if after_weekday:
            return after_weekday
        timed = self.skip(end, *self.data["time"])
        if led or timed > end:
            return timed, on_day(self._shift(count, unit))
        over = self.word(i - 1) in {"next", "coming"} or self.word(i) in {"next", "coming"}
        return (end, DateSpan(self.today, self._shift(count, unit))) if over else None

    def _around(self, count: int, unit: str, sign: int) -> DateSpan:
        day = self._shift(sign * count, unit)
        return month_span(day) if unit == "month" else year_span(day.year) if unit == "year" else on_day(day)

    def _amount_on(self, count: int, unit: str, end: int) -> _Read | None:
        """ "a week on Friday", "a week today", "two weeks tomorrow"."""
        if unit not in {"week", "fortnight"}:
            return None
        weeks = count * (2 if unit == "fortnight" else 1)
        start = end + (self.word(end) in {"on", "from"})
        base = self._relative_day(start) or self._weekday(start)
        if base is None or (start == end and self.word(start) not in self.data["from_today"]):
            return None
        return base[0], on_day(base[1].first + timedelta(weeks=weeks))

    def _quantity(self, i: int) -> tuple[int, str, int] | None:
        """(how many, of which unit, past the last word)."""
        for phrase, amount in self.data["amounts"]:
            if self._says(i, phrase) and self.word(i + len(phrase)) in self.data["units"]:
                return amount, self.data["units"][self.word(i + len(phrase))], i + len(phrase) + 1
        number = number_at(self.words, i)
        if number is None or self.word(number[1]) not in self.data["units"]:
            return None
        return number[0], self.data["units"][self.word(number[1])], number[1] + 1

    def _shift(self, count: int, unit: str) -> date:
        if unit in {"month", "year"}:
            return add_months(self.today, count * (12 if unit == "year" else 1))
        return self.today + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])

    def _day_of_month(self, i: int) -> _Read | None:
        """ "the 14th of June", "June 14th", "14 June 2027", "Saturday the 7th"."""
        start = i + 1 if self.word(i) in self.data["weekdays"] else i
        j = self.skip(start, ("on",), ("the",), ("on", "the"))
        day = self._ordinal_at(j) or self._cardinal_before_month(j)
        if day:
            of = self.skip(day[1], ("of",), ("of", "the"))
            month = self.data["months"].get(self.word(of))
            if month:
                return self._with_year(of + 1, month, day[0])
            if start > i:
                return day[1], on_day(self._nearest_day(day[0]))
            return None
        month = self.data["months"].get(self.word(j))
        after = self.skip(j + 1, ("the",))
        day = self._ordinal_at(after) or self._cardinal(after)
        return self._with_year(day[1], month, day[0]) if month and day else None

    def _cardinal_before_month(self, i: int) -> tuple[int, int] | None:
        day = self._cardinal(i)
        return day if day and self.word(self.skip(day[1], ("of",))) in self.data["months"] else None

    def _cardinal(self, i: int) -> tuple[int, int] | None:
        day = number_at(self.words, i)
        return day if day and 1 <= day[0] <= 31 else None

    def _with_year(self, end: int, month: int, day: int) -> _Read | None:
        if not 1 <= day <= 31:
            return None
        year = self._year_number(end)
        if year:
            return end + 1, on_day(next_on(date(year, month, 1), day))
        this = next_on(date(self.today.year, month, 1), day)
        if self.past and this > self.today:
            this = next_on(date(self.today.year - 1, month, 1), day)
        if not self.past and this < self.today:
            this = next_on(date(self.today.year + 1, month, 1), day)
        return end, on_day(this)

    def _bare_ordinal(self, i: int) -> _Read | None:
        """ "the 14th"."""
        j = self.skip(i, ("the",))
        day = self._ordinal_at(j) if j > i else None
        if day is None or not 1 <= day[0] <= 31 or self._counts(day[1], self.words[j]):
            return None
        return day[1], on_day(self._nearest_day(day[0]))

    def _counts(self, after: int, word: str) -> bool:
        """ "the third time", "the first of them": an ordinal that is no day."""
        follow = self.word(after)
        plain_small = word in {"first", "second", "third", "fourth", "fifth", "1st", "2nd", "3rd"}
        if not follow or not plain_small:
            return follow in {
                "time",
                "floor",
                "birthday",
                "anniversary",
                "round",
                "year",
                "one",
                "person",
                "child",
                "grade",
            }
        free = {
            "and",
            "to",
            "till",
            "until",
            "so",
            "but",
            "at",
            "in",
            "for",
            "because",
            "with",
            "from",
            "then",
            "she",
            "he",
            "they",
            "i",
        }
        return follow not in free

    def _nearest_day(self, day: int) -> date:
        if not self.past:
            return next_on(self.today, day)
        this = next_on(self.today.replace(day=1), day)
        return this if this <= self.today else next_on(add_months(self.today.replace(day=1), -1), day)

    def _weekday(self, i: int) -> _Read | None:
        start = i + 1 if self.word(i) in {"on", "this", "the", "coming"} else i
        lead = self.word(start)
        shifted = lead in self.data["next"] or lead in self.data["last"]
        word = self.word(start + 1 if shifted else start)
        day = self.data["weekdays"].get(word)
        if day is None or (word in self.data["unsure_weekdays"] and self.word(i) not in {"on", "next", "last", "this"}):
            return None
        end = start + 2 if shifted else start + 1
        ahead = (day - self.today.weekday()) % 7 or 7
        if lead in self.data["last"] or (self.past and lead not in self.data["next"] and self.word(i) != "this"):
            ahead -= 7
            ahead -= 7 * (ahead == 0)
        elif lead in self.data["next"]:
            ahead = 7 - self.today.weekday() + day
        if self.word(end) in self.data["week"] and not shifted:
            return end + 1, on_day(self.today + timedelta(days=ahead + 7))
        if self._says(end, ("next", "week")) or self._says(end, ("of", "next", "week")):
            return end + 2 + (self.word(end) == "of"), on_day(self.today + timedelta(7 - self.today.weekday() + day))
        if self._says(end, ("last", "week")):
            return end + 2, on_day(self.today + timedelta(day - self.today.weekday() - 7))
        return end, on_day(self.today + timedelta(days=ahead))

    def _weekend(self, i: int) -> _Read | None:
        start = self.skip(i, ("at",), ("over",), ("for",), ("on",))
        lead = self.word(start)
        for phrase in self.data["weekend"]:
            j = start + (lead in {"the", "this"} or lead in self.data["next"] or lead in self.data["last"])
            if not self._says(j, phrase):
                continue
            saturday = self.today + timedelta(days=5 - self.today.weekday())
            if lead in self.data["last"] or (self.past and saturday > self.today):
                saturday -= timedelta(days=7)
            elif lead in self.data["next"]:
                saturday += timedelta(days=7)
            return j + len(phrase), DateSpan(saturday, saturday + timedelta(days=1))
        return None

    def _holiday(self, i: int) -> _Read | None:
        for phrase, (month, day) in self.data["holidays"]:
            if self._says(i, phrase):
                return self._with_year(i + len(phrase), month, day)
        return None

    def _this_or_next(self, i: int) -> _Read | None:
        """ "this month", "next week", "last year"."""
        lead = self.word(i)
        sign = (
            1
            if lead in self.data["next"]
            else 0
            if lead in self.data["this"]
            else -1
            if lead in self.data["last"]
            else None
        )
        unit = self.data["units"].get(self.word(i + 1))
        if sign is None or unit not in {"week", "month", "year", "fortnight"} or self.word(i + 1).endswith("s"):
            return None
        monday = self.today - timedelta(days=self.today.weekday())
        if unit == "week":
            monday += timedelta(weeks=sign)
            return i + 2, DateSpan(monday, monday + timedelta(days=6))
        if unit == "fortnight":
            return i + 2, DateSpan(self.today, self.today + timedelta(days=14))
        if unit == "month":
            return i + 2, month_span(add_months(self.today, sign))
        return i + 2, year_span(self.today.year + sign)

    def _month(self, i: int) -> _Read | None:
        """ "in July", "next March", "the end of May 2027"."""
        j = self.skip(i, *self.data["part"])
        lead = self.word(j)
        shifted = lead in self.data["next"] or lead in self.data["last"] or lead in self.data["this"]
        j += shifted
        word = self.word(j)
        month = self.data["months"].get(word)
        before = self.word(j - 1) if j else ""
        if month is None or (word in self.data["unsure_months"] and before not in self.data["before_month"]):
            return None
        year = self._year_number(j + 1)
        if year:
            return j + 2, month_span(date(year, month, 1))
        this = date(self.today.year, month, 1)
        behind = month_span(this).last < self.today
        if lead in self.data["last"] or (self.past and this > self.today):
            this = this if lead in self.data["last"] and behind else this.replace(year=this.year - 1)
        elif behind and not self.past:
            this = this.replace(year=this.year + 1)
        return j + 1, month_span(this)

    def _year(self, i: int) -> _Read | None:
        year = self._year_number(i + 1) if self.word(i) in {"in", "by", "since", "until"} else None
        return (i + 2, year_span(year)) if year else None

    # -- words --------------------------------------------------------------------------------------------------

    def word(self, i: int) -> str:
        return self.words[i] if 0 <= i < len(self.words) else ""

    def _says(self, i: int, phrase: Sequence[str]) -> bool:
        return self.word(i) == phrase[0] and tuple(self.words[i : i + len(phrase)]) == tuple(phrase)

    def skip(self, i: int, *phrases: Sequence[str]) -> int:
        return next((i + len(p) for p in phrases if self._says(i, p)), i)

    def _ordinal_at(self, i: int) -> tuple[int, int] | None:
        word = self.word(i)
        day = ordinal(word)
        if day:
            return day, i + 1
        tens = self.data["tens"].get(word)
        ones = ordinal(self.word(i + 1))
        return (tens + ones, i + 2) if tens and ones and ones < 10 else None

    def _year_number(self, i: int) -> int | None:
        word = self.word(i)
        return int(word) if len(word) == 4 and word.isdecimal() and 1900 <= int(word) <= 2200 else None
