"""What a sentence claims that can be true or false letter by letter: numbers with their unit, dates, ids, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.knowledge.links import LINK
from core.knowledge.measures import measures
from core.knowledge.numbers import NUMBER, value

_ID = re.compile(
    r"#\s?[A-Za-z]{0,3}-?\d{3,}\w*|\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)*\b", re.ASCII
)
_SHORT_ID = 4
"""Characters from which a mix of capitals and digits is a code; "4K" is a quantity."""
_MONEY = re.compile(
    rf"(?:[$¥￥€£]|\b(?:USD|CNY|RMB|EUR|GBP)\s?)\s?(?P<before>\d[\d,]*(?:\.\d+)?)"
    rf"|(?P<after>{NUMBER})\s?(?:元|块钱?|美元|美金|人民币|欧元|dollars?\b|bucks\b|yuan\b|euros?\b|USD\b|CNY\b|RMB\b|EUR\b)",
    re.IGNORECASE,
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*"
_DATES = (
    re.compile(r"(?<!\d)(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?"),
    re.compile(rf"\b(?P<name>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b", re.IGNORECASE),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{_MONTH})\b", re.IGNORECASE),
)
_CLOCK = re.compile(r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?![\d:])\s*(?P<half>[ap]\.?m\b)?", re.IGNORECASE)
_SPANS = (
    ("day", r"(?:business |working |calendar )?days?\b|个?(?:工作日|自然日)|天|日(?!用|常|本|期|元)"),
    ("week", r"weeks?\b|周(?!边|围|到|年|[一二三四五六日末])|个?星期(?![一二三四五六日天])"),
    ("month", r"months?\b|个月"),
    ("year", r"years?\b|年(?!轻|龄|级|份|底|初|货|[\d一二三四五六七八九])|周年"),
    ("second", r"seconds?\b|秒"),
    ("discount", r"折(?!扣|叠|返)"),
    ("star", r"stars?\b|星(?!期)"),
    ("point", r"points?\b|积分"),
    (
        "kind",
        r"(?:different |available )?(?:colou?rs|sizes|kinds|versions|options|models|styles)\b"
        r"|种|款(?!式|项)|个颜色|个尺码",
    ),
)
_RANGE = rf"(?:(?P<low>{NUMBER})\s*(?:-|–|~|to|到|至)\s*)?"
_SPAN = [
    (unit, re.compile(rf"(?<![A-Za-z\d.]){_RANGE}(?P<number>{NUMBER})[\s-]*(?:{spelled})", re.IGNORECASE))
    for unit, spelled in _SPANS
]
_BARE = re.compile(r"(?<![A-Za-z\d.,#$¥￥€£/-])\d+(?:,\d{3})*(?:\.\d+)?")
_LIST_MARK = re.compile(r"^\s*\d{1,2}[.)、]\s|\[\d{1,2}\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Claim:
    """Something exact that a text says."""

    kind: str
    """"link", "id", "date", "clock", "money", "day", "volume", ..., or "number" for one without a known unit."""
    value: str | float
    """Dates are "month-day", times of day "hour:minute" of 24, quantities in the smallest unit of their kind."""
    written: str


def claims(text: str) -> list[Claim]:
    """Return the claims of a text, each stretch read once, the most specific way."""
    found: list[Claim] = []
    left = _LIST_MARK.sub(lambda mark: " " * len(mark.group()), text)
    for read in (_links, _dates, _clocks, _money, _ids, _spans, _measures, _bare):
        places: list[tuple[int, int]] = []
        for claim, start, end in read(left):
            found.append(claim)
            places.append((start, end))
        for start, end in places:
            left = f"{left[:start]}{' ' * (end - start)}{left[end:]}"
    return found


def _links(text: str) -> Iterator[tuple[Claim, int, int]]:
    for one in LINK.finditer(text):
        written = one.group().rstrip(".,;:!?/")
        bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", written.lower())
        yield Claim("link", bare, written), one.start(), one.end()


def _ids(text: str) -> Iterator[tuple[Claim, int, int]]:
    for one in _ID.finditer(text):
        bare = re.sub(r"[\s#]", "", one.group()).upper()
        if len(bare) >= _SHORT_ID:
            yield Claim("id", bare, one.group()), one.start(), one.end()


def _dates(text: str) -> Iterator[tuple[Claim, int, int]]:
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for one in pattern.finditer(text):
            if any(low < one.end() and one.start() < high for low, high in taken):
                continue
            parts = one.groupdict()
            name = parts.get("name")
            month = _MONTHS.index(name[:3].lower()) + 1 if name else int(parts["month"])
            taken.append(one.span())
            yield Claim("date", f"{month}-{int(parts['day'])}", one.group()), one.start(), one.end()


def _clocks(text: str) -> Iterator[tuple[Claim, int, int]]:
    for one in _CLOCK.finditer(text):
        hour = int(one["hour"])
        if (one["half"] or "").lower().startswith("p") and hour < 12:
            hour += 12
        yield Claim("clock", f"{hour}:{one['minute']}", one.group().strip()), one.start(), one.end()


def _money(text: str) -> Iterator[tuple[Claim, int, int]]:
    for one in _MONEY.finditer(text):
        amount = value(one["before"] or one["after"])
        if amount is not None:
            yield Claim("money", round(amount, 2), one.group()), one.start(), one.end()


def _spans(text: str) -> Iterator[tuple[Claim, int, int]]:
    for unit, pattern in _SPAN:
        for one in pattern.finditer(text):
            for name in ("low", "number"):
                amount = value(one[name]) if one[name] else None
                if amount is not None and (unit, amount) != ("kind", 1.0):  # "一款", "one model": an article
                    yield Claim(unit, amount, one.group()), one.start(), one.end()


def _measures(text: str) -> Iterator[tuple[Claim, int, int]]:
    for one in measures(text):
        written = text[one.start : one.end]
        if one.kind in ("count", "piece", "person", "pair", "times") and not re.search(r"\d", written):
            continue  # "一件", "one pair": an article rather than a number
        for amount in dict.fromkeys((one.low, one.high)):
            yield Claim(one.kind, amount, written), one.start, one.end


def _bare(text: str) -> Iterator[tuple[Claim, int, int]]:
    for one in _BARE.finditer(text):
        amount = value(one.group())
        if amount is not None:
            yield Claim("number", amount, one.group()), one.start(), one.end()
