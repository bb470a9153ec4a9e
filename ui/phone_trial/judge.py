"""Judge a call by its case: what was written, what was heard on the line, how quickly the clerk fell silent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from core.types import Turn
from core.understand.normalise import normalise
from learning.evaluation.cases_judge import heard as written
from learning.evaluation.cases_judge import judge_people, judge_words, judge_writes
from learning.evaluation.spoken import signs
from ui.phone_trial.caller import Done
from ui.phone_trial.cases import CallCase
from ui.phone_trial.measure import Answer

_ALIKE = 70.0
"""Likeness in sound (0 to 100) from which what was recorded as played is what was heard: recognition errs, too."""
_SAME = 80.0
"""Likeness in sound from which a clause of the clerk's was heard, however its homophones were written."""
_FORGIVEN_S = 1.5
"""Silence after a sound that was no interruption: whoever must stop within half a second stops before it is known."""
_CLAUSE = re.compile(r"[，。；！？,;!?\n]|\.(?=\s|$)")  # both scripts have their own marks
_LEAST_SOUNDS = 8
"""Letters of a clause that is told from others by its sound."""


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
        *judge_words(expect.spoken, f"{held.heard}\n{_recovered(held)}"),
        *judge_people(expect.spoken, held.turns),
        *_understood(held),
        *_interrupted(held),
        *_transferred(held),
        *_answered(held, unhurried),
        *(f"a task outlived the call: {task}" for task in held.left_running),
    )


def _understood(held: Held) -> Iterator[str]:
    expect = held.case.expect
    words = "\n".join([*held.clerk_heard, *map(normalise, held.clerk_heard)])
    for wanted in expect.clerk_heard:
        if not wanted.search(words):
            yield f"never understood {wanted.pattern!r}, but {list(held.clerk_heard)}"
    if len(held.turns) < len(held.clerk_heard):
        yield f"{len(held.clerk_heard) - len(held.turns)} messages never became a turn"
    if expect.messages is not None and len(held.clerk_heard) != expect.messages:
        yield f"took it for {len(held.clerk_heard)} messages, not {expect.messages}: {list(held.clerk_heard)}"


def _interrupted(held: Held) -> Iterator[str]:
    expect = held.case.expect
    for done, silence, answer in zip(held.done, held.silences, held.answers, strict=True):
        if done.act.while_speaking_s is None:
            continue
        if expect.interrupted_within_ms is not None:
            if silence is None:
                yield "the clerk was silent already when it was to be interrupted"
            elif silence * 1000 > expect.interrupted_within_ms:
                yield f"fell silent {silence * 1000:.0f} ms after it was interrupted"
        if expect.not_interrupted:
            yield from _stopped(done, silence, answer)
    if expect.played_as_heard:
        if not held.played:
            yield "the dialogue was not told what of an interrupted reply was played"
        for recorded, heard in held.played:
            likeness = fuzz.ratio(_sounds(recorded), _sounds(heard))
            if likeness < _ALIKE:
                yield f"recorded {recorded!r} as played, and heard was {heard!r}"


def _stopped(done: Done, silence: float | None, answer: Answer) -> Iterator[str]:
    speaks_on = answer.first_audio_s is not None and answer.first_audio_s <= _FORGIVEN_S
    if silence is None:
        yield "the clerk was silent already when the caller's sound came"
    elif silence < _spoken_s(done) + 1.0 and not speaks_on:
        yield f"did not speak on within {_FORGIVEN_S:g} s of the caller's sound, which was no interruption"


def _spoken_s(done: Done) -> float:
    return (done.end - done.begin) / 16_000


def _sounds(text: str) -> str:
    """Return letters that are the same for homophones, between which recognition cannot choose."""
    return "".join(lazy_pinyin(signs(re.sub(r"\s+", "", text.lower()))))


def _recovered(held: Held) -> str:
    """Return the clauses of the replies that were heard, if not spelled so: "活着" for "或者"."""
    heard = [_sounds(line) for line in held.heard.splitlines()]
    said = [clause for turn in held.turns for line in written(turn) for clause in _CLAUSE.split(line)]
    return "\n".join(clause for clause in said if any(_was_heard(_sounds(clause), line) for line in heard))


def _was_heard(clause: str, line: str) -> bool:
    return _LEAST_SOUNDS <= len(clause) <= len(line) and fuzz.partial_ratio(clause, line) >= _SAME


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
