"""What can be measured of a call: answers, interruptions, stages, all in the line's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.phone_trial.caller import Done
from ui.phone_trial.handset import FRAME
from ui.phone_trial.sound import RATE_HZ
from ui.phone_trial.witness import Asked, Witness

_FRAMES_PER_S = RATE_HZ // FRAME
_BREATH = round(0.5 * _FRAMES_PER_S)
"""Frames of silence that part two utterances; between sentences a voice is silent for less."""
_SOFT_END = RATE_HZ // 10
"""The last tenth of a second of a word is too soft to carry any of its sense."""
LATE_ENDPOINT_S = 1.5
"""Waiting this long after the caller's last sound is too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Where the time from the caller's last sound to the first of the reply went, in seconds; they add up."""

    endpoint: float
    """Until the recognition began whose words were taken, or nothing where it began before."""
    recognition: float
    """Until the dialogue had the words; what waiting for the end of the sentence hides of it is in here."""
    dialogue: float
    """Until the first words of the reply were known."""
    synthesis: float
    """Until the first sound of it was sent; over a real door, until it was heard."""
    line: float
    """Until the caller heard it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How an act was answered."""

    first_audio_s: float | None
    """None: never."""
    stages: Stages | None
    """None where no message reached the dialogue after the act, or nothing was heard."""
    asked_early: bool
    """Whether the dialogue was asked before the caller's last words were recognised."""
    waited_long: bool
    """Whether the dialogue was asked late though nothing was left to recognise."""


def utterances(loud_frames: Sequence[int]) -> list[tuple[int, int]]:
    """Return from which sample to which the clerk was heard, without the short silences between words."""
    spans: list[tuple[int, int]] = []
    for frame in loud_frames:
        if spans and frame - spans[-1][1] <= _BREATH:
            spans[-1] = (spans[-1][0], frame)
        else:
            spans.append((frame, frame))
    return [(first * FRAME, (last + 1) * FRAME) for first, last in spans]


def silence_after(onset: int, loud_frames: Sequence[int]) -> float | None:
    """Return the seconds from the caller's first sound to silence; None where the clerk was silent already."""
    for begin, end in utterances(loud_frames):
        if begin <= onset < end:
            return (end - onset) / RATE_HZ
    return None


def answer_to(done: Done, until: int, loud_frames: Sequence[int], sent: Sequence[int], witness: Witness) -> Answer:
    """Measure the answer to an act; `until` is when the next act begins."""
    begins = [begin for begin, _ in utterances(loud_frames) if done.end <= begin < until]
    asked = [one for one in witness.asked if done.begin < one.at < until]
    first = begins[0] if begins else None
    stages = _stages(done.end, asked[-1], first, sent, witness) if asked and first is not None else None
    return Answer(
        first_audio_s=None if first is None else (first - done.end) / RATE_HZ,
        stages=stages,
        asked_early=any(_is_early(one, done.end, witness) for one in asked),
        waited_long=bool(asked) and _waited(done.end, asked[-1], witness) >= LATE_ENDPOINT_S * RATE_HZ,
    )


def _is_early(asked: Asked, end: int, witness: Witness) -> bool:
    """Return whether it was asked, or what it was asked had begun to be recognised, before the last words were said."""
    begun = [span.begin for span in witness.recognised if span.end <= asked.at]
    return asked.at < end or bool(begun) and begun[-1] < end - _SOFT_END


def _waited(end: int, asked: Asked, witness: Witness) -> int:
    """Return for how many samples the dialogue was not asked though nothing was being recognised."""
    at, waited = end, 0
    for span in sorted(witness.recognised, key=lambda one: one.begin):
        waited += max(0, min(span.begin, asked.at) - at)
        at = max(at, span.end)
    return waited + max(0, asked.at - at)


def _stages(end: int, asked: Asked, first: int, sent: Sequence[int], witness: Witness) -> Stages | None:
    begun = [span.begin for span in witness.recognised if span.end <= asked.at]
    answered = asked.answered_at or asked.at
    left = next((moment for moment in sent if moment >= asked.at), None) if sent else first
    if left is None or not begun:
        return None
    moments = [end, max(end, begun[-1]), max(end, asked.at), max(end, answered), max(end, left), first]
    moments = [min(moment, first) for moment in moments]
    lasted = [(later - before) / RATE_HZ for before, later in zip(moments, moments[1:], strict=False)]
    return Stages(endpoint=lasted[0], recognition=lasted[1], dialogue=lasted[2], synthesis=lasted[3], line=lasted[4])
