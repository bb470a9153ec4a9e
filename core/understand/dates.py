"""Days and times of day: "明天下午", "next Friday", "6月3日", "Nov 25"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from core.types import Entity
from core.understand.numerals import count
from core.understand.spans import entity

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ABBREVIATED = "|".join(short.title() for short in _SHORT)
"""Written with a capital: "sun" and "sat" are words."""
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = "|".join([*_MONTHS, r"jan\.?|feb\.?|mar\.?|apr\.?|jun\.?|jul\.?|aug\.?|sept?\.?|oct\.?|nov\.?|dec\.?"])
_DAYS_ZH = {
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "今早": 0,
    "明天": 1,
    "明日": 1,
    "明早": 1,
    "明晚": 1,
    "后天": 2,
    "大后天": 3,
    "昨天": -1,
    "前天": -2,
    "昨晚": -1,
}
_DAYS_EN = {"today": 0, "tonight": 0, "tomorrow": 1, "tmr": 1, "tomorow": 1, "yesterday": -1, "day after tomorrow": 2}
_DAY = re.compile(
    "|".join(sorted(_DAYS_ZH, key=len, reverse=True))
    + r"|\b(?:day after tomorrow|today|tonight|tomorrow|tomorow|tmr|yesterday)\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?P<next_zh>下个?|这个?|本|上个?)?(?:周|星期|礼拜)(?P<day_zh>[一二三四五六日天末])(?!内)"
    rf"|\b(?:(?P<next>next|this|coming|last) )?(?P<day>{'|'.join(_WEEKDAYS)}|(?-i:{_ABBREVIATED})(?=[\s.,]|$)"
    rf"|weekend)s?\b",
    re.IGNORECASE,
)
_NUMBERED_ZH = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月(?P<day>\d{1,2}"
    r"|[一二三四五六七八九十]{1,3})[日号]?"
)
_NUMBERED_EN = re.compile(
    rf"\b(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,?\s+(?P<year>20\d\d))?"
    rf"|\b(?:the )?(?P<day_first>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?(?: of)? (?P<month_after>{_MONTH})\b(?:,?\s+(?P<year_after>20\d\d))?",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<![\d-])(?P<year>20\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?![\d-])")
_DAYS_AHEAD = re.compile(
    r"\bin (?P<number>\d{1,2}|two|three|four|five|a few) (?P<unit>days?|weeks?)\b|(?P<number_zh>\d{1,2}"
    r"|[一二两三四五六七八九十])(?P<unit_zh>天|周|个?星期|个?礼拜)(?:以)?后",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?P<part>上午|早上|清晨|中午|下午|傍晚|晚上|晚间|凌晨|今晚|明晚)?\s*(?P<hour_zh>\d{1,2}"
    r"|[一二两三四五六七八九十]{1,2})(?:点(?:(?P<min_han>[一二三四五六七八九十]{1,3})分)?|:(?P<min_zh>\d\d))(?P<half>半)?(?:钟|整)?"
    r"(?P<after>以?后|之后)?(?![\d点零一二三四五六七八九十])"
    r"|\b(?:(?P<after_en>after|before|by|at|around|from) )?(?P<hour>\d{1,2}|one|two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve)"
    r"(?::(?P<min>\d\d))?\s*(?P<half_day>[ap]\.?m\b\.?|o'?clock)(?: in the (?P<part_en>morning|afternoon|evening))?",
    re.IGNORECASE,
)
_PART_OF_DAY = re.compile(
    r"上午|早上|中午|下午|傍晚|晚上|晚间|今晚|明晚|\b(?:morning|noon|afternoon|evening|tonight|at night)\b",
    re.IGNORECASE,
)
_PARTS = {
    "上午": 
        "morning", 
        "早上"
    : 
        "morning", 
        "中午"
    : 
        "noon", 
        "下午"
    : 
        "afternoon", 
        "傍晚"
    : 
        "evening", 
        "晚上"
    : 
        "evening", 
        "晚间"
    : 
        "evening",
    "今晚": "evening", "明晚": "evening", "tonight": "evening", "at night": "evening",
}  # fmt: skip
_PM = frozenset({"下午", "傍晚", "晚上", "晚间", "今晚", "明晚", "afternoon", "evening"})


def dates(text: str) -> Iterator[Entity]:
    """Yield days. Values: "2026-06-03", "--06-03" (every year's), "+1d", "weekday:4" (0 is Monday), "week+1:4".

    `resolve` turns them into a day, which takes to know what today is.
    """
    for found in _ISO.finditer(text):
        yield from _numbered(found, found["year"], int(found["month"]), int(found["day"]))
    for found in _NUMBERED_ZH.finditer(text):
        yield from _numbered(found, found["year"], count(found["month"]) or 0, count(found["day"]) or 0)
    for found in _NUMBERED_EN.finditer(text):
        name = (found["month"] or found["month_after"]).lower()[:3]
        month = next(at for at, full in enumerate(_MONTHS, 1) if full.startswith(name))
        yield from _numbered(
            found, found["year"] or found["year_after"], month, int(found["day"] or found["day_first"])
        )
    for found in _DAY.finditer(text):
        yield entity("date", f"+{_days(found.group())}d".replace("+-", "-"), found)
    for found in _DAYS_AHEAD.finditer(text):
        number = count(found["number"] or found["number_zh"])
        weeks = (found["unit"] or found["unit_zh"]).lower()[0] not in "d天"
        if number:
            yield entity("date", f"+{number * (7 if weeks else 1)}d", found)
    for found in _WEEKDAY.finditer(text):
        yield entity("date", _weekday(found), found)


def _numbered(found: re.Match[str], year: str | None, month: int, day: int) -> Iterator[Entity]:
    try:
        fitting = date(int(year) if year else 2024, month, day)  # a leap year, for 29 February
    except ValueError:
        return
    yield entity("date", fitting.isoformat() if year else f"--{fitting:%m-%d}", found)


def _days(word: str) -> int:
    return _DAYS_ZH.get(word, _DAYS_EN.get(word.lower(), 0))


def _weekday(found: re.Match[str]) -> str:
    if found["day_zh"]:
        at = "一二三四五六日".find(found["day_zh"].replace("天", "日").replace("末", "六"))
        week = (found["next_zh"] or "")[:1]
    else:
        day = found["day"].lower()
        at = 5 if day == "weekend" else next(at for at, short in enumerate(_SHORT) if day.startswith(short))
        week = (found["next"] or "").lower()
    ahead = {
        "下": "week+1:",
        "next": "week+1:",
        "上": "week-1:",
        "last": "week-1:",
        "这": "week+0:",
        "本": "week+0:",
    }.get(week, "weekday:")
    return f"{ahead}{at}"


def resolve(value: str, today: date) -> date:
    """Return the day that the value of a "date" entity means on `today`; raises `ValueError` for anything else.

    A weekday is the next one that comes, a date without year the next time it comes round.
    """
    kind, _, rest = value.partition(":")
    if value.startswith("--"):
        this_year = date.fromisoformat(f"{_leap_safe(today.year, value)}{value[1:]}")
        return (
            this_year if this_year >= today else date.fromisoformat(f"{_leap_safe(today.year + 1, value)}{value[1:]}")
        )
    if kind == "weekday":
        return today + timedelta(days=(int(rest) - today.weekday()) % 7)
    if kind.startswith("week"):
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(weeks=int(kind.removeprefix("week")), days=int(rest))
    if value.endswith("d"):
        return today + timedelta(days=int(value[:-1]))
    return date.fromisoformat(value)


def _leap_safe(year: int, month_day: str) -> int:
    while month_day == "--02-29" and (year % 4 or (year % 100 == 0 and year % 400)):
        year += 1
    return year


def times(text: str) -> Iterator[Entity]:
    """Yield times of day: "19:30", "after 18:00", "before 12:00", or "morning", "noon", "afternoon", "evening"."""
    for found in _CLOCK.finditer(text):
        value = _clock(found)
        if value:
            yield entity("time", value, found)
    for found in _PART_OF_DAY.finditer(text):
        said = found.group().lower()
        yield entity("time", _PARTS.get(said, said), found)


def _clock(found: re.Match[str]) -> str:
    hour = count(found["hour_zh"] or found["hour"] or "")
    if hour is None or hour > 24:
        return ""
    minute = count(found["min_han"] or found["min_zh"] or found["min"] or ("30" if found["half"] else "0")) or 0
    half = (found["half_day"] or "").lower().replace(".", "")
    later = half == "pm" or (found["part"] or (found["part_en"] or "").lower()) in _PM
    hour = hour + 12 if later and hour < 12 else 0 if half == "am" and hour == 12 else hour
    bound = "after" if found["after"] else (found["after_en"] or "").lower()
    bound = {"by": "before", "from": "after"}.get(bound, bound)
    return f"{bound} {hour:02}:{minute:02}" if bound in ("after", "before") else f"{hour:02}:{minute:02}"
