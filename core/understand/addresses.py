"""Postal addresses written the western way: "742 Sunset Drive, Suite 191, New York, NY 10065"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.types import Entity
from core.understand.numerals import spelled
from core.understand.places import address_value, city_name
from core.understand.regions import CITIES_EN, COUNTRIES, COUNTRIES_EN, STATES, STATES_EN, US_CITIES, WORLD_CITIES
from core.understand.spans import piece

_SPOKEN = (
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen"
    r"|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|double|triple)"
)
_NUMBER = rf"(?:\d{{1,6}}[A-Za-z]?(?:-\d{{1,4}})?|{_SPOKEN}(?:[\s-]{_SPOKEN}){{0,5}})"
_KIND = (
    r"(?:street|st|avenue|ave|av|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|way|place|pl|square|sq|terrace|ter"
    r"|highway|hwy"
    r"|parkway|pkwy|circle|cir|trail|trl|crescent|close|row|alley|broadway|mews|grove|loop|plaza|turnpike|quay)"
)
_STREET = re.compile(
    rf"(?<![A-Za-z0-9_#$¥€£.-])(?P<number>{_NUMBER})\s+(?P<name>(?:(?!(?:and|or|to|for|of|in|my|days?|weeks?|items?|orders?"
    rf"|is|are|it|the other|please)\b)"
    rf"[A-Za-z0-9][\w.'’-]*\s+){{0,4}}?{_KIND})(?![A-Za-z0-9_])\.?(?:\s+(?:north|south|east|west|[NSEW]{{1,2}})\b)?"
    rf"|(?<![\w#$¥€£.-])(?P<number_fr>\d{{1,4}}(?: ?(?:bis|ter))?),? (?P<name_fr>(?:rue|avenue|boulevard|place|quai"
    rf"|impasse)(?: (?:de la|de l'|du|des|de|d'))? ?[A-ZÀ-Ý][\w'’-]+(?: [A-ZÀ-Ý][\w'’-]+){{0,2}})"
    rf"|(?P<name_de>\b[A-ZÄÖÜ][\wäöüß-]*(?:straße|strasse|str\.|allee|platz|weg|damm|ufer|gasse)"
    rf"|\b[A-ZÄÖÜ][\wäöüß]+er (?:Straße|Strasse|Allee|Platz))\s+(?P<number_de>\d{{1,4}}[a-z]?)\b",
    re.IGNORECASE,
)
_UNIT = re.compile(
    rf"(?:(?P<word>suite|ste|apt|apartment|appartment|unit|room|rm|floor|flat|building|bldg|po box"
    rf"|p\.o\. box)\.?\s*(?:number |no\.? ?|#)?\s*(?P<of>[A-Za-z]?-?\d[\w-]*|[A-Za-z]\b"
    rf"|{_SPOKEN}(?:[\s-]{_SPOKEN}){{0,4}})"
    r"|#\s?(?P<sharp>\d{1,5}[A-Za-z]?)(?!\d))(?![A-Za-z])",
    re.IGNORECASE,
)
_ZIP = re.compile(
    r"(?:zip\s*(?:code)?|post\s*code|postal code|邮政?编码?)?\s*(?:is|:|是)?\s*(?P<zip>\d{5}(?:-\d{4})?"
    r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|(?<=\s)\d{4}|\d{6})(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
_STATE = re.compile(rf"(?P<state>(?:{STATES_EN}))\b\.?", re.IGNORECASE)
_CODE_IN_TALK = frozenset("in or me hi ok oh de la ma pa id al co mo".split())
"""State codes that are words: only capitals make them a state."""
_COUNTRY = re.compile(rf"(?P<country>{COUNTRIES_EN})(?![A-Za-z])", re.IGNORECASE)
_KNOWN_CITY = re.compile(rf"(?P<city>{CITIES_EN})\b", re.IGNORECASE)
_CAPITAL = re.compile(r"(?P<city>washington)(?=[\s,]+d\.? ?c\b)", re.IGNORECASE)
"""A city by the name of a state."""
_LINE = re.compile(r"[^,;\n]{0,60}")
_CLOSED = re.compile(r"\s*(?:[,;.!?\n。;!?]|$|(?=[\u4e00-\u9fff]))")
_SEPARATOR = re.compile(
    r"[\s,;]*(?:\b(?:in|city|state|country|town|address ?2|zip|unit|and zip(?: code)?)\b\s*:?\s*(?:is )?)?[\s,;]*",
    re.IGNORECASE,
)
_NO_CITY = frozenset(
    """
    please thanks thank instead and for i it my the order orders if to is as because now too also can could you we both
    all not but with from same use usa ok yes that this send ship change update will would be so when until by on at
    default cancel return exchange refund
    """.split()
)
_LONGEST = 160
"""Characters after the street in which the rest of the address stands."""


@dataclass(slots=True)
class _Parts:
    parts: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, value: str) -> bool:
        if name in self.parts or not value:
            return False
        self.parts[name] = value
        return True


def addresses_en(text: str) -> Iterator[Entity]:
    """Yield addresses with a street; the value is JSON of the parts that were found."""
    end = 0
    for found in _STREET.finditer(text):
        if found.start() < end:
            continue
        parts = _Parts({"address1": _street(found)})
        end = _tail(text, found.end(), parts)
        start = _head(text, found.start(), parts)
        if len(parts.parts) > 1 or _is_written(found):
            yield piece("address", address_value(_completed(parts.parts)), text, start, end)


def _street(found: re.Match[str]) -> str:
    if found["name_de"]:
        return f"{found['name_de']} {found['number_de']}"
    if found["name_fr"]:
        return f"{found['number_fr']} {found['name_fr']}"
    number, rest = found["number"], found.group()[len(found["number"]) :].strip().rstrip(".")
    if not number[0].isdigit():
        number = spelled(number)
    return f"{number} {_cased(rest)}"


def _is_written(found: re.Match[str]) -> bool:
    """Return whether a street alone is sure to be one: "742 Sunset Drive", not "2 way"."""
    name = found["name"] or found["name_fr"] or found["name_de"] or ""
    return len(name.split()) > 1 and name[0].isupper() or bool(found["name_fr"] or found["name_de"])


def _cased(words: str) -> str:
    return (
        " ".join(word if word[0].isdigit() else word[0].upper() + word[1:] for word in words.split())
        if words.islower()
        else words
    )


def _tail(text: str, at: int, parts: _Parts) -> int:
    """Read the parts that follow the street, in whatever order, and return where the address ends."""
    limit = min(len(text), at + _LONGEST)
    end = at
    while end < limit:
        separator = _SEPARATOR.match(text, end)
        begin = separator.end() if separator else end
        after = _part(text, begin, parts)
        if after is None:
            break
        end = after
    return end


def _part(text: str, at: int, parts: _Parts) -> int | None:
    """Read one part at a place and return where it ends; None when no part stands there."""
    unit = _UNIT.match(text, at)
    if unit and parts.take("address2", _unit(unit)):
        return unit.end()
    zip_code = _ZIP.match(text, at)
    if zip_code and parts.take("zip", zip_code["zip"].upper()):
        return zip_code.end()
    known = _KNOWN_CITY.match(text, at) or _CAPITAL.match(text, at)
    if known and "city" not in parts.parts:
        parts.take("city", city_name(known["city"]))
        if known["city"].lower().startswith("washington"):
            parts.take("state", "DC")  # the capital is never named without it
        return known.end()
    state = _STATE.match(text, at)
    if state and _is_state(state, parts):
        code = STATES[state["state"].lower()][0]
        if parts.take("state", code) or parts.parts["state"] == code:
            return state.end()
    country = _COUNTRY.match(text, at)
    if country and not (country["country"] == "us") and parts.take("country", COUNTRIES[country["country"].lower()]):
        return country.end()
    return _unknown_city(text, at, parts)


def _is_state(found: re.Match[str], parts: _Parts) -> bool:
    """Return whether a state stands there; a code that is a word needs capitals, or a zip behind it."""
    name = found["state"]
    if name.isupper() or len(name) > 2:
        return True
    told = name.lower() not in _CODE_IN_TALK or _ZIP.match(found.string[found.end() :].lstrip(" ,"))
    return "city" in parts.parts and bool(told)


def _unknown_city(text: str, at: int, parts: _Parts) -> int | None:
    """Read up to four words that a comma, a zip or a state closes; in small letters they need zip or state."""
    if "city" in parts.parts:
        return None
    taken: list[str] = []
    for word in _LINE.match(text, at).group().split(" ")[:4]:  # type: ignore[union-attr]  # it matches anything
        plain = word.lower().strip(".")
        if not plain or plain in _NO_CITY or not word[0].isalpha() or (taken and plain in STATES):
            break
        taken.append(word)
    name = " ".join(taken)
    rest = text[at + len(name) :].lstrip(" ,")
    told = bool(_STATE.match(rest) or _ZIP.match(rest))
    closed = told or _CLOSED.match(text, at + len(name))
    if not taken or not closed or (taken[0][0].islower() and not told):
        return None
    parts.take("city", city_name(name.rstrip(".")))
    return at + len(name.rstrip("."))


def _head(text: str, at: int, parts: _Parts) -> int:
    """Read a unit that stands before the street ("Apt 4B, 12 Main Street") and return where the address begins."""
    if "address2" in parts.parts:
        return at
    before = text[max(0, at - 24) : at]
    for unit in _UNIT.finditer(before):
        if not before[unit.end() :].strip(" ,\n") and parts.take("address2", _unit(unit)):
            return max(0, at - 24) + unit.start()
    return at


def _unit(found: re.Match[str]) -> str:
    if found["sharp"]:
        return f"#{found['sharp'].upper()}"
    of = found["of"]
    if of[0].isalpha() and len(of) > 1 and re.fullmatch(rf"{_SPOKEN}(?:[\s-]{_SPOKEN})*", of, re.IGNORECASE):
        of = spelled(of)
    word = found["word"]
    return f"{word.capitalize() if word.islower() else word} {of.upper() if len(of) < 5 else of}"


def _completed(parts: dict[str, str]) -> dict[str, str]:
    """Add what goes without saying: the state of a large city, the country of a state."""
    city, state = parts.get("city", ""), parts.get("state", "")
    if not state and city in US_CITIES and parts.get("country", "USA") == "USA":
        state = parts["state"] = US_CITIES[city]
    if "country" not in parts:
        country = STATES[state.lower()][1] if state.lower() in STATES else WORLD_CITIES.get(city, "")
        if country:
            parts["country"] = country
    return parts
