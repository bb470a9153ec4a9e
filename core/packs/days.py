"""Days as customers name them, in Chinese and English, counted from today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.understand.numerals import count

_AWAY = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "今儿": 0, "明天": 1, "明日": 1, "明儿": 1,
    "后天": 2, "大后天": 3, "the day before yesterday": -2, "yesterday": -1, "today": 0, "tonight": 0,
    "tomorrow": 1, "tmrw": 1, "tmr": 1, "the day after tomorrow": 2, "day after tomorrow": 2,
}  # fmt: skip
_AWAY_IN = re.compile("|".join(sorted(map(re.escape, _AWAY), key=len, reverse=True)), re.IGNORECASE)
_IN_DAYS = re.compile(
    r"(?:过)?(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(天|周|个?星期|个?礼拜)(?:以后|之后|后)"
    r"|\bin (?:about )?(\d{1,2}|[a-z]+) (day|week)s?(?:' time)?\b",
    re.IGNORECASE,
)
_WEEKDAY_ZH = re.compile(r"(这个?|本|下下个?|下个?|上个?)?(?:周|星期|礼拜)([一二三四五六日天])")
_WEEKDAY_EN = re.compile(
    r"\b(?:(this|next|coming|last) )?(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b(?!')",
    re.IGNORECASE,
)
_EN_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ISO = re.compile(r"(?<!\d)(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日|号)?(?!\d)")
_MONTH_ZH = re.compile(
    r"(?<!\d)(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?\s*(\d{1,2}|[一二三四五六七八九十]{1,3})(?:日|号)?"
)
_DAY_ZH = re.compile(
    r"(?<![\d月一二三四五六七八九十])(\d{1,2}|[一二三四五六七八九十]{1,3})[号日](?!楼|线|店|门|柜|窗|院|码)"
)
_NUMBERED = re.compile(r"(?<![\d/])(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])(?![\d/])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_MONTH_EN = re.compile(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (20\d\d))?", re.IGNORECASE)
_DAY_EN = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (20\d\d))?", re.IGNORECASE)
_ONLY_DAY_EN = re.compile(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)
_PAST_MEANT = 60
"""Days back to which a date without a year still is the past one; further back, next year's is meant."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was named, and where."""

    when: date
    start: int
    end: int


def find_days(text: str, today: date) -> tuple[Day, ...]:
    """Return the days that normalised text names, in order; what is no day of the calendar is left out.

    "周三" and "Wednesday" are the coming ones, today included; "下周三" and "next Wednesday" those of the next
    week, which begins on Monday. A date without a year is the nearest one that is not long past.
    """
    found: list[Day] = []
    for day in _candidates(text, today):
        if all(day.end <= other.start or day.start >= other.end for other in found):
            found.append(day)
    return tuple(sorted(found, key=lambda day: day.start))


def _candidates(text: str, today: date) -> Iterator[Day]:
    for match in _ISO.finditer(text):
        yield from _dated(match, match.group(2), match.group(3), today, int(match.group(1)))
    for match in _MONTH_ZH.finditer(text):
        yield from _dated(match, match.group(1), match.group(2), today)
    for pattern, month, day in ((_MONTH_EN, 1, 2), (_DAY_EN, 2, 1)):
        for match in pattern.finditer(text):
            number = str(_MONTHS.index(match.group(month)[:3].lower()) + 1)
            year = int(match.group(3)) if match.group(3) else None
            yield from _dated(match, number, match.group(day), today, year)
    for match in _NUMBERED.finditer(text):
        yield from _dated(match, match.group(1), match.group(2), today)
    for match in _IN_DAYS.finditer(text):
        many = count(match.group(1) or match.group(3))
        weeks = (match.group(2) or match.group(4)).lower() not in ("天", "day")
        if many:
            yield Day(today + timedelta(days=many * (7 if weeks else 1)), *match.span())
    for match in _AWAY_IN.finditer(text):
        yield Day(today + timedelta(days=_AWAY[match.group().lower()]), *match.span())
    yield from _weekdays(text, today)
    for match in (*_DAY_ZH.finditer(text), *_ONLY_DAY_EN.finditer(text)):
        yield from _coming(match, count(match.group(1)), today)


def _weekdays(text: str, today: date) -> Iterator[Day]:
    for match in _WEEKDAY_ZH.finditer(text):
        which, name = match.groups()
        weekday = 6 if name in "日天" else "一二三四五六".index(name)
        yield Day(_weekday(weekday, (which or "").removesuffix("个"), today), *match.span())
    for match in _WEEKDAY_EN.finditer(text):
        which, name = match.groups()
        if len(name) + len(which or "") == 3 and not match.group().istitle():  # "sat", "sun", "wed" are words, too
            continue
        meant = {"next": "下", "last": "上"}.get((which or "").lower(), "")
        yield Day(_weekday(_EN_DAYS.index(name[:3].lower()), meant, today), *match.span())


def _weekday(weekday: int, which: str, today: date) -> date:
    weeks = {"下": 1, "下下": 2, "上": -1}.get(which)
    if weeks is None:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    return today + timedelta(days=weekday - today.weekday() + 7 * weeks)


def _dated(match: re.Match[str], month: str, day: str, today: date, year: int | None = None) -> Iterator[Day]:
    numbers = count(month), count(day)
    if not all(numbers):
        return
    years = (year,) if year else (today.year, today.year + 1)
    for own in years:
        try:
            when = date(own, numbers[0] or 0, numbers[1] or 0)
        except ValueError:
            continue
        if year or when >= today - timedelta(days=_PAST_MEANT):
            yield Day(when, *match.span())
            return


def _coming(match: re.Match[str], day: int | None, today: date) -> Iterator[Day]:
    """Yield the next day of that number: of this month, or of the next one that has it."""
    first = today.replace(day=1)
    for _ in range(3):
        try:
            when = first.replace(day=day or 0)
        except ValueError:
            when = None
        if when and when >= today:
            yield Day(when, *match.span())
            return
        first = (first + timedelta(days=32)).replace(day=1)
