"""Bring what people type and recognisers hear into one form."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

from core.understand.numerals import digits

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SPACES = re.compile(r"[ \t\u3000]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")

_DOMAIN_END = re.compile(r"\s*(?:dot|点|\.)\s*(com|net|org|cn|edu|co|io|me|de|uk)(?![A-Za-z0-9])", re.IGNORECASE)
_AT = re.compile(r"\s+(?:at|艾特|a t)\s+|\s*(?:艾特|小老鼠|@)\s*", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9_+'-]+|\.|下划线|[\u4e00-\u9fff]")
_WRITTEN = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_TIMES = ("double", "triple")
_JOINTS = {"dot": ".", "点": ".", ".": ".", "underscore": "_", "下划线": "_", "dash": "-", "hyphen": "-", "minus": "-"}


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def normalise(text: str) -> str:
    """Return `text` half-width, in simplified script, with spoken digits and e-mail addresses written out."""
    text = unicodedata.normalize("NFKC", text)
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    if _HAN.search(text):
        text = _simplifier().convert(text)
    text = _SPACES.sub(" ", text).strip()
    return digits(spelled_emails(text))


def spelled_emails(text: str) -> str:
    """Write out addresses that were spelled: "maria dot sousa at example dot com" -> "maria.sousa@example.com"."""
    end = _DOMAIN_END.search(text)
    if end is None:
        return text
    at = next(reversed(list(_AT.finditer(text, 0, end.start()))), None)
    if at is None or _WRITTEN.search(text):
        return text
    local, start = _local_part(text[: at.start()])
    domain = _joined(text[at.end() : end.start()].split())
    if not local or not domain:
        return text
    return f"{text[:start]}{local}@{domain}.{end.group(1).lower()}{text[end.end() :]}"


def _local_part(before: str) -> tuple[str, int]:
    """Return what stands before the "at", and where it begins.

    Going left, a word belongs to it when a joint ("dot") ties it on, or when it and its neighbour are
    single letters or digits, as in "s o u s a nine nine".
    """
    taken: list[re.Match[str]] = []
    for word in reversed(list(_WORD.finditer(before))):
        said = word.group().lower()
        tied = not taken or said in _JOINTS or taken[-1].group().lower() in _JOINTS
        if not tied and not (_is_piece(said) and _is_piece(taken[-1].group().lower())):
            break
        if not said.isascii() and said not in _JOINTS and not _is_piece(said):
            break
        taken.append(word)
    if not taken:
        return "", 0
    return _joined([word.group() for word in reversed(taken)]), taken[-1].start()


def _is_piece(word: str) -> bool:
    return (
        (word.isascii() and (len(word) == 1 or word.isdigit())) or digits(word, shortest=1).isdigit() or word in _TIMES
    )


def _joined(words: list[str]) -> str:
    spoken = digits(" ".join(words), shortest=1) if words else ""
    return "".join(_JOINTS.get(word.lower(), word) for word in spoken.split()).lower()
