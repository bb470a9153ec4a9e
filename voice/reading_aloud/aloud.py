"""What is read becomes what is said: numbers, money, dates, ids, addresses; marks and emoji go."""

from __future__ import annotations

from core.types import Language
from voice.reading_aloud import chinese, english
from voice.reading_aloud.cleaning import cleaned


def aloud(text: str, language: Language) -> str:
    """Return `text` as a person would say it in `language` ("zh"; anything else is read as English).

    The result holds words and punctuation, no digits and no markup, and is empty when there is
    nothing to say.
    """
    plain = cleaned(text)
    return (chinese.read(plain) if language == "zh" else english.read(plain)).strip(" ,")
