"""What both Whisper backends share: the prompt, the choice of language, what counts as words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache
from itertools import accumulate
from zlib import compress

from opencc import OpenCC

from core.types import Language, Transcript, Word

HOME = ("zh", "en")
"""Languages that customers are expected to speak."""
_SIMPLIFIED = "以下是普通话的句子,用简体中文。"
"""A prompt in simplified script is answered in simplified script, mostly."""
MIXED = (
    f"{_SIMPLIFIED}我要 cancel 这个 order。她想 return 一件,可以 exchange 吗?什么时候 refund?帮我 check 一下 delivery。"
)
"""Shows that English words stay English in a Chinese sentence, and which are said; for what was doubtful without.

Whole sentences show it better than a list of the words.
"""
_MIXED_BELOW = -0.4
"""Below it a Chinese sentence is heard again with English words in mind: other words were written with fair surety."""
_MIXED_GAIN = 0.3
"""Of log probability: the model is less sure of English words in a Chinese sentence than it ought to be.

With both, 59 of 102 English words in Chinese sentences were written, said on the telephone by voices that know
neither language well; 38 before.
"""
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
_DOUBTED_LOGPROB = -0.6
"""Below it, or without words, it is heard again: 2 of 5 Chinese and 1 of 5 English sentences of synthetic voices."""
_CLEAR_LOGPROB = -0.3
"""Above it, what is heard in an aside is not compared with signs of listening."""
_SILENT_S = 0.6
_LETTERS_PER_S = 5.0
_HAN_PER_S = 1.5
"""Signs a second that even a slow speaker says, edges of 0.3 s not counted; one word of a whole sentence is below."""
_LETTERS_A_DIGIT = 4
"""Of its English name."""
_MOST_LETTERS_PER_S, _MOST_HAN_PER_S = 30.0, 10.0
"""Signs a second that nobody says, edges counted: the hint was recited over a noise."""
_LATIN = re.compile(r"[A-Za-z]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_REPEATED = re.compile(r"(.{8,})\1", re.DOTALL)
_SENTENCE_AGAIN = re.compile(r"([\u3400-\u9fff]{12,}?|.{24,}?)\1+")
"""People say "the blue one, the blue one", and no whole sentence twice."""
_ONE_SIGN = re.compile(r"([^\W\d零一二三四五六七八九幺])\1{4,}")
"""The same sign five times, and no digit."""
_RECITED_LETTERS, _LETTERS_A_HAN = 18, 3
"""Letters in a row, a Chinese sign for three, that are the hint's own: people share a few words with it, no clause."""
_LETTERS_OF_A_SENTENCE = 5
"""Different ones, in what repeats itself; a row of digits has none."""
_TWICE = re.compile(r"(.{4,}?)\1+")
_DIGITS_AGAIN = re.compile(r"(\d{1,4}?)\1{3,}")
_DIGITS_AT_MOST = 16
"""A bank card's; a longer row of the same digits again and again is nobody's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One stretch of speech as both libraries tell it (the Whisper paper, section 4.5)."""

    text: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float
    tokens: int
    words: tuple[Word, ...] = ()
    before: str = ""
    """What the model was told came before."""


def prompts(language: Language, hint: str, written: str = "", *, is_sentence: bool = False) -> tuple[str | None, ...]:
    """Return the words that Whisper is told came before: for the first attempt, and for those after doubt.

    Of `hint`, the lines in the script of the language count; words of the other script were taken for
    noise. Chinese, with its many homophones, gains by the hint at once; in English short answers ("yes
    please") are lost by it, so it comes second. `written` is the expected answer as it should be written; its
    place is the hint's, for the same reasons. A Chinese sentence may have English words in it, a word or two
    has not.
    """
    lines = [line.strip() for line in hint.splitlines() if bool(_HAN.search(line)) == (language == "zh")]
    plain = _SIMPLIFIED if language == "zh" else ""
    hinted = f"{plain}{' '.join(line for line in lines if line)}"
    asked = (f"{plain}{written}" if written else hinted, hinted)
    attempts = (*asked, MIXED if is_sentence else plain) if language == "zh" else (plain, *asked)
    return tuple(before or None for before in dict.fromkeys(attempts))


def is_worth_another(stretches: Sequence[Stretch], before: str | None) -> bool:
    """Return whether what was heard is so doubtful that it is heard again with these words before."""
    return is_doubtful(stretches) or (before == MIXED and _logprob(stretches) < _MIXED_BELOW)


def is_doubtful(stretches: Sequence[Stretch]) -> bool:
    """Return whether the words may be wrong, or are missing though somebody speaks."""
    return not has_words(stretches) or is_made_up(stretches) or _logprob(stretches) < _DOUBTED_LOGPROB


def is_clear(stretches: Sequence[Stretch]) -> bool:
    """Return whether words were heard so well that nothing else need be thought of."""
    return has_words(stretches) and _logprob(stretches) > _CLEAR_LOGPROB


def likelier(first: Sequence[Stretch], second: Sequence[Stretch]) -> Sequence[Stretch]:
    """Return the attempt of which the model is surer: words before none, a sentence before a loop or a recital.

    What was heard with fair surety was heard again for English words, and stays where there are none.
    """
    if any(one.before == MIXED for one in second) and not _is_mixed(second) and not is_doubtful(first):
        return first
    return max(first, second, key=lambda one: (has_words(one), not is_made_up(one), _sureness(one)))


def is_clipped(stretches: Sequence[Stretch], speech_s: float) -> bool:
    """Return whether the model stopped too early: no word at all, or few and unsure ones for so much speech."""
    if not has_words(stretches):
        return True
    written = [sign for one in stretches for sign in one.text if sign.isalnum()]
    is_han = any(_HAN.match(sign) for sign in written)
    signs_per_s = _HAN_PER_S if is_han else _LETTERS_PER_S
    spoken = len(written) if is_han else sum(_LETTERS_A_DIGIT if sign.isdecimal() else 1 for sign in written)
    return spoken < signs_per_s * (speech_s - _SILENT_S) and _logprob(stretches) < _DOUBTED_LOGPROB


def is_rushed(stretches: Sequence[Stretch], speech_s: float) -> bool:
    """Return whether nobody can have said so much in so short a time."""
    written = [sign for one in stretches for sign in one.text if sign.isalnum()]
    most = _MOST_HAN_PER_S if any(_HAN.match(sign) for sign in written) else _MOST_LETTERS_PER_S
    return len(written) > most * speech_s


def likely(probabilities: Mapping[str, float], *, speech_s: float) -> Language:
    """Return the language to decode in: Chinese or English, unless another is clearly likelier."""
    chances = dict(probabilities)
    # Cantonese is written for our readers as Chinese is.
    chances["zh"] = chances.get("zh", 0.0) + chances.pop("yue", 0.0)
    best = max(chances, key=lambda name: chances[name])
    home = max(HOME, key=lambda name: chances.get(name, 0.0))
    enough = max(_FOREIGN_AT_LEAST, _FOREIGN_FACTOR * chances.get(home, 0.0))
    return best if chances[best] >= enough and speech_s >= _FOREIGN_S else home


def other_home(language: Language) -> Language | None:
    """Return the other of the two languages that customers are expected to speak; None for a third."""
    return {"zh": "en", "en": "zh"}.get(language)


def script(text: str) -> Language:
    """Return the language of the house that words are written in."""
    return "zh" if _HAN.search(text) else "en"


def is_loop(stretches: Sequence[Stretch]) -> bool:
    """Return whether a sentence repeats itself on the spot, as Whisper does when it loses the end.

    A few repeated digits do not count: people say "three three three". More of them than any number has do.
    """
    if any(one.compression_ratio > _LOOP_RATIO for one in stretches):
        return True
    text = "".join(one.text for one in stretches).lower()
    if _ONE_SIGN.search(text):
        return True
    said = _signs(text)  # the second time it may be punctuated otherwise
    if any(len(row[0]) > _DIGITS_AT_MOST for row in _DIGITS_AGAIN.finditer(said)):
        return True
    found = _REPEATED.search(text) or _SENTENCE_AGAIN.search(said)
    if found is not None and _letters(found[1]) >= _LETTERS_OF_A_SENTENCE:
        return True
    # After a hint that ends in a question, a short sentence was written twice: "人工客服？人工客服。"
    whole = _TWICE.fullmatch(said)
    return whole is not None and _letters(whole[1]) >= 4


def once(stretches: Sequence[Stretch]) -> Sequence[Stretch]:
    """Return the words without a sentence's echoes: what follows the first time it was written, as far as it repeats.

    A loop is broken by decoding again, mostly; this is for one that came back. What is no sentence stays a loop.
    """
    text = "".join(one.text for one in stretches)
    at = [place for place, sign in enumerate(text) if sign.isalnum()]
    said = _signs(text)
    found = _SENTENCE_AGAIN.search(said) if len(at) == len(said) else None
    if found is None or _letters(found[1]) < _LETTERS_OF_A_SENTENCE:
        return stretches
    shortest = _TWICE.fullmatch(found[1])  # two short sentences are as long as one
    ends = found.start() + len(shortest[1] if shortest else found[1])
    goes_on = len(said) if found[1].startswith(said[found.end() :]) else found.end()
    kept = text[: at[ends]] + (text[at[goes_on] :] if goes_on < len(said) else "")
    words = [word for one in stretches for word in one.words]
    begin = accumulate((len(_signs(word.text)) for word in words), initial=0)
    once_said = Stretch(
        text=kept,
        avg_logprob=_logprob(stretches),
        no_speech_prob=stretches[0].no_speech_prob,
        compression_ratio=len(kept.encode()) / len(compress(kept.encode())),
        tokens=sum(one.tokens for one in stretches),
        words=tuple(word for word, sign in zip(words, begin, strict=False) if sign < ends or sign >= goes_on),
        before=stretches[0].before,
    )
    return stretches if is_loop([once_said]) else (once_said,)


def is_made_up(stretches: Sequence[Stretch]) -> bool:
    """Return whether the model wrote what nobody can have said: a loop, or a recital of the hint."""
    return is_loop(stretches) or is_recital(stretches)


def is_recital(stretches: Sequence[Stretch]) -> bool:
    """Return whether a clause of what the model was told stands in what it heard, word for word.

    Over sounds that it does not know it writes the hint. Who really says such a clause is heard without the hint.
    """
    said = "".join(_signs(one.text) for one in stretches)
    told = _told(stretches[0].before) if stretches else ""
    return bool(told) and _weight(_common(said, told)) >= _RECITED_LETTERS


def transcript(stretches: Iterable[Stretch], language: Language) -> Transcript:
    """Return the words worth believing, Chinese in simplified script.

    The confidence is the geometric mean of the probabilities of the tokens, exp(mean log p).
    """
    kept = [one for one in stretches if _is_speech(one)]
    if not has_words(kept):
        return nobody(language)
    text, confidence = "".join(one.text for one in kept).strip(), math.exp(_logprob(kept))
    words = tuple(word for one in kept for word in one.words)
    if language == "zh":
        text, words = _simplified(text), tuple(replace(word, text=_simplified(word.text)) for word in words)
    return Transcript(text=text, language=language, confidence=min(1.0, confidence), words=words)


def nobody(language: Language | None) -> Transcript:
    """Return the transcript of a recording in which nobody spoke."""
    return Transcript(text="", language=language or "en", confidence=0.0)


def has_words(stretches: Sequence[Stretch]) -> bool:
    """Return whether there is a word worth believing."""
    return any(sign.isalnum() for one in stretches if _is_speech(one) for sign in one.text)


def _sureness(stretches: Sequence[Stretch]) -> float:
    return _logprob(stretches) + (_MIXED_GAIN if _is_mixed(stretches) else 0.0)


def _is_mixed(stretches: Sequence[Stretch]) -> bool:
    text = "".join(one.text for one in stretches)
    return bool(_HAN.search(text) and _LATIN.search(text))


def _told(before: str) -> str:
    """Return of the words that the model was told those that a caller does not say by chance."""
    return _signs(_SIMPLIFIED if before == MIXED else before)


def _signs(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _common(one: str, other: str) -> str:
    """Return the longest run of signs that both have."""
    found = SequenceMatcher(a=one, b=other, autojunk=False).find_longest_match()
    return one[found.a : found.a + found.size]


def _weight(text: str) -> int:
    return sum(_LETTERS_A_HAN if _HAN.match(sign) else 1 for sign in text)


def _logprob(stretches: Sequence[Stretch]) -> float:
    """Return the mean log probability of a token."""
    tokens = sum(one.tokens for one in stretches)
    return sum(one.avg_logprob * one.tokens for one in stretches) / max(1, tokens)


def _letters(text: str) -> int:
    return len({sign for sign in text if sign.isalpha()})


def _is_speech(one: Stretch) -> bool:
    said = _signs(one.text)
    if len(said) > 2 and said in _signs(_SIMPLIFIED):
        return False  # an echo of the prompt
    if one.no_speech_prob > _NO_SPEECH and one.avg_logprob < _UNSURE_LOGPROB:
        return False
    return one.avg_logprob > _HOPELESS_LOGPROB and one.compression_ratio < _LOOP_RATIO


def _simplified(text: str) -> str:
    converted: str = _converter().convert(text)
    return converted


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
