"""Take away what is only for the eye: markdown, tags, emoji, control characters."""

from __future__ import annotations

import re
import unicodedata

_FULL_WIDTH = {ord(c) + 0xFEE0: c for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%#@$+-/.=&_"}
_FULL_WIDTH |= {0xFFE5: "¥", 0x3000: " ", 0xA0: " ", 0x202F: " ", 0x2212: "-", 0x2011: "-"}

_MARKDOWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"```[^\n]*\n?"), ""),
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"</?[A-Za-z][^<>\n]*>"), " "),
    (re.compile(r"^[ \t]*([-*_=]{3,}|\|?[ :|-]+\|[ :|-]*)[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(#{1,6}|>+|[-*+•·])[ \t]+", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__|~~|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w))"), ""),
    (re.compile(r"[ \t]*\|[ \t]*"), ", "),
)
_READ_SYMBOLS = frozenset("°℃℉")
_DROPPED = frozenset({"So", "Sk", "Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"})
_LINE_WITHOUT_END = re.compile(r"(?<=[^\s.,!?;:。，！？；：、…])[ \t]*\n+")


def cleaned(text: str) -> str:
    """Return `text` without markup and emoji; a line that ends without a mark gets a full stop."""
    plain = "".join(map(_ascii_digit, unicodedata.normalize("NFC", text).translate(_FULL_WIDTH)))
    for pattern, new in _MARKDOWN:
        plain = pattern.sub(new, plain)
    plain = "".join(c for c in plain if c == "\n" or c in _READ_SYMBOLS or unicodedata.category(c) not in _DROPPED)
    plain = _LINE_WITHOUT_END.sub(_full_stop, plain.strip())
    return re.sub(r"[ \t]+", " ", plain).replace("\n", " ").strip(" ,")


def _ascii_digit(sign: str) -> str:
    """Return a digit of any script as 0-9: the readings count on it."""
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


def _full_stop(end: re.Match[str]) -> str:
    before = end.string[end.start() - 1]
    return "。" if "\u3400" <= before <= "\u9fff" else ". "
