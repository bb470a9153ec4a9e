"""English numbers, money, dates and addresses in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from voice.reading_aloud.english_numbers import amount, cardinal, clock, digits, ordinal, year
from voice.reading_aloud.patterns import CODE, EMAIL, ISO_DATE, LONG_DIGITS, NUMBER, PHONE, TIME, URL, plain_number

_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?"
_MONEY = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yuan", "USD": "dollar", "EUR": "euro", "GBP": "pound"}
_MONEY |= {"CNY": "yuan", "RMB": "yuan", "US$": "dollar"}
_UNITS = {
    "kg": "kilogram", "g": "gram", "mg": "milligram", "lb": "pound", "lbs": "pound", "oz": "ounce", "km": "kilometer",
    "m": "meter", "cm": "centimeter", "mm": "millimeter", "ft": "foot", "ml": "milliliter", "mL": "milliliter",
    "L": "liter", "l": "liter", "V": "volt", "W": "watt", "kW": "kilowatt", "mAh": "milliamp hour", "Hz": "hertz",
    "GHz": "gigahertz", "GB": "gigabyte", "MB": "megabyte", "TB": "terabyte", "°C": "degree Celsius",
    "℃": "degree Celsius", "°F": "degree Fahrenheit", "℉": "degree Fahrenheit", "°": "degree", "h": "hour",
    "hrs": "hour", "min": "minute", "s": "second", "ms": "millisecond", "MP": "megapixel",
}  # fmt: skip
_SYMBOLS = {"&": " and ", "+": " plus ", "=": " equals ", "@": " at ", "×": " by ", "~": " about ", "%": " percent"}
_CURRENCY = "|".join(re.escape(sign) for sign in sorted(_MONEY, key=len, reverse=True))
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))


def read(text: str) -> str:
    """Return `text` with everything that is not a word said in words."""
    for pattern, say in _READINGS:
        text = pattern.sub(say, text)
    for symbol, word in _SYMBOLS.items():
        text = text.replace(symbol, word)
    text = re.sub(r"[#$€£¥*^_<>{}\[\]\\|°]", " ", text)
    text = re.sub(r"\s[-–—]+\s", ", ", re.sub(r"\s+", " ", text))
    return re.sub(r" (?=[,.?!;:])", "", text).strip()


def _email(found: re.Match[str]) -> str:
    return _address(found[0])


def _url(found: re.Match[str]) -> str:
    host, path = found[1].removeprefix("www.").rstrip("."), found[2].rstrip("/.,;:!?")
    tail = found[0][len(found[0].rstrip(".,;:!?")) :]
    is_short = len(path) <= 24 and "?" not in path
    return _address(host + path if is_short else host) + tail


def _address(written: str) -> str:
    names = {"@": "at", ".": "dot", "-": "dash", "_": "underscore", "/": "slash", "+": "plus", "%": "percent"}
    said = "".join(f" {names[c]} " if c in names else c for c in written)
    return re.sub(r"\d+", lambda number: f" {digits(number[0])} ", said).replace("  ", " ").strip()


def _code(found: re.Match[str]) -> str:
    """Say letters one by one and digits in groups, with a breath between: "W, three nine one, ..."."""
    groups = re.findall(r"[A-Z]+|\d+", found[0].upper())
    return ", ".join(digits(group) if group.isdigit() else " ".join(group) for group in groups)


def _phone(found: re.Match[str]) -> str:
    return ", ".join(digits(group) for group in re.findall(r"\d+", found[0]))


def _date(found: re.Match[str]) -> str:
    time_follows = found[0].endswith("T")
    return f"{_MONTHS[int(found[2]) - 1]} {ordinal(int(found[3]))}, {year(found[1])}" + (", " if time_follows else "")


def _us_date(found: re.Match[str]) -> str:
    return f"{_MONTHS[int(found[1]) - 1]} {ordinal(int(found[2]))}, {year(found[3])}"


def _month_day(found: re.Match[str]) -> str:
    month = next(name for name in _MONTHS if name.startswith(found[1][:3]))
    return f"{month} {ordinal(int(found[2]))}" + (f", {year(found[3])}" if found[3] else "")


def _day_month(found: re.Match[str]) -> str:
    month = next(name for name in _MONTHS if name.startswith(found[2][:3]))
    return f"the {ordinal(int(found[1]))} of {month}" + (f", {year(found[3])}" if found[3] else "")


def _to(found: re.Match[str]) -> str:
    return " to "


def _time(found: re.Match[str]) -> str:
    return clock(int(found[1]), int(found[2]), exact=False)


def _time_of_day(found: re.Match[str]) -> str:
    return f"{clock(int(found[1]), int(found[2] or 0), exact=True)} {found[3].upper()}M"


def _money(found: re.Match[str]) -> str:
    return amount(plain_number(found[2]), _MONEY[found[1]])


def _money_after(found: re.Match[str]) -> str:
    return amount(plain_number(found[1]), _MONEY[found[2]])


def _large_money(found: re.Match[str]) -> str:
    many = {"k": "thousand", "m": "million", "b": "billion"}[found[3][0].lower()]
    money = _MONEY[found[1]]
    return f"{cardinal(plain_number(found[2]))} {many} {money if money == 'yuan' else money + 's'}"


def _minus(found: re.Match[str]) -> str:
    return "minus "


def _per(found: re.Match[str]) -> str:
    return " per hour" if found[1] == "h" else f" per {found[1]}"


def _day_first(found: re.Match[str]) -> str:
    return f"the {ordinal(int(found[1]))} of {_MONTHS[int(found[2]) - 1]}, {year(found[3])}"


def _decade(found: re.Match[str]) -> str:
    said = year(found[1])
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


def _inches(found: re.Match[str]) -> str:
    return f"{cardinal(found[1])} inch"


def _number_of(found: re.Match[str]) -> str:
    return "number "


def _range(found: re.Match[str]) -> str:
    return f"{found[1]} to {found[2]}"


def _size(found: re.Match[str]) -> str:
    return re.sub(r"\s*[x×*]\s*", " by ", found[0])


def _unit(found: re.Match[str]) -> str:
    unit, is_one = _UNITS[found[2]], plain_number(found[1]) == "1"
    if is_one or unit == "hertz":
        return f"{cardinal(found[1])} {unit}"
    if unit == "foot":
        return f"{cardinal(found[1])} feet"
    return f"{cardinal(found[1])} " + (unit.replace("degree", "degrees") if "degree" in unit else f"{unit}s")


def _ordinal(found: re.Match[str]) -> str:
    return ordinal(int(found[1]))


def _in_year(found: re.Match[str]) -> str:
    return f"{found[1]}{year(found[2])}"


def _digits(found: re.Match[str]) -> str:
    return f"number {digits(found[0][1:])}" if found[0][0] == "#" else digits(found[0])


def _negative(found: re.Match[str]) -> str:
    return f"minus {cardinal(found[1])}"


def _number(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1 : found.start()]
    after = found.string[found.end() : found.end() + 1]
    said = cardinal(found[0])
    return (" " if before.isalpha() else "") + said + (" " if after.isalpha() else "")


_READINGS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = (
    (EMAIL, _email),
    (URL, _url),
    (ISO_DATE, _date),
    (re.compile(r"(?<!\d)(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])/((?:19|20)\d\d)(?!\d)"), _us_date),
    (re.compile(r"(?<!\d)(3[01]|2\d|1[3-9])/(1[0-2]|0?[1-9])/((?:19|20)\d\d)(?!\d)"), _day_first),
    (re.compile(rf"{_MONTH} (3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b(?:,? ((?:19|20)\d\d)\b)?"), _month_day),
    (re.compile(rf"\b(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)? {_MONTH}(?:,? ((?:19|20)\d\d)\b)?"), _day_month),
    (re.compile(r"(?<=\d) ?[-–~] ?(?=\d\d?:\d\d)|(?<=\d[APap][Mm]) ?[-–~] ?(?=\d)"), _to),
    (re.compile(r"(?<=[\d%]) ?[-–~] ?(?=\d+(?:\.\d+)?%)"), _to),
    (re.compile(r"(?<=[\da-z])/(month|year|day|week|hour|night|person|item|piece|h)\b"), _per),
    (re.compile(r"\bNo\. ?(?=\d)"), _number_of),
    (re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d)?)[\"”](?= ?[A-Za-z,.]|$)"), _inches),
    (re.compile(r"(?<![\d:.])(1[0-2]|0?[1-9])(?::([0-5]\d))? ?([AaPp])\.?[Mm]\b(?:\.(?=\s+[a-z]))?"), _time_of_day),
    (TIME, _time),
    (re.compile(rf"(?<=\d) ?[-–~] ?(?=(?:{_CURRENCY}) ?\d)"), _to),
    (re.compile(rf"(?<![\w)])[-−] ?(?=(?:{_CURRENCY}) ?\d)"), _minus),
    (re.compile(r"\b((?:19|20)\d0)s\b"), _decade),
    (re.compile(rf"({_CURRENCY}) ?({NUMBER}) ?(K|M|B|k|bn|thousand|million|billion)\b"), _large_money),
    (re.compile(rf"({_CURRENCY}) ?({NUMBER})"), _money),
    (re.compile(rf"({NUMBER}) ?({_CURRENCY})(?![A-Za-z])"), _money_after),
    (CODE, _code),
    (PHONE, _phone),
    (LONG_DIGITS, _digits),
    (re.compile(r"(?<![\w.])(\d+(?:\.\d+)?) ?[-–~] ?(\d+(?:\.\d+)?)(?![\w-])"), _range),
    (re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?: ?[x×*] ?\d+(?:\.\d+)?)+"), _size),
    (re.compile(rf"({NUMBER}) ?({_UNIT})(?![A-Za-z])"), _unit),
    (re.compile(r"(?<=\d(?:st|nd|rd|th)) ?[-–~] ?(?=\d)"), _to),
    (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b"), _ordinal),
    (re.compile(r"\b((?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Yy]ear|of) )((?:19|20)\d\d)\b(?![.,]\d)"), _in_year),
    (re.compile(rf"(?<![\w)])[-−]({NUMBER})"), _negative),
    (re.compile(NUMBER), _number),
)
"""Tried in this order; each leaves words behind that no later one touches."""
