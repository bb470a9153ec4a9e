"""Digits that were spoken: "三九一二七零一", "three nine one", "double five", "twenty two"."""

from __future__ import annotations

import re

_HAN = "零〇一二三四五六七八九幺两洞拐勾"
"""The last three are how numbers are said where they must not be misheard."""
_HAN_DIGITS = dict(zip(_HAN, "0012345678912079", strict=True))
_WORDS = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_NOUGHT = {"oh": "0", "o": "0", "nought": "0", "naught": "0"}
"""Words that are a zero among digits only."""
_TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
_TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6", "seventy": "7",
    "eighty": "8", "ninety": "9",
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_NUMBER_WORDS = frozenset({*_WORDS, *_NOUGHT, *_TIMES, *_TENS, *_TEENS})
_TALK = frozenset({"三三两两", "七七八八", "零零零碎", "一五一十"})
"""Idioms of nothing but digits."""

_UNIT = "|".join(_WORDS)
_SOME = rf"(?:{'|'.join(_TIMES)})[\s-]+(?:{_UNIT}|{'|'.join(_NOUGHT)}|\d\b)"
_TEN = rf"(?:{'|'.join(_TENS)})|{'|'.join(_TEENS)}"
_SAID = rf"{_SOME}|{_TEN}|{_UNIT}"
_ENGLISH_RUN = re.compile(
    rf"\b(?:oh?\s+(?={_SAID}))?(?:{_SAID}|\d)\b(?:[\s,-]+(?:{_SAID}|{'|'.join(_NOUGHT)}|\d)\b)*", re.IGNORECASE
)
_TIMES_ZH = re.compile(rf"(?<=[{_HAN}\d])([两二三四])个([零〇一二三四五六七八九幺\d])(?![{_HAN}\d]*[个件块元天])")
_HAN_RUN = re.compile(rf"[{_HAN}](?:[\s,、-]*[{_HAN}])*")
_MIXED = rf"(?:{_UNIT}|oh)(?![A-Za-z])|[{_HAN}\d]"
_MIXED_RUN = re.compile(rf"(?<![A-Za-z])(?:{_MIXED})(?:[\s,、-]*(?:{_MIXED}))+", re.IGNORECASE)
"""Digits of both languages in one number: "三九 one two 七零 two"."""
_ENDS_A_NUMBER = re.compile(rf"\d{{3,}}([{_HAN}]{{2,3}})(?![{_HAN}十百千万\d天个件次年月日号点块元周])")
"""Two or three Chinese digits right after written ones; a count of something is no part of the number."""
_BEGINS_A_NUMBER = re.compile(rf"[{_HAN}]{{2,3}}(?=\d{{3,}})")
_SHORTEST = 4
"""Fewer spoken digits in a row are a count or a time, not a number to be looked up."""
_SHORTEST_LIST = 5
"""The same for written digits with commas between, and for numbers that hold a "twenty": sizes, years, shares."""


def digits(text: str, *, shortest: int = _SHORTEST) -> str:
    """Write out runs of at least `shortest` spoken digits."""

    def han(found: re.Match[str]) -> str:
        run = found.group()
        written = "".join(_HAN_DIGITS.get(character, "") for character in run)
        listed = "、" in run or "," in run
        return written if len(written) >= shortest + 2 * listed and run not in _TALK else run

    def english(found: re.Match[str]) -> str:
        run = found.group()
        written = spelled(run)
        loose = "," in run and not re.search("[A-Za-z]", run)
        least = max(shortest, _SHORTEST_LIST) if shortest > 1 and (loose or _in_tens(run)) else shortest
        return written if len(written) >= least else run

    def mixed(found: re.Match[str]) -> str:
        run = found.group()
        if not (re.search("[A-Za-z]", run) and re.search(f"[{_HAN}]", run)):
            return run
        written = "".join(_HAN_DIGITS.get(one, one) for one in re.findall(_MIXED, run, re.IGNORECASE))
        written = spelled(" ".join(re.findall(r"[A-Za-z]+|\d", written)))
        return written if len(written) >= shortest else run

    text = _MIXED_RUN.sub(mixed, text)
    text = _TIMES_ZH.sub(lambda found: found.group(2) * (count(found.group(1)) or 1), text)
    text = _HAN_RUN.sub(han, text)
    for edge in (_BEGINS_A_NUMBER, _ENDS_A_NUMBER):
        text = edge.sub(lambda found: "".join(_HAN_DIGITS.get(sign, sign) for sign in found.group()), text)
    return _ENGLISH_RUN.sub(english, text)


def spelled(spoken: str) -> str:
    """Return the digits of number words: "double five two" -> "552", "forty one oh seven" -> "4107"."""
    written, times, tens = "", 1, ""
    for word in re.split(r"[\s,-]+", spoken.lower()):
        digit = _WORDS.get(word, "")
        if tens:
            written += tens + (digit if digit and digit != "0" else "0")
            tens = ""
            if digit and digit != "0":
                continue
        if word in _TIMES:
            times = _TIMES[word]
        elif word in _TENS:
            tens = _TENS[word]
        else:
            written += (digit or _NOUGHT.get(word) or _TEENS.get(word) or word) * times
            times = 1
    return written + (tens + "0" if tens else "")


def _in_tens(run: str) -> bool:
    return any(word in _TENS or word in _TEENS for word in re.split(r"[\s,-]+", run.lower()))


def is_spoken(word: str) -> bool:
    """Return whether a word is a digit, "oh" and "double" among them, in either language."""
    lower = word.lower()
    return lower in _NUMBER_WORDS or all(sign in _HAN_DIGITS for sign in lower)


def count(text: str) -> int | None:
    """Return a small number: "3", "三", "十二", "一百二十", "two"; None for anything else."""
    lower = text.lower()
    if text.isdigit():
        return int(text)
    if lower in _WORDS or lower in _TEENS:
        return int(_WORDS.get(lower) or _TEENS[lower])
    if all(sign in _HAN_DIGITS for sign in text):
        return int("".join(_HAN_DIGITS[sign] for sign in text)) if text else None
    return _with_tens(text)


def _with_tens(text: str) -> int | None:
    """Return what stands in words of tens, hundreds and thousands; "一百二" is 120."""
    found, digit, unit = 0, 0, 10
    for sign in text:
        if sign in _HAN_DIGITS:
            digit = int(_HAN_DIGITS[sign])
            unit = 10 if sign in "零〇" else unit
        elif sign in "十百千":
            unit = {"十": 10, "百": 100, "千": 1000}[sign]
            found += (digit or 1) * unit
            digit = 0
        else:
            return None
    shortened = text[-1] in _HAN_DIGITS and len(text) > 1 and text[-2] in "百千"
    return found + digit * (unit // 10 if shortened else 1)
