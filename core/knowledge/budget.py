"""What a customer wants to spend: "100 块以内", "under 300", "预算两百"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from core.shop.records import Variant

_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[一二两三四五六七八九](?:百|千)五?十?|[一二三四五六七八九]?十)"
_MONEY = r"\s*(?:元|块钱?|块|yuan|rmb|dollars?|usd|bucks)?"
_SIGN = r"[$¥€£]?\s*"
_BETWEEN = re.compile(
    rf"{_SIGN}{_NUMBER}{_MONEY}\s*(?:到|至|-|~|and|to)\s*{_SIGN}{_NUMBER}"
    r"(?:\s*(?:元|块钱?|块|yuan|rmb|dollars?|之间)|(?=\D|$))",
    re.IGNORECASE,
)
_BETWEEN_CUE = re.compile(r"between|from|元|块|¥|\$|之间|预算|budget|价", re.IGNORECASE)
_MOST = re.compile(
    rf"{_NUMBER}{_MONEY}\s*(?:以内|以下|之内|内的?|or less|or under|max)"
    r"|(?:不超过|低于|不到|最多|under|below|less than|up to|within|no more than|cheaper than|max(?:imum)?(?: of)?)"
    rf"\s*{_SIGN}{_NUMBER}{_MONEY}"
    rf"|(?:预算|budget)\s*(?:是|在|of|is|:|就|大概|about|around)*\s*{_SIGN}{_NUMBER}{_MONEY}",
    re.IGNORECASE,
)
_LEAST = re.compile(
    rf"{_NUMBER}{_MONEY}\s*(?:以上|起步?)(?!的?(?:电|内存|容量))"
    rf"|(?:高于|超过|不低于|至少|最少|\bover|\babove|\bmore than|\bat least|\bno less than)\s*{_SIGN}{_NUMBER}{_MONEY}"
    r"(?!\s*(?:%|岁|天|年|小时|分钟|个|件|人|页|瓦|克|公斤|升|毫升|米|厘米|寸|次|(?:l|ml|kg|g|cm|mm|m|w|mah|oz|lbs?|inch(?:es)?|hours?|days?|years?|people|pages?"
    r"|lit(?:re|er)s?|times|pieces|items)\b)|[\d.])",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    rf"{_NUMBER}{_MONEY}\s*(?:左右|上下)|(?:大概|大约|around|about)\s*{_SIGN}{_NUMBER}\s*(?:元|块钱?|块|yuan|rmb|dollars?)",
    re.IGNORECASE,
)
_SPREAD = 0.25
"""How far from "about 100" a price may lie."""
_DIGITS = dict(zip("一二两三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))


@dataclass(frozen=True, slots=True)
class Budget:
    """A range of prices, both ends included; without an upper end `high` is infinite."""

    low: float
    high: float

    def holds(self, variant: Variant) -> bool:
        """Return whether a variant can be bought for that now."""
        return self.low <= variant.price <= self.high and variant.available


def read_budget(text: str) -> tuple[Budget | None, str]:
    """Return the budget that the text names, and the text without it."""
    between = _BETWEEN.search(text)
    if between and _BETWEEN_CUE.search(text):
        low, high = sorted(_value(number) for number in between.groups())
        return Budget(low, high), _cut(text, between)
    most = _MOST.search(text)
    rest = _cut(text, most) if most else text
    least = _LEAST.search(rest)
    if most or least:
        low = _value(_first(least)) if least else 0.0
        return Budget(low, _value(_first(most)) if most else math.inf), _cut(rest, least) if least else rest
    about = _ABOUT.search(text)
    if about:
        middle = _value(_first(about))
        return Budget(math.floor(middle * (1 - _SPREAD)), math.ceil(middle * (1 + _SPREAD))), _cut(text, about)
    return None, text


def _first(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group)


def _cut(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _value(number: str) -> float:
    if number[0].isdigit():
        return float(number.replace(",", ""))
    if number.endswith("十") and len(number) <= len("五十"):
        return 10.0 * _DIGITS.get(number[0], 1)
    value = _DIGITS[number[0]] * (1000 if "千" in number else 100)
    return float(value + (50 if "五十" in number or number.endswith("五") else 0))
