"""One form for what was said and what was heard, so that only wrong words count as errors."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from opencc import OpenCC

_DIGITS = dict(zip("零〇一二三四五六七八九幺两", "0012345678912", strict=True))
_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split()
    )
} | {"oh": "0"}
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(2, 10), strict=True))
_HAN_TENS = re.compile(r"(\d?)十(\d?)")
_HUNDREDS = re.compile(r"(\d)百(\d\d)")
_ENGLISH_TENS = re.compile(rf"\b({'|'.join(_TENS)})(?:[ -](\w+))?\b")
_SPELLED = re.compile(r"\b[a-z](?: [a-z])+\b")


def signs(text: str) -> str:
    """Return Chinese as its signs alone: simplified, numbers in digits, no punctuation, no spaces."""
    text = _simplifier().convert(_plain(text))
    text = "".join(_DIGITS.get(sign, sign) for sign in text)
    text = _HAN_TENS.sub(lambda found: (found[1] or "1") + (found[2] or "0"), text)
    return re.sub(r"[\W_]+", "", _HUNDREDS.sub(r"\1\2", text))


def words(text: str) -> list[str]:
    """Return English as its words: small letters, each digit a word, spelled letters as one word."""
    text = re.sub(r"(?<=\w)\.(?=[a-z])", " dot ", _plain(text).replace("@", " at ").replace("double u", "w"))
    text = _ENGLISH_TENS.sub(_number, re.sub(r"['’]", "", text))
    text = " ".join(_WORDS.get(word, word) for word in re.findall(r"[a-z]+|\d", text))
    text = re.sub(r"\b1[0-9]\b", lambda found: " ".join(found[0]), text)
    return _SPELLED.sub(lambda found: found[0].replace(" ", ""), text).split()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _number(found: re.Match[str]) -> str:
    tens, ones = _TENS[found[1]], found[2] or ""
    if len(_WORDS.get(ones, "")) == 1 and ones not in ("zero", "oh"):
        return f"{tens}{_WORDS[ones]}"
    return f"{tens}0 {ones}"


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
