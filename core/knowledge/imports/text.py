"""Bytes to text, whatever the encoding, and plain text to sections."""

from __future__ import annotations

import re
import unicodedata

from core.errors import DocumentError
from core.knowledge.imports.document import Document, Section

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe00-\ufe0f"
    "\U000e0000-\U000e01ef]"
)
"""Characters that nobody sees: zero-width ones, changes of direction, tag letters. Words hide among them."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ASKED = re.compile(r"^\s*(?:Q(?:uestion)?\s*\d*|问题?\s*\d*)\s*[:：.、]\s*(.+)$", re.IGNORECASE)
_ANSWERED = re.compile(r"^\s*(?:A(?:nswer)?\s*\d*|答案?\s*\d*|回答)\s*[:：.、]\s*(.+)$", re.IGNORECASE)
_MOST_CONTROL = 0.01
"""The part of control characters above which bytes are no text."""
_TITLE_CHARS = 80


def decode(data: bytes, *, declared: str = "") -> str:
    """Return the text of `data`: UTF-8, what it declares itself, or what its bytes look like (GB18030, Big5, ...).

    Raises `DocumentError` when it is no text.
    """
    for encoding in ("utf-8-sig", *([declared] if declared else [])):
        try:
            return _checked(data.decode(encoding))
        except (UnicodeDecodeError, LookupError):
            continue
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _checked(data.decode("utf-16", "replace"))
    return _checked(_guessed(data))


def _guessed(data: bytes) -> str:
    try:
        # Most that is no UTF-8 in a Chinese shop is this; two random bytes in eight are not, so that it tells itself.
        text = data.decode("gb18030")
        if _looks_chinese(text):
            return text
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes  # a tenth of a second, for the rare file only

    best = from_bytes(data, cp_isolation=["big5", "cp1252", "latin_1", "shift_jis", "euc_kr", "cp1251"]).best()
    if best is None:
        raise DocumentError("the encoding cannot be told: save the file as UTF-8 and import it again")
    return str(best)


def _looks_chinese(text: str) -> bool:
    """Return whether most of what is not ASCII are common Chinese characters or their punctuation."""
    others = [character for character in text if ord(character) > 127]
    common = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef" for c in others)
    return bool(others) and common >= 0.9 * len(others)


def _checked(text: str) -> str:
    if len(_CONTROL.findall(text)) > _MOST_CONTROL * max(len(text), 1):
        raise DocumentError("this is no text but binary data: import Markdown, HTML, PDF, DOCX, CSV, JSON or text")
    return text


def visible(text: str) -> str:
    """Return the text as a reader sees it: composed, without invisible and control characters."""
    return _CONTROL.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))


def read_text(data: bytes, name: str) -> Document:
    """Read plain text; "Q: ..." with "A: ..." (or 问：, 答：) become questions with answers."""
    lines = [line.strip() for line in visible(decode(data)).splitlines()]
    filled = [line for line in lines if line]
    title = filled[0][:_TITLE_CHARS] if filled and len(filled[0]) <= _TITLE_CHARS else name
    return Document(title=title, format="text", sections=tuple(_sections(lines)))


def _sections(lines: list[str]) -> list[Section]:
    found: list[Section] = []
    asked, body = "", list[str]()

    def close() -> None:
        if any(body):
            found.append(Section(headings=(asked,) if asked else (), text="\n".join(filter(None, body))))
        body.clear()

    for line in lines:
        question, answer = _ASKED.match(line), _ANSWERED.match(line)
        if question:
            close()
            asked = question[1]
        elif answer and asked:
            body.append(answer[1])
        elif not line and asked and any(body):
            close()
            asked = ""
        else:
            body.append(line)
    close()
    return found
