"""Whether a word in a text is wanted, or named only to say what is not wanted: "not black", "不要黑色"."""

from __future__ import annotations

import re

_GAP = (
    r"(?:\s*(?:a|an|the|in|any|it|this|that|one|be|to be|to|for|suitable|want|like|need|have|has|please|other"
    r"|是|要|想要|给我|带|这个|那个|再|有|适合))*"
)
_BEFORE = re.compile(
    r"(?:\b(?:not|no|never|without|instead of|rather than|other than|except(?: for)?|but|avoid|minus|replacing)\b"
    r"|n't|\bnon-?|(?<!是)不是|(?<!要)不要|不想要|不用|(?<![性区类级特告差分个])别要?|而非|除了|除开|不喜欢|(?<!含)不含"
    r"|(?<!带)不带|(?<!有)没有|无|非|不|代替|取代|替代)"
    rf"{_GAP}[\s-]*$",
    re.IGNORECASE,
)
_BUT = re.compile(r"(?<!anything )(?<!everything )(?<!all )\bbut\b(?: the| a| an| in)*\s*$", re.IGNORECASE)
_FROM = re.compile(r"(?:\bfrom(?: the| a| an)?|从|由)\s*$", re.IGNORECASE)
_AFTER = re.compile(
    r"^\s*(?:的|色|款|那个|那款|那种|这个|这种|ones?|版)*\s*(?:就)?"
    r"(?:不要了?(?!紧)|不行|不喜欢|不想要|除外|不考虑|算了|is not|isn't|are not|aren't|won't)",
    re.IGNORECASE,
)
_JOINT = re.compile(r"^\s*(?:,|、|or|and|nor|和|或者?|跟)\s*(?:a |the )?$", re.IGNORECASE)
_INTO = re.compile(r"(?:换成|改成|换为|改为|变成|调成|\bto\b|\bfor\b|\binto\b|\bwith\b)", re.IGNORECASE)
_EXCHANGE = re.compile(r"换|改|change|swap|switch|exchange|replace|trade|modify|upgrade|turn", re.IGNORECASE)
_CLAUSE = re.compile(r"[，,。.;；!！?？\n]")
_REACH = 40
"""Characters before a word in which a "not" may stand."""


def is_negated(text: str, start: int, end: int) -> bool:
    """Return whether the words around say that what stands at `start` is not wanted."""
    before = _CLAUSE.split(text[max(0, start - _REACH) : start])[-1]
    if _BUT.search(before):
        return False
    return bool(_BEFORE.search(before) or _FROM.search(before) or _AFTER.match(text[end:]))


def goes_on(text: str, end: int, start: int) -> bool:
    """Return whether what stands at `start` is listed beside what ends at `end`: "not black or white"."""
    return bool(_JOINT.match(text[end:start]))


def gives_way(text: str, end: int, start: int) -> bool:
    """Return whether what ends at `end` is to become what begins at `start`: "change the black one to white"."""
    return bool(_INTO.search(text[end:start]) and not _CLAUSE.search(text[end:start]) and _EXCHANGE.search(text))
