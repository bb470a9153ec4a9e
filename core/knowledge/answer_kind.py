"""What kind of thing a question wants, and whether a text has any of that kind."""

from __future__ import annotations

import re

from core.knowledge.lexicon import Lexicon
from core.knowledge.passages import tokens

_WHO_OR_WHENCE = re.compile(
    r"谁|哪(?:家|位|国|个明星|个公司|个国家)|(?:啥|什么|哪个)(?:牌子|品牌|厂)|产地|哪[里儿](?:生?产|做|造)"
    r"|\b(?:who|whose|whom)\b|\b(?:what|which) (?:company|factory|brand|celebrity|person|country)\b"
    r"|\bwhere (?:is|are|was|were|do|does)\b.*\b(?:made|from|produced|sourced|come)\b",
    re.IGNORECASE,
)
_MAKERS = (
    "brand",
    "maker",
    "manufacturer",
    "designer",
    "author",
    "origin",
    "品牌",
    "制造商",
    "设计师",
    "作者",
    "厂家",
    "产地",
)
"""Attributes that name a person, a firm or a place."""
_WHICH_YEAR = re.compile(
    r"哪一?年|\b(?:what|which) year\b|\bwhen (?:was|were|did)\b.*\b(?:found|start|open|begin|set up)", re.I
)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_HOW_MANY = re.compile(
    r"\bhow many ([a-z]+)|(?:多少|几)(?:个|位|名|家)(?!月|小时|工作)([\u4e00-\u9fff]{1,2})", re.IGNORECASE
)


def asks_who_or_whence(question: str) -> bool:
    """Return whether a question wants a person, a firm or a place."""
    return bool(_WHO_OR_WHENCE.search(question))


def names_such(attributes: list[str]) -> bool:
    """Return whether one of a record's attributes names a person, a firm or a place."""
    return any(maker in key.lower() for key in attributes for maker in _MAKERS)


def may_answer(question: str, text: str, lexicon: Lexicon) -> bool:
    """Return whether a text holds the kind of thing that is asked for: a year, so many of what is counted."""
    if _WHICH_YEAR.search(question) and not _YEAR.search(text):
        return False
    counted = _HOW_MANY.search(question)
    if counted is None:
        return True
    wanted = set(tokens(next(filter(None, counted.groups())), lexicon, query=True))
    return not wanted or bool(wanted & set(tokens(text, lexicon, query=False)))
