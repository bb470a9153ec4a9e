"""Misaki's phonemes in the notation of espeak-ng, which Piper voices were trained on."""

from __future__ import annotations

import re

_VOWEL = "AIOWYiuæɑəɛɜɪɔʊʌᵊᵻ"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (rf"ɜɹ(?=[ˈˌ]?[{_VOWEL}])", "ɜːɹ"),
        (r"ɜɹ", "ɜː"),
        (r"(?<![^ ])ə", "ɐ"),
        (rf"əɹ(?=[ˈˌ]?[{_VOWEL}])", "ɚɹ"),
        (r"əɹ", "ɚ"),
        (r"ʔᵊ?n", "ʔn̩"),
        (r"ᵊ", "ə"),
        (r"ɑ", "ɑː"),
        (r"ɔ", "ɔː"),
        (r"u", "uː"),
        (r"(?<=[ˈˌ])i", "iː"),
        (rf"(?<![^ ])([^ˈˌ {_VOWEL}]*)i(?![^ ,.?!;:])", r"\1iː"),
        (r"A", "eɪ"),
        (r"I", "aɪ"),
        (r"W", "aʊ"),
        (r"Y", "ɔɪ"),
        (r"O", "oʊ"),
        (r"ʤ", "dʒ"),
        (r"ʧ", "tʃ"),
    )
)
"""In order: r-coloured vowels, weak vowels, length, diphthongs, affricates."""


def from_misaki(phonemes: str) -> str:
    """Return the same sounds as espeak-ng's en-us voice writes them."""
    for pattern, new in _RULES:
        phonemes = pattern.sub(new, phonemes)
    return phonemes
