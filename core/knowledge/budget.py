"""What a customer wants to spend: "100 块以内", "under 300", "预算两百"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from core.shop.records import Variant

_NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[一二两三四五六七八九](?:百|千)五?十?|[一二三四五六七八九]?十)"
    r"(?!\d|[.,]\d)"
)
_CODE = r"(?:usd|eur|gbp|jpy|cny|rmb|hkd|twd|sgd|chf|inr|krw|aud|cad)"
_MONEY = (
    r"(?:美元|欧元|英镑|日元|港币|港元|新?台币|韩元|卢比|瑞郎|人民币|元|块钱?"
    rf"|(?:yuan|dollars?|bucks|euros?|pounds?|quid|francs?|rupees?|{_CODE})\b)"
)
_SIGN = rf"(?:(?:us|hk|nt|s|a|c)?\$|[¥€£₹₩]|\b{_CODE}\b)"
_PRICE = rf"{_SIGN}?\s*({_NUMBER})\s*{_MONEY}?"
_BETWEEN = re.compile(
    rf"{_PRICE}\s*(?:到|至|-|~|and|to)\s*{_PRICE}(?:\s*之间|(?=\D|$))",
    re.IGNORECASE,
)
_BETWEEN_CUE = re.compile(rf"between|from|之间|预算|budget|价|{_SIGN}|\d\s*{_MONEY}", re.IGNORECASE)
_NO = (
    r"(?:(?:\bno(?= (?:more|less|higher|lower))|\b(?:not|never|nothing|without|dont|cant|wont)\b|n['’]t\b|不|别|勿)"
    r"(?:\s*(?:\b(?:want|wants|like|going|willing|able|afford|pay|spend|go|be|is|cost|costs|priced|have|it|to|me|any"
    r"|anything|something)\b|想|要|能|得|会|可以?|希望|愿意?|花|买|高出))*\s*)"
)
_BOUND = re.compile(
    rf"(?P<no>{_NO})?(?:(?P<above>高于|超过|超出|至少|最少|\b(?:over|above|more than|higher than|at least))"
    r"|(?P<below>低于|少于|不到|最多|\b(?:under|below|less than|lower than|up to|at most|within|cheaper than"
    r"|max(?:imum)?(?: of)?))|(?P<budget>(?:预算|budget)\s*(?:是|在|of|is|:|就|大概|about|around)*))"
    rf"\s*(?P<sign>{_SIGN})?\s*(?P<number>{_NUMBER})\s*(?P<money>{_MONEY})?"
    rf"|(?P<not>{_NO})?{_SIGN}?\s*(?P<amount>{_NUMBER})\s*{_MONEY}?"
    r"\s*(?:(?P<up>以上|起步?)|(?P<down>以内|以下|之内|内的?|or less|or under|max))",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s*(?:%|的?(?:电|内存|容量)|岁|天|年|个|件|人|页|瓦|克|公斤|千克|斤|升|毫|米|厘米|公里|寸|英寸|次|小时|分钟|星|条|颗"
    r"|卧室|码|号|层|格|度|伏|毫安|(?:l|ml|kg|g|cm|mm|m|km|w|v|mah|gb|tb|oz|lbs?|inch|foot|feet|people|person|star|hour|day"
    r"|mp|hz)\b|-[a-z]|(?!(?:is|as|plus|this|less|was|yes|thanks|kids|mens|womens|perhaps|unless|always|its|has|does)\b)"
    r"[a-z]+(?<!s)s\b)",
    re.IGNORECASE,
)
"""What is counted or measured, and so no price where no money is named: a unit, or a plural after the number."""
_AGE = re.compile(r"\b(?:age[sd]?|between the ages of)\s*$|年龄(?:在|是)?\s*$", re.IGNORECASE)
"""What a range of years stands after."""
_REFUSED = re.compile(
    r"[^,.;!?，。；！？]{0,12}?(?:太贵|贵了|太便宜|不行|不考虑|不要|免谈|买不起|接受不了|超(?:出|了)?预算"
    r"|\b(?:too (?:expensive|much|pricey|dear|cheap|high|low|steep)|out of (?:my )?(?:budget|reach|the question)"
    r"|beyond (?:my )?(?:budget|means)|no good|a no)\b)",
    re.IGNORECASE,
)
"""What turns a limit around when it follows: "over 300 is too expensive" wants to pay less."""
_ABOUT = re.compile(
    rf"({_NUMBER})\s*{_MONEY}?\s*(?:左右|上下)|(?:大概|大约|around|about)\s*{_SIGN}?\s*({_NUMBER})\s*{_MONEY}",
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
    between = next((one for one in _BETWEEN.finditer(text) if not _is_years(text, one)), None)
    if between and _BETWEEN_CUE.search(text):
        low, high = sorted(_value(number) for number in between.groups())
        return Budget(low, high), _cut(text, between)
    bounds = [one for one in _BOUND.finditer(text) if not _is_counted(text, one)]
    if bounds:
        lows = [_limit(one) for one in bounds if _is_lower(text, one)]
        highs = [_limit(one) for one in bounds if not _is_lower(text, one)]
        for one in reversed(bounds):
            text = _cut(text, one)
        return Budget(max(lows, default=0.0), min(highs, default=math.inf)), text
    about = _ABOUT.search(text)
    if about:
        middle = _value(_first(about))
        return Budget(math.floor(middle * (1 - _SPREAD)), math.ceil(middle * (1 + _SPREAD))), _cut(text, about)
    return None, text


def _is_counted(text: str, found: re.Match[str]) -> bool:
    """Return whether a number says how many or how much of something else than money."""
    named = found["amount"] or found["sign"] or found["money"] or found["budget"]
    return not named and bool(_COUNTED.match(text, found.end("number")))


def _is_years(text: str, found: re.Match[str]) -> bool:
    return bool(_AGE.search(text, 0, found.start()) or _COUNTED.match(text, found.end()))


def _is_lower(text: str, found: re.Match[str]) -> bool:
    """Return whether a limit is the least to be spent: "not over" is an upper one, "no less than" a lower one."""
    negated = bool(found["no"] or found["not"])
    refused = bool(_REFUSED.match(text, found.end()))
    return bool(found["above"] or found["up"]) != (negated or refused)


def _limit(found: re.Match[str]) -> float:
    return _value(found["number"] or found["amount"])


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
