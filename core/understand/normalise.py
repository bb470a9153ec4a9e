"""Bring what people type and recognisers hear into one form."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

from core.understand.emails import spelled_emails
from core.understand.numerals import digits, spelled
from core.understand.spoken_ids import closed_up

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_STRAIGHT = str.maketrans("\u2018\u2019\u02bc", "'''")
"""Telephones write "don\u2019t" with a curly apostrophe."""
_SPACES = re.compile(r"[ \t\u3000]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_TOPIC = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[那拿]))((?:你们|您们|我们|你|您|我|这个|那个|这件|那件)(?:家|店)?的[\u4e00-\u9fff]{2,4}),(?=[\u4e00-\u9fff])"
)
"""What a sentence is about, parted from it where a speaker takes breath: "你们的退货,政策是什么" is one request."""
_MOST_PASSES = 4
"""What one pass writes out may be part of more, such as a number within an address; it settles at the second."""


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def normalise(text: str) -> str:
    """Return `text` half-width, in simplified script, with spoken digits and e-mail addresses written out.

    What it returns stays as it is when normalised again; the offsets of entities refer to it.
    """
    for _ in range(_MOST_PASSES):
        before, text = text, _pass(text)
        if text == before:
            break
    return text


def _pass(text: str) -> str:
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text)).translate(_STRAIGHT)
    if _HAN.search(text):
        text = _TOPIC.sub(r"\1", _simplifier().convert(text))
    text = _SPACES.sub(" ", text).strip()
    return closed_up(digits(spelled_emails(text)), spelled)
