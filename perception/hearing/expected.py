"""What an answer is likely to be, by what was asked for: how it is written, and the short ones to choose from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from core.types import Expect, Language
from perception.hearing.whisper import Stretch

FILE = Path(str(files("assets"))) / "lexicon" / "spoken_answers.yaml"
SHORT_S = 2.0
"""With the edges that were put around it: a word or two."""
_SHARE = 0.6
"""Of the likelihood of all short answers, that the chosen one must have."""
_LEAST_LOGPROB = -3.4
"""Mean of a token. Short answers in the ears of Whisper base lie above it, other words and noises below."""
_EASED = 4.0
"""A forced word has a lower probability than a free one: the root that makes the two confidences comparable."""
_LISTENING_WITHIN = 4.4
"""By how much other words may be likelier (log probability) than a sign of listening, which is said far more often.

With the mean below, 10 of 92 short words of four synthetic voices on the telephone were taken for the wrong of the two;
14 by the words that were heard alone.
"""
_LISTENING_LOGPROB = -4.3
"""Mean of a token of such a sign that is believed against words of which the model is not unsure."""
_NUMBERS: tuple[Expect, ...] = ("digits", "id", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    written: Mapping[str, str]
    short: Mapping[str, Sequence[Sequence[str]]]
    """By kind: words that mean the same, together."""


def written(language: Language, expect: Expect) -> str:
    """Return an answer in the form in which it should be written; "" where any will do."""
    return _known(language).written.get(expect, "")


def is_example(text: str, language: Language, expect: Expect) -> bool:
    """Return whether the recogniser said our example back."""
    shown = "".join(filter(str.isdecimal, written(language, expect)))
    return len(shown) > 4 and shown in "".join(filter(str.isdecimal, text))


def short_answers(language: Language, expect: Expect) -> tuple[tuple[str, int], ...]:
    """Return what a word or two may be, each with the number of its meaning; all of them where nothing was asked."""
    short = _known(language).short
    kinds = ("digits",) if expect in _NUMBERS else (expect, "words") if expect in short else tuple(short)
    stop = "。" if language == "zh" else "."
    meanings = [meaning for kind in kinds for meaning in short.get(kind, ())]
    return tuple(
        (f"{word[:1].upper()}{word[1:]}{stop}", number) for number, meaning in enumerate(meanings) for word in meaning
    )


def fits(text: str, language: Language, expect: Expect) -> bool:
    """Return whether the words could be what was asked for; always where that has no closed form."""
    kind = "digits" if expect in _NUMBERS else expect
    if kind not in ("digits", "yes_no"):
        return True
    has_number = kind == "digits" and any(sign.isdecimal() for sign in text)
    meanings = _known(language).short.get(kind, ())
    return has_number or any(word in text.lower() for meaning in meanings for word in meaning)


def chosen(answers: Sequence[tuple[str, int]], logprobs: Sequence[Sequence[float]]) -> Stretch | None:
    """Return the answer whose meaning stands out, given the log probability of its tokens; None where none does.

    A word that is forced on other speech or on noise is unlikely, however it compares with the rest of the list.
    """
    if not answers:
        return None
    sums = [sum(one) for one in logprobs]
    best = max(range(len(answers)), key=sums.__getitem__)
    chances = [math.exp(one - sums[best]) for one in sums]
    meant = sum(chance for chance, (_, meaning) in zip(chances, answers, strict=True) if meaning == answers[best][1])
    share = meant / sum(chances)
    mean = sums[best] / len(logprobs[best])
    if share < _SHARE or mean < _LEAST_LOGPROB:
        return None
    confidence = math.log(share) + mean / _EASED
    return Stretch(
        text=answers[best][0],
        avg_logprob=confidence,
        no_speech_prob=0.0,
        compression_ratio=1.0,
        tokens=len(logprobs[best]),
    )


def sign_of_listening(
    signs: Sequence[tuple[str, int]], logprobs: Sequence[Sequence[float]], *, heard: Sequence[float], is_doubtful: bool
) -> Stretch | None:
    """Return the sign that was given, or None where the words that were heard are likelier.

    `logprobs` are those of the tokens of the `signs`, and `heard` those of the words, forced on the same sound.
    """
    best = max(range(len(signs)), key=lambda number: sum(logprobs[number]), default=None)
    if best is None:
        return None
    mean = sum(logprobs[best]) / len(logprobs[best])
    if sum(heard) - sum(logprobs[best]) > _LISTENING_WITHIN or (mean < _LISTENING_LOGPROB and not is_doubtful):
        return None
    return Stretch(
        text=signs[best][0],
        avg_logprob=mean / _EASED,
        no_speech_prob=0.0,
        compression_ratio=1.0,
        tokens=len(logprobs[best]),
    )


@cache
def _known(language: Language) -> _Answers:
    table = yaml.safe_load(FILE.read_text(encoding="utf-8")).get(language, {})
    return _Answers(written=table.get("written", {}), short=table.get("short", {}))
