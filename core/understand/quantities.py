"""How many, and how much money."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Entity
from core.understand.numerals import count
from core.understand.spans import entity

_N_ZH = r"\d{1,3}|[一二两三四五六七八九十]{1,3}"
_QUANTITY_ZH = re.compile(
    rf"(?<![第\d.月年点零〇一二两三四五六七八九十])({_N_ZH})\s*(?:件|双|条|台|只|把|瓶|盒|套|本|支|包|份|副|顶|辆"
    rf"|张(?!.{{0,2}}卡)|(?<!一)个(?!月|小时|星期|礼拜|人|字|工作日|问题|订单|多月)|样)(?!事|话)"
    rf"|(?:数量|件数)\s*(?:改成|改为|是|为|:|换成|变成)?\s*({_N_ZH})(?!\d)"
)
_N_EN = r"\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_NO_GOODS = (
    r"(?:o'?clock|[ap]\.?m\b|days?|weeks?|months?|years?|hours?|minutes?|mins?|times|dollars?|bucks|yuan|rmb|euros?"
    r"|pounds?|cents?|percent|inch(?:es)?"
    r"|cm|mm|ml|kg|lbs?|oz|litres?|liters?|feet|ft|pixels?|digits?|people|persons|guests|requests?|questions?|things"
    r"|problems?|issues?|orders?|hands|reasons?|emails?|cards?|addresses|business|working|star|stars|wheels?|speeds?"
    r"|suite|avenue|street)"
)
_QUANTITY_EN = re.compile(
    rf"\b({_N_EN})\s*(?:of (?:them|these|those|the|my|it|each)|pieces?|pcs|units?|pairs?|items?|copies|x\b|more of)"
    rf"|\b(?:quantity|qty|amount)(?: (?:to|of|is|from \w+ to))?:?\s*({_N_EN})\b|(?<![\w-])x\s?(\d{{1,2}})\b"
    rf"|\b(?:only|just|exactly) (one|\d{{1,2}}|two|three)\b(?! {_NO_GOODS})|(?<![\w#$.-])(\d{{1,2}}|two|three|four"
    rf"|five|six|seven|eight|nine|ten)(?: [a-z]{{3,12}}){{0,2}}? (?!{_NO_GOODS}\b)(?=[a-z]{{3,20}}s\b(?<!ss))"
    rf"(?=[a-z]+)",
    re.IGNORECASE,
)
_CURRENCIES = {"$": "USD", "¥": "CNY", "€": "EUR", "£": "GBP"}
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?P<sign>[$¥€£])\s?(?P<signed>{_NUMBER})|(?P<said>{_NUMBER}|[一二两三四五六七八九十百千]{{1,7}})\s?(?P<unit>元"
    rf"|块钱?|人民币|美元|美金|刀|欧元|英镑|dollars?|bucks?|usd|yuan|rmb|cny|euros?|eur|pounds?|gbp)(?![a-z])",
    re.IGNORECASE,
)
_UNITS = (
    ("USD", ("dollar", "buck", "usd", "美元", "美金", "刀")),
    ("EUR", ("eur", "欧元")),
    ("GBP", ("pound", "gbp", "英镑")),
    ("CNY", ("元", "块", "人民币", "yuan", "rmb", "cny")),
)


def quantities(text: str) -> Iterator[Entity]:
    """Yield numbers of goods; the value is the number in digits."""
    for pattern in (_QUANTITY_ZH, _QUANTITY_EN):
        for found in pattern.finditer(text):
            group = next(at for at, said in enumerate(found.groups(), 1) if said)
            number = count(found.group(group))
            if number:
                yield entity("quantity", str(number), found)


def amounts(text: str) -> Iterator[Entity]:
    """Yield sums of money as "129.50 CNY"."""
    for found in _AMOUNT.finditer(text):
        if found["sign"]:
            yield entity("amount", f"{_plain(found['signed'])} {_CURRENCIES[found['sign']]}", found)
            continue
        said, unit = found["said"], found["unit"].lower()
        number = said if said[0].isdigit() else str(count(said) or "")
        if number:
            currency = next(code for code, words in _UNITS if any(unit.startswith(word) for word in words))
            yield entity("amount", f"{_plain(number)} {currency}", found)


def _plain(number: str) -> str:
    return number.replace(",", "").rstrip(".")
