"""Which one of several: by place, the newest, the other one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.types import Entity
from core.understand.numerals import count
from core.understand.spans import entity

_ORDINAL_ZH = re.compile(
    r"第\s*([一二两三四五六七八九十]{1,2}|\d{1,2})\s*(?:个|款|件|单|双|条|种|项|笔|台|把)?(?!次|天|遍|回|季|方)"
)
_ORDINAL_EN = re.compile(
    r"\b(?:(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|1st|2nd|3rd|[4-9]th|10th)"
    r"(?! (?:time|of all|hand|day|week|floor|street|avenue|st\b|ave\b|name))|(?:number|no\.?"
    r"|option)\s*(\d{1,2})(?!\d))\b",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"最后(?:面)?(?:那|一|的)?(?:一)?(?:个|款|件|单)|倒数第一个?|\b(?:the )?last one\b(?! I)", re.IGNORECASE
)
_RANKS = {
    "first": 1, 
        "second"
    : 2, 
        "third"
    : 3, 
        "fourth"
    : 4, 
        "fifth"
    : 5, 
        "sixth"
    : 6, 
        "seventh"
    : 7, 
        "eighth"
    : 8, 
        "ninth"
    : 9, 
        "tenth"
    : 10,
}  # fmt: skip
_RECENT = re.compile(
    r"最近(?:的|下的|买的)?(?:一个|一单|那个|那单|一次)?(?:订单|的单|那单|一单|买的)|最近的?(?:那个|那单|一个|一单)"
    r"|最新的?(?:订单|一单|那个|那单|一个)"
    r"|上一?(?:个订单|单)|刚(?:刚|才)?(?:下|买)的?(?:那个|那单|订单|单)?"
    r"|\b(?:my |the )?(?:last|latest|most recent|newest) (?:order|purchase|one(?: I ordered)?)\b"
    r"|\b(?:the )?order I (?:just|recently) (?:placed|made)\b|\bmost recent(?:ly placed)?(?: order)?\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"另(?:外)?一?(?:个|单|款|件)|别的(?:订单|那个)?|其他(?:的)?(?:订单|单)|\b(?:the )?other (?:one|order)\b"
    r"|\banother (?:one|order)\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"\W*(?:the )?(\d|[一二三四五]|one|two|three|four|five)\W*(?:个|号)?\W*", re.IGNORECASE)


def choices(text: str, *, listing: bool) -> Iterator[Entity]:
    """Yield ordinals, "recent" and "other"; `listing` says that a bare "2" is an ordinal."""
    for found in _RECENT.finditer(text):
        if not found.group().lower().endswith("last one"):
            yield entity("recent", "yes", found)
    for found in _LAST.finditer(text):
        yield entity("ordinal", "-1", found)
    for found in _ORDINAL_ZH.finditer(text):
        number = count(found.group(1))
        if number:
            yield entity("ordinal", str(number), found)
    for found in _ORDINAL_EN.finditer(text):
        said = (found.group(1) or "").lower()
        rank = int(found.group(2)) if found.group(2) else _RANKS.get(said) or int(said[:-2])
        yield entity("ordinal", str(rank), found)
    bare = _BARE.fullmatch(text) if listing else None
    number = count(bare.group(1)) if bare else None
    if bare and number:
        yield entity("ordinal", str(number), bare)
    for found in _OTHER.finditer(text):
        yield entity("other", "yes", found)
