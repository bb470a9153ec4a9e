"""Replies for those who only hear them: no marks, no links, nothing to press."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.types import CardPart, Language, Part, TextPart

_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)"), r"\1"),
    (re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff\uff00-\uffef]+"), ""),
    (re.compile(r"^[ \t]*(?:#{1,6}|>+|[-*+•·])[ \t]+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*\|?[ :|-]{3,}\|?[ \t]*$\n?", re.MULTILINE), ""),
    (re.compile(r"[ \t]*\|[ \t]*"), ", "),
    (re.compile(r"\*\*|__|~~|`"), ""),
    (re.compile(r"#(?=[A-Za-z]{0,3}-?\d)"), ""),
    (re.compile(r"(?<=[?？])\s*[(（][^()（）]*[)）]"), ""),
    (re.compile("[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"), ""),
)
_SIGNS = {
    "zh": (("→", "换成"), ("（", "，"), ("）", "")),
    "en": ((" → ", " to "), ("→", " to "), (" (", ", "), (")", "")),
}
"""What an eye reads without saying it."""
_JOINTS = {"zh": {"@": "艾特", ".": "点", "_": "下划线", "-": "杠", "+": "加"},
           "en": {"@": "at", ".": "dot", "_": "underscore", "-": "dash", "+": "plus"}}  # fmt: skip


def fit_for_ear(text: str, language: Language) -> str:
    """Return words as they can be heard: without markup, links and emoji, brackets as pauses."""
    for pattern, new in _MARKS:
        text = pattern.sub(new, text)
    for sign, word in _SIGNS.get(language, _SIGNS["en"]):
        text = text.replace(sign, word)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def parts_for_ear(parts: Sequence[Part], language: Language) -> tuple[Part, ...]:
    """Return the words of a bubble; a card is told where nothing else is, and buttons are left out."""
    words = [part.text for part in parts if isinstance(part, TextPart)]
    words = words or [card_for_ear(part, language) for part in parts if isinstance(part, CardPart)]
    return tuple(TextPart(text=fit) for text in words if (fit := fit_for_ear(text, language)))


def card_for_ear(card: CardPart, language: Language) -> str:
    """Return what a card says, as one sentence."""
    told = (card.title, card.subtitle, *(" ".join(field) for field in card.fields))
    return ("，" if language == "zh" else ", ").join(word for word in told if word)


def spelled_out(value: str, language: Language) -> str:
    """Return an id or an e-mail address sign by sign: "W 3 9 1 2", "m a r i a dot s o u s a at example dot com".

    The domain is said in words, as everybody says it.
    """
    joints = _JOINTS.get(language, _JOINTS["en"])
    name, at, domain = value.lstrip("#").partition("@")
    signs = [joints.get(sign, sign) for sign in name if not sign.isspace()]
    where = [joints.get(word, word) for word in re.split(r"([.-])", domain) if word]
    return " ".join((*signs, *((joints["@"], *where) if at else ())))
