"""What of a reply was heard, and what is left of it, where the caller interrupted."""

from __future__ import annotations

import itertools
import re

from core.types import Session

_BEGINS = re.compile(r"(?:(?<=[。！？!?\n])|(?<=\.\s))\s*(?=\S)")
"""Where a sentence begins. A point within a number or an address is followed by no space."""


def heard_part(session: Session) -> str:
    """Return what was heard of the last reply."""
    return session.last_reply[: heard_until(session)]


def unheard_part(session: Session) -> str:
    """Return what was not heard of the last reply, from the beginning of the sentence that was cut; "" for nothing."""
    text, at = session.last_reply, heard_until(session)
    return text[sentence_start(text, at) :].strip() if letters(text[at:]) else ""


def heard_until(session: Session) -> int:
    """Return the place in the last reply up to which it was heard.

    Only letters and digits count, for voices read marks as pauses. Words that are no beginning of the reply
    were heard as far as they agree with it.
    """
    text = session.last_reply
    if session.heard is None:
        return len(text)
    heard, agreed = letters(session.heard), 0
    for at, sign in enumerate(text):
        if not sign.isalnum():
            continue
        if agreed == len(heard) or heard[agreed] != sign.casefold()[:1]:
            return at
        agreed += 1
    return len(text)


def sentence_start(text: str, at: int) -> int:
    """Return where the sentence around a place begins."""
    return max((found.end() for found in _BEGINS.finditer(text) if found.end() <= at), default=0)


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text with the blanks before them; put together they are the text."""
    cuts = [0, *(found.end() for found in _BEGINS.finditer(text) if found.end()), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(cuts) if start < end]


def letters(text: str) -> str:
    """Return the letters and digits of a text, case aside."""
    return "".join(sign.casefold()[:1] for sign in text if sign.isalnum())
