"""Numbers with a letter in front, as they are dictated: "W 39 12 701", "井号 W ...", "double u 3912701"."""

from __future__ import annotations

import re
from collections.abc import Callable

_HASH = re.compile(
    r"(?:井号键?|井字号|\bhash(?:tag)?(?: sign| key)?\b|\b(?:pound|number) sign\b)[\s,:]*(?=[A-Za-z]?[\s-]*\d{3})",
    re.IGNORECASE,
)
_DOUBLE_U = re.compile(
    r"(?:\b(?:d|tr)ouble[\s-]?(?:u|you|yu|ewe)\b|\bdub(?:ya|lu)\b|[达打大搭][不布卜][溜留柳六刘流])[\s,.-]*(?:dash|hyphen"
    r"|杠)?[\s,.-]*(?=\d{3})",
    re.IGNORECASE,
)
_DASH_SAID = re.compile(r"(?<![A-Za-z0-9])([Ww])\s+(?:dash|hyphen|杠|横杠)\s+(?=\d)", re.IGNORECASE)
_ALPHABET = (
    "alpha|alfa bravo charlie delta echo foxtrot golf hotel india juliett?|juliet kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiske?y x-?ray yankee zulu"
).split()
"""The alphabet of the International Telecommunication Union, in order, with the spellings that recognisers write."""
_CALLED = re.compile(rf"\b(?:{'|'.join(f'({word})' for word in _ALPHABET)})[\s,.-]+(?=\d{{5,12}}(?!\d))", re.IGNORECASE)
_AS_IN = re.compile(
    r"(?<![\w'’])(?:(?P<letter>[a-z])[\s,]+as in[\s,]+(?P=letter)"
    r"|(?P<consonant>[b-hj-z])[\s,]+(?:for|like(?: in)?)[\s,]+(?P=consonant))[a-z]{2,}\b",
    re.IGNORECASE,
)
"""A letter by a word that begins with it: "w for William", and neither "W for the shop" nor "I like it"."""
_SAID_ANEW = re.compile(
    r"(?<![A-Za-z0-9])(?P<letter>[A-Za-z])\s?\d{3,12}[\s,.。;]*(?:(?:不对|不是|错了|说错了|更正|应该|哦|呃|抱歉|no|sorry"
    r"|wait|oops|I mean|correction|scratch that|make that|rather)[\s,.]*)+(?:(?:是|it'?s|that'?s|to)[\s,]*)?"
    r"(?P<digits>\d{5,12})(?!\d)",
    re.IGNORECASE,
)
"""A number that is said again at once, without its letter: "W 3912, no, 3913702"."""
_LETTER = re.compile(r"(?<![A-Za-z0-9'’@._-])([B-HJ-Zb-hj-z])[\s,]+(?=\d{5,12}(?!\d))")
"""A letter said before a number; "a" and "I" are words, and fewer digits may be a count of something."""
_GROUPED_W = re.compile(r"(?<![A-Za-z0-9'’@._-])([Ww])((?:[\s,.-]*\d)+)(?![A-Za-z0-9])")
_GROUPED_ORDER = re.compile(
    r"((?:订单编?号?码?|单号|\border(?:s|\s+(?:number|no\.?|id))?)\s*(?:是|为|:|is"
    r"|#)*\s*#?\s*)(\d{1,6}(?:[ -]\d{1,6}){1,6})(?!\d)",
    re.IGNORECASE,
)
_POSTCODE = re.compile(
    r"(\b(?:zip(?:\s*code)?|post(?:al)?\s*code)\s*(?:is|:)?\s+)"
    r"((?:(?:[a-z]|zero|oh|one|two|three|four|five|six|seven|eight|nine|\d)(?:[\s,]+|\b)){5,8})(?![a-z0-9])",
    re.IGNORECASE,
)
_ID_DIGITS = range(5, 13)


def closed_up(text: str, spelled: Callable[[str], str]) -> str:
    """Return the text with dictated numbers closed up; `spelled` writes number words as digits."""
    text = _DOUBLE_U.sub("W", _HASH.sub("#", text))
    text = _AS_IN.sub(lambda found: found["letter"] or found["consonant"], text)
    text = _CALLED.sub(lambda found: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(found.lastindex or 1) - 1], text)
    text = _DASH_SAID.sub(r"\1", text)
    text = _GROUPED_W.sub(_one_number, text)
    text = _GROUPED_ORDER.sub(_one_number, text)
    text = _LETTER.sub(r"\1", text)
    text = _SAID_ANEW.sub(r"\g<letter>\g<digits>", text)
    return _POSTCODE.sub(lambda found: found.group(1) + _postcode(found.group(2), spelled), text)


def _one_number(found: re.Match[str]) -> str:
    """Return pieces of a number as one; a number that is whole already and another behind it stay two."""
    pieces = re.findall(r"\d+", found.group(2))
    whole = len(pieces) > 1 and any(len(piece) in _ID_DIGITS for piece in pieces)
    written = "".join(pieces)
    return found.group(1) + written if len(written) in _ID_DIGITS and not whole else found.group()


def _postcode(said: str, spelled: Callable[[str], str]) -> str:
    words = [spelled(word) for word in re.split(r"[\s,]+", said.strip())]
    tail = said[len(said.rstrip()) :]
    return "".join(words).upper() + tail
