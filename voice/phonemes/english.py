"""English text to Misaki phonemes: dictionary first, then a guess by letters, punctuation kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from voice.phonemes.lexicon import known, parts, spell

Guess = Callable[[str], str]
"""A word that no dictionary has -> its phonemes."""

_TOKENS = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*['’]?|[,.?!;:—…()]")
_PAUSES = {"—": ",", "(": ",", ")": ",", "…": "."}
_VOWELS = "AIOWYiuæɑəɛɜɪɔʊʌᵊᵻ"
_WEAK_BEFORE_VOWEL = {"the": ("ðə", "ði"), "to": ("tə", "tʊ"), "a": ("ə", "ə")}
"""Words said weakly, before a consonant and before a vowel."""


def phonemes(text: str, guess: Guess = spell) -> str:
    """Return phonemes with a space between words and punctuation after its word.

    Digits and symbols are not read; `voice.reading_aloud` has turned them into words before.
    """
    tokens = [token.replace("’", "'") for token in _TOKENS.findall(_plain(text))]
    said: list[str] = []
    following, sound = "", ""
    for token in reversed(tokens):
        if token[0].isalpha():
            sound = _in_context(token, following, sound, guess)
            said.append(f" {sound}")
        else:
            said.append(_PAUSES.get(token, token))
        following = token
    return "".join(reversed(said)).strip()


def _plain(text: str) -> str:
    """Drop accents, so that "café" is found, and dashes within words, so that "T-shirt" is."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"(?<=[A-Za-z])[-_/](?=[A-Za-z])", " ", bare)


def _in_context(word: str, following: str, its_sound: str, guess: Guess) -> str:
    """Say a word; "the", "to" and "a" are weak before another word, and "A" before letters is one."""
    is_letter = word == "A" and (len(following) == 1 and following.isupper())
    weak = _WEAK_BEFORE_VOWEL.get(word.lower())
    if weak and following[:1].isalpha() and not is_letter:
        return weak[its_sound.lstrip("ˈˌ")[:1] in _VOWELS]
    return _word(word, guess)


def _word(word: str, guess: Guess) -> str:
    if len(word) == 1 and word != "a":
        return spell(word)
    is_initialism = word.isupper() and len(word) <= 5
    if is_initialism and (len(word) == 2 or not known(word)):
        return spell(word)
    found = known(word)
    if found:
        return found
    pieces = parts(word)
    if len(pieces) > 1 and "'" not in word:
        return "".join(_word(piece, guess) for piece in pieces)
    return guess(word.lower())
