"""Digits that were spoken: "三九一二七零一", "three nine one", "double five"."""

from __future__ import annotations

import re

_HAN_DIGITS = dict(zip("零〇一二三四五六七八九幺两", "0012345678912", strict=True))
_WORDS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3}
_HAN_RUN = re.compile(r"[零〇一二三四五六七八九幺两](?:[\s,、]*[零〇一二三四五六七八九幺两])*")
_WORD = "|".join(_WORDS)
_ENGLISH_RUN = re.compile(
    rf"\b(?:(?:double|triple)\s+)?(?:{_WORD}|\d)\b(?:[\s,-]+(?:(?:double|triple)\s+)?(?:{_WORD}|\d)\b)*", re.IGNORECASE
)
_LETTER_BEFORE = re.compile(r"\b([A-Za-z])[\s-]+(?=\d{3,})")
_SHORTEST = 4
"""Fewer spoken digits in a row are a count or a time, not a number to be looked up."""


def digits(text: str, *, shortest: int = _SHORTEST) -> str:
    """Write out runs of at least `shortest` spoken digits, and close up "W 3912701"."""

    def han(found: re.Match[str]) -> str:
        written = "".join(_HAN_DIGITS.get(character, "") for character in found.group())
        return written if len(written) >= shortest else found.group()

    def english(found: re.Match[str]) -> str:
        written = _written(found.group())
        return written if len(written) >= shortest else found.group()

    text = _ENGLISH_RUN.sub(english, _HAN_RUN.sub(han, text))
    return _LETTER_BEFORE.sub(r"\1", text)


def _written(spoken: str) -> str:
    written, times = "", 1
    for word in re.split(r"[\s,-]+", spoken.lower()):
        if word in _TIMES:
            times = _TIMES[word]
            continue
        written += _WORDS.get(word, word) * times
        times = 1
    return written


def count(text: str) -> int | None:
    """Return a small number: "3", "三", "十二", "third"; None for anything else."""
    if text.isdigit():
        return int(text)
    if text in _HAN_DIGITS:
        return int(_HAN_DIGITS[text])
    tens, ten, ones = text.partition("十")
    if ten and all(part in _HAN_DIGITS for part in tens + ones) and len(tens) <= 1 and len(ones) <= 1:
        return int(_HAN_DIGITS.get(tens, "1")) * 10 + int(_HAN_DIGITS.get(ones, "0"))
    return None
