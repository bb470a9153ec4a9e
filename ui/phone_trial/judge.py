"""Judge a call by its case: what was written, what was heard on the line, how quickly the clerk fell silent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from core.types import Turn
from learning.evaluation.cases_judge import judge_people, judge_words, judge_writes
from learning.evaluation.spoken import signs
from ui.phone_trial.caller import Done
from ui.phone_trial.cases import CallCase
from ui.phone_trial.measure import Answer

_ALIKE = 70.0
"""Likeness (0 to 100) from which what was recorded as played is what was heard: recognition errs, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A call that was held."""

    case: CallCase
    done: tuple[Done, ...]
    answers: tuple[Answer, ...]
    """One for each act."""
    silences: tuple[float | None, ...]
    """For each act, seconds from its first sound to the clerk's silence; None where the clerk did not speak."""
    heard: str
    """What the caller heard, by recognition."""
    clerk_heard: tuple[str, ...]
    """What the clerk understood, a message each."""
    turns: tuple[Turn, ...]
    """As the journal has them once everything has ended."""
    greeted_s: float | None
    played: tuple[tuple[str, str], ...]
    """Of each interrupted reply: what the dialogue recorded as played, and what was heard of it."""
    put_through: bool
    """Whether the clerk put the caller through, and a person answered."""
    dropped_ms: float
    """Of sound flushed at the carrier."""
    left_running: tuple[str, ...]
    """Tasks that outlived the call."""


def judge(held: Held, *, unhurried: bool = False) -> tuple[str, ...]:
    """Return what is wrong with a call, in words; nothing when it passes.

    `unhurried` leaves out what depends on how fast the models are: `answered_within_ms`.
    """
    expect = held.case.expect
    return (
        *(() if held.greeted_s is not None else ("the caller never heard a greeting",)),
        *judge_writes(expect.spoken, held.turns),
        *judge_words(expect.spoken, held.heard),
        *judge_people(expect.spoken, held.turns),
        *_understood(held),
        *_interrupted(held),
        *_transferred(held),
        *_answered(held, unhurried),
        *(f"a task outlived the call: {task}" for task in held.left_running),
    )


def _understood(held: Held) -> Iterator[str]:
    expect = held.case.expect
    words = "\n".join(held.clerk_heard)
    for wanted in expect.clerk_heard:
        if not wanted.search(words):
            yield f"never understood {wanted.pattern!r}, but {list(held.clerk_heard)}"
    if len(held.turns) < len(held.clerk_heard):
        yield f"{len(held.clerk_heard) - len(held.turns)} messages never became a turn"
    if expect.messages is not None and len(held.clerk_heard) != expect.messages:
        yield f"took it for {len(held.clerk_heard)} messages, not {expect.messages}: {list(held.clerk_heard)}"


def _interrupted(held: Held) -> Iterator[str]:
    expect = held.case.expect
    for done, silence in zip(held.done, held.silences, strict=True):
        if done.act.while_speaking_s is None:
            continue
        if expect.interrupted_within_ms is not None:
            if silence is None:
                yield "the clerk was silent already when it was to be interrupted"
            elif silence * 1000 > expect.interrupted_within_ms:
                yield f"fell silent {silence * 1000:.0f} ms after it was interrupted"
        if expect.not_interrupted and silence is not None and silence < _spoken_s(done) + 1.0:
            yield f"fell silent {silence * 1000:.0f} ms after the caller's sound, which was no interruption"
        if expect.not_interrupted and silence is None:
            yield "the clerk was silent already when the caller's sound came"
    if expect.played_as_heard:
        if not held.played:
            yield "the dialogue was not told what of an interrupted reply was played"
        for recorded, heard in held.played:
            likeness = fuzz.ratio(_letters(recorded), _letters(heard))
            if likeness < _ALIKE:
                yield f"recorded {recorded!r} as played, and heard was {heard!r}"


def _spoken_s(done: Done) -> float:
    return (done.end - done.begin) / 16_000


def _letters(text: str) -> str:
    return "".join(signs(re.sub(r"\s+", "", text.lower())))


def _transferred(held: Held) -> Iterator[str]:
    wanted = held.case.expect.transferred
    if wanted is not None and wanted is not held.put_through:
        yield "the caller was not put through" if wanted else "the caller was put through"


def _answered(held: Held, unhurried: bool) -> Iterator[str]:
    limit_ms = held.case.expect.answered_within_ms
    for number, (done, answer) in enumerate(zip(held.done, held.answers, strict=True), 1):
        if not done.is_answered:
            yield f"turn {number} was never answered"
        if limit_ms is not None and not unhurried and answer.first_audio_s is not None:
            if answer.first_audio_s * 1000 > limit_ms:
                yield f"turn {number} was answered after {answer.first_audio_s * 1000:.0f} ms"


def transcript_of(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """Return what was said in writing, for reports."""
    return [
        {"caller": turn.message.text, "clerk": "\n".join(reply.text for reply in turn.replies), "outcome": turn.outcome}
        for turn in turns
    ]
