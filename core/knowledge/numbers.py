"""Numbers as customers write and say them: "1.5", "10,000", "一升半", "两千", "fifteen", "one and a half"."""

from __future__ import annotations

import re

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_PLACES = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: value for value, word in enumerate(_ONES)} | {word: 10 * at for at, word in enumerate(_TENS, start=2)}
_SCALES = {"hundred": 100, "thousand": 1000}

_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_SCALE = "|".join(_SCALES)
_SPOKEN = (
    rf"(?:(?:{_WORD})|a(?=\s+(?:{_SCALE})\b))"
    rf"(?:(?:\s+and)?[\s-]+(?:{_WORD}|{_SCALE})\b)*(?:\s+point(?:\s+(?:{_WORD}))+)?(?:\s+and\s+a\s+half)?"
)
_HAN = r"[零〇一二两三四五六七八九十百千万]+(?:点[零〇一二两三四五六七八九]+)?|半"
_WRITTEN = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?:[万千百]|\s+and\s+a\s+half)?"
NUMBER = rf"(?:{_WRITTEN}|{_HAN}|half(?:\s+an?)?|\b{_SPOKEN}\b)"
"""A number at any place of a text, for use in a larger pattern (ignoring case)."""


def value(written: str) -> float | None:
    """Return what a number that `NUMBER` found is worth; None for anything else."""
    text = written.strip().lower().replace(",", "")
    if text in ("半", "half", "half a", "half an"):
        return 0.5
    written_out = re.fullmatch(r"(\d+(?:\.\d+)?)([万千百]?)(\s+and\s+a\s+half)?", text)
    if written_out:
        number, place, half = written_out.groups()
        return float(number) * _PLACES.get(place, 1) + (0.5 if half else 0.0)
    return _of_words(text) if text.isascii() else _of_han(text)


def _of_han(text: str) -> float | None:
    whole, _, decimals = text.partition("点")
    total, section, digit, last = 0, 0, 0, 1
    for character in whole:
        if character in _DIGITS:
            digit = digit * 10 + _DIGITS[character] if last == 0 else _DIGITS[character]
            last = 0
        elif character == "万":
            total, section, digit, last = (total + section + digit or 1) * 10_000, 0, 0, 10_000
        elif character in _PLACES:
            section, digit, last = section + (digit or 1) * _PLACES[character], 0, _PLACES[character]
        else:
            return None
    if last == 0 and digit < 10 and len(whole) > 1 and whole[-2] in "百千万":
        digit *= _PLACES[whole[-2]] // 10  # "三百五" is 350
    fraction = float("0." + "".join(str(_DIGITS[one]) for one in decimals)) if decimals else 0.0
    return total + section + digit + fraction


def _of_words(text: str) -> float | None:
    body, half, _ = text.partition(" and a half")
    whole, _, decimals = body.partition(" point ")
    total, section = 0, 0
    for word in re.split(r"[\s-]+", whole):
        if word in _WORDS:
            section += _WORDS[word]
        elif word in _SCALES:
            total, section = total + (section or 1) * _SCALES[word], 0
        elif word not in ("and", "a"):
            return None
    fraction = float("0." + "".join(str(_WORDS.get(word, 0)) for word in decimals.split())) if decimals else 0.0
    return total + section + fraction + (0.5 if half else 0.0)
