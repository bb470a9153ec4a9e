"""What both Whisper backends share: the prompt, the choice of language, what counts as words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from opencc import OpenCC

from core.types import Language, Transcript, Word

HOME = ("zh", "en")
"""Languages that customers are expected to speak."""
_SIMPLIFIED = "以下是普通话的句子,用简体中文。"
"""A prompt in simplified script is answered in simplified script, mostly."""
_FOREIGN_AT_LEAST = 0.6
_FOREIGN_FACTOR = 3.0
_FOREIGN_S = 2.0
"""Whisper base takes a single English digit for Korean or Vietnamese, so another language must be
clearly likelier, in speech of some length (with the edges that were added)."""
_NO_SPEECH = 0.45
_UNSURE_LOGPROB = -0.7
_HOPELESS_LOGPROB = -1.1
_LOOP_RATIO = 2.4
"""Above it the text compresses as only a loop does (the bound of the Whisper paper, section 4.5)."""
_CLIPPED_S = 1.5
_LETTERS_PER_S = 5.0
_HAN_PER_S = 1.5
"""Signs a second that even a slow speaker says; one word of a whole sentence is below."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_COMMA = re.compile("[,，、]")
_REPEATED = re.compile(r"(.{8,})\1", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One stretch of speech as both libraries tell it (the Whisper paper, section 4.5)."""

    text: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    tokens: int
    words: tuple[Word, ...] = ()


def prompt(language: Language, hint: str) -> str | None:
    """Return the words that Whisper is told came before: of the hint, those of the language's script.

    Words of the other script do harm: English after a Chinese prompt was taken for noise.
    """
    names = [name.strip() for name in _COMMA.split(hint) if name.strip()]
    fitting = [name for name in names if bool(_HAN.search(name)) == (language == "zh")]
    script, comma = (_SIMPLIFIED, "、") if language == "zh" else ("", ", ")
    return f"{script}{comma.join(fitting)}".strip() or None


def is_clipped(stretches: Sequence[Stretch], speech_s: float) -> bool:
    """Return whether so much speech can hardly be so few words: the model stopped too early."""
    written = [sign for one in stretches for sign in one.text if sign.isalnum()]
    signs_per_s = _HAN_PER_S if any(_HAN.match(sign) for sign in written) else _LETTERS_PER_S
    return speech_s >= _CLIPPED_S and 0 < len(written) < signs_per_s * speech_s


def likely(probabilities: Mapping[str, float], *, speech_s: float) -> Language:
    """Return the language to decode in: Chinese or English, unless another is clearly likelier."""
    chances = dict(probabilities)
    # Cantonese is written for our readers as Chinese is.
    chances["zh"] = chances.get("zh", 0.0) + chances.pop("yue", 0.0)
    best = max(chances, key=lambda name: chances[name])
    home = max(HOME, key=lambda name: chances.get(name, 0.0))
    enough = max(_FOREIGN_AT_LEAST, _FOREIGN_FACTOR * chances.get(home, 0.0))
    return best if chances[best] >= enough and speech_s >= _FOREIGN_S else home


def is_loop(stretches: Sequence[Stretch]) -> bool:
    """Return whether a sentence repeats itself on the spot, as Whisper does when it loses the end.

    A few repeated digits do not count: people say "three three three".
    """
    if any(one.compression_ratio > _LOOP_RATIO for one in stretches):
        return True
    found = _REPEATED.search("".join(one.text for one in stretches))
    return found is not None and len({sign for sign in found[1].lower() if sign.isalpha()}) >= 5


def transcript(stretches: Iterable[Stretch], language: Language) -> Transcript:
    """Return the words worth believing, Chinese in simplified script.

    The confidence is the geometric mean of the probabilities of the tokens, exp(mean log p).
    """
    kept = [one for one in stretches if _is_speech(one)]
    text = "".join(one.text for one in kept).strip()
    if not any(sign.isalnum() for sign in text):
        return nobody(language)
    tokens = max(1, sum(one.tokens for one in kept))
    confidence = math.exp(sum(one.avg_logprob * one.tokens for one in kept) / tokens)
    words = tuple(word for one in kept for word in one.words)
    if language == "zh":
        text, words = _simplified(text), tuple(replace(word, text=_simplified(word.text)) for word in words)
    return Transcript(text=text, language=language, confidence=min(1.0, confidence), words=words)


def nobody(language: Language | None) -> Transcript:
    """Return the transcript of a recording in which nobody spoke."""
    return Transcript(text="", language=language or "en", confidence=0.0)


def _is_speech(one: Stretch) -> bool:
    if one.no_speech_prob > _NO_SPEECH and one.avg_logprob < _UNSURE_LOGPROB:
        return False
    return one.avg_logprob > _HOPELESS_LOGPROB and one.compression_ratio < _LOOP_RATIO


def _simplified(text: str) -> str:
    converted: str = _converter().convert(text)
    return converted


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
