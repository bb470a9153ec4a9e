"""Quantities with their unit, in every spelling: "1.5 litre", "1500ml" and "一升半" are one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.knowledge.numbers import NUMBER, value

_NEAR, _NEAR_OTHER_UNIT = 0.001, 0.02
"""Relative distance up to which two quantities are one: in the same unit, and in another (25 cm, 10 inches)."""

_SPELLINGS: dict[str, tuple[tuple[float, str], ...]] = {
    "volume": ((1, "mls?|millilit(?:er|re)s?|毫升|cc"), (10, "cl"), (1000, "l|lit(?:er|re)s?|升|公升"),
               (29.57, "fl\\.? ?oz|fluid ounces?")),
    "mass": ((1, "g|grams?|克"), (1000, "kg|kgs|kilos?|kilograms?|千克|公斤"), (500, "斤"),
             (453.6, "lbs?|pounds?|pounders?|磅"), (28.35, "oz|ounces?|盎司")),
    "length": ((1, "mm|millimet(?:er|re)s?|毫米"), (10, "cm|centimet(?:er|re)s?|厘米|公分"),
               (1000, "m|met(?:er|re)s?|米"),
               (25.4, "inch(?:es)?|\"|″|''|英寸|寸|吋"), (304.8, "ft|feet|foot|'|英尺|呎")),
    "data": ((1, "gb|g|gigs?|gigabytes?|个g"), (1024, "tb|t|terabytes?|个t"), (1 / 1024, "mb|megabytes?")),
    "charge": ((1, "m ?ah|毫安时?|milliamp(?:ere)?(?: ?hour)?s?"),),
    "power": ((1, "w|watts?|瓦特?"), (1000, "kw|千瓦")),
    "pressure": ((1, "bars?|巴"),),
    "pixels": ((1, "mp|mpix|mega ?pixels?"), (1e-6, "像素")),
    "lines": ((1, "p"),),
    "kilo": ((1, "k"),),
    "time": ((60, "h|hrs?|hours?|个?小时|个?钟头?"), (1, "minutes?|mins?|分钟")),
    "angle": ((1, "degs?|degrees?|°|度"),),
    "times": ((1, "x|×|times|倍"),),
    "cups": ((1, "cups?|杯"),),
    "piece": ((1, "pieces?|pcs?|pc|片装?|块装?|件套?装?|粒装?|颗装?|只装|支装|个装|张|packs?"),),
    "pair": ((1, "pairs?|双|对"),),
    "person": ((1, "persons?|people|man|人用?"),),
    "percent": ((1, "%|percent|per cent"),),
    "size": ((1, "码|号(?!电池)"),),
    "speeds": ((1, "speeds?|gears?|档|速|挡"),),
    "pages": ((1, "pages?|页"),),
    "volts": ((1, "v|volts?|伏特?"),),
    "hertz": ((1, "hz|hertz|赫兹?"),),
    "dpi": ((1, "dpi"),),
    "tiers": ((1, "tiers?|shelves|层"),),
    "count": ((1, "count|sheets?|抽|包|袋|瓶|罐"),),
}  # fmt: skip
UNIT_WORDS = {
    ("volume", 1): ("ml", "毫升"), ("volume", 1000): ("l", "升"), ("mass", 1): ("g", "克"),
    ("mass", 1000): ("kg", "千克"), ("mass", 453.6): ("lbs", "磅"), ("size", 1): ("", "码"),
    ("length", 1): ("mm", "毫米"), ("length", 10): ("cm", "厘米"), ("length", 1000): ("m", "米"),
    ("length", 25.4): ("inch", "寸"), ("length", 304.8): ("ft", "英尺"), ("charge", 1): ("mAh", "毫安时"),
    ("power", 1): ("W", "瓦"), ("time", 60): ("hours", "小时"), ("angle", 1): ("degrees", "度"),
    ("cups", 1): ("cups", "杯"), ("piece", 1): ("pieces", "件"), ("person", 1): ("people", "人"),
    ("pair", 1): ("pairs", "双"), ("pages", 1): ("pages", "页"), ("tiers", 1): ("shelves", "层"),
    ("times", 1): ("x", "倍"),
}  # fmt: skip
"""The words for a unit of a kind, worth so much of its smallest, in English and Chinese."""
UNIT_NAMES = tuple(
    """
    liter liters litre litres millilitre milliliter mls gram grams kilo kilos kilogram pound pounds ounce ounces
    inch inches foot feet metre meter metres meters centimetre centimeter watt watts hour hours minute minutes
    megapixel megapixels degree degrees cup cups piece pieces person persons pair pairs gig gigs gigabyte terabyte
    """.split()
)
"""Units in full, as people write them."""
_UNITS = [(kind, factor, spelled) for kind, own in _SPELLINGS.items() for factor, spelled in own]
_UNIT = "|".join(f"(?:{spelled})" for _, _, spelled in _UNITS)
_PATTERN = re.compile(
    rf"(?<![A-Za-z\d.])(?P<low>{NUMBER})(?:\s*(?:-|–|~|to|到|至)\s*(?P<high>{NUMBER}))?[\s-]*"
    rf"(?P<unit>(?:{_UNIT})+?)(?:(?<![A-Za-z])|(?![A-Za-z]))(?P<half>半)?",
    re.IGNORECASE,
)
_PERCENT_ZH = re.compile(rf"百分之(?P<low>{NUMBER})")
_UNIT_PATTERNS = [(kind, factor, re.compile(spelled, re.IGNORECASE)) for kind, factor, spelled in _UNITS]


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity, or a range of them, in the smallest unit of its kind."""

    kind: str
    """"volume" (ml), "length" (mm), "data" (GB), "size", ..."""
    low: float
    high: float
    """The same as `low` for a single quantity."""
    factor: float
    """What one of the unit that was written is worth."""
    start: int
    end: int

    def is_like(self, other: Measure) -> bool:
        """Return whether both are the same quantity."""
        if self.kind != other.kind:
            return False
        near = _NEAR if self.factor == other.factor else _NEAR_OTHER_UNIT
        return _near(self.low, other.low, near) and _near(self.high, other.high, near)

    def lies_in(self, other: Measure) -> bool:
        """Return whether this quantity lies inside the other's range."""
        return self.kind == other.kind and other.low < other.high and other.low <= self.low <= self.high <= other.high


def _near(one: float, other: float, share: float) -> bool:
    return abs(one - other) <= share * max(abs(one), abs(other), 1e-9)


def measures(text: str) -> list[Measure]:
    """Return the quantities in a text; a unit of two meanings ("8 g") gives two of the same place."""
    found: list[Measure] = []
    for one in _PATTERN.finditer(text):
        low, high = value(one["low"]), value(one["high"]) if one["high"] else None
        if low is None or (one["high"] and high is None):
            continue
        for kind, factor, spelled in _UNIT_PATTERNS:
            if spelled.fullmatch(one["unit"]):
                top = high if high is not None else low + (0.5 if one["half"] else 0.0)
                bottom = low if high is not None else top
                found.append(Measure(kind, bottom * factor, top * factor, factor, one.start(), one.end()))
    for one in _PERCENT_ZH.finditer(text):
        low = value(one["low"])
        if low is not None:
            found.append(Measure("percent", low, low, 1, one.start(), one.end()))
    return found
