"""Cases of calls: what a caller does, over which line, and what must have happened and been heard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError

from core.errors import ConfigError
from core.types import Language
from learning.evaluation.cases import Expectation, Row, Words, Write, WriteRow, mistake, path_in, patterns
from learning.evaluation.cases_source import Source, sources
from ui.phone_trial.handset import Conditions
from ui.phone_trial.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that the caller does, once the clerk has finished speaking or while it speaks."""

    say: tuple[str | float, ...] = ()
    """Words, and seconds of silence between them, in one turn; written "W [1.2] three nine"."""
    audio: Path | None = None
    keys: str = ""
    pause_s: float = 0.0
    """Say nothing for so long."""
    hang_up: bool = False
    while_speaking_s: float | None = None
    """Begin when the clerk has been heard for so long; None: when it has finished."""
    while_thinking: bool = False
    """Begin while the clerk works on the answer."""
    stall_s: float = 0.0
    """From the end of it on the carrier plays nothing for so long, and keeps what the clerk sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallExpectation:
    """What must have happened when the call is over. `spoken` is judged by what was heard."""

    spoken: Expectation
    clerk_heard: tuple[re.Pattern[str], ...] = ()
    """Each is found in what the clerk understood of the caller."""
    messages: int | None = None
    """How many messages reached the dialogue."""
    interrupted_within_ms: float | None = None
    """From the caller's first sound to silence in the caller's ear, for every act in the clerk's speech."""
    not_interrupted: bool = False
    transferred: bool | None = None
    """Whether the clerk put the caller through and a person answered."""
    played_as_heard: bool = False
    """Whether what the dialogue recorded as played of an interrupted reply is what was heard of it."""
    answered_within_ms: float | None = None
    """From the end of the caller's speech to the first sound of the reply, for every act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCase:
    """A call with its expectation."""

    id: str
    language: Language
    caller: str
    """The caller's number."""
    voice: str
    """Spec of a synthesiser; "" for the default caller's."""
    acts: tuple[Act, ...]
    line: Conditions
    person_answers: bool | None
    calls_before: int
    """Calls that are being held already, and the most that the house holds; 0 for no such limit."""
    expect: CallExpectation
    shop: Path | None
    file: Path
    at: int
    """Line of the file on which the case begins."""


_Number = Annotated[float, Field(strict=False)]
"""Case files keep words as they are written, and 1.5 is written in letters too."""
_Some = Annotated[float, Field(strict=False, ge=0)]
_Count = Annotated[int, Field(strict=False, ge=0)]


class _Act(Row):
    say: str = ""
    audio: Words | None = None
    keys: Annotated[str, Field(pattern=r"^[0-9*#A-D]*$")] = ""
    pause_s: _Some = 0.0
    hang_up: bool = False
    while_speaking_s: _Some | None = None
    while_thinking: bool = False
    stall_s: _Some = 0.0


class _Line(Row):
    law: Literal["ulaw", "alaw"] = "ulaw"
    packet_ms: _Count = 20
    loss: _Number = 0.0
    burst: _Number = 1.0
    jitter_ms: _Number = 0.0
    reorder: _Number = 0.0
    echo_db: _Number | None = None
    echo_ms: _Some = 60.0
    room: Words | None = None
    noise: str = ""
    snr_db: _Number = 15.0
    seed: _Count = 0


class _Expect(Row):
    writes: list[WriteRow] = []
    must_say: list[str] = []
    must_not_say: list[str] = []
    handoff: bool | None = None
    ticket: bool | Words | None = None
    clerk_heard: list[str] = []
    messages: _Count | None = None
    interrupted_within_ms: _Number | None = None
    not_interrupted: bool = False
    transferred: bool | None = None
    played_as_heard: bool = False
    answered_within_ms: _Number | None = None


class _Case(Row):
    id: Words
    lang: Literal["zh", "en", "mixed"]
    channel: Literal["phone"] = "phone"
    caller: str = "+8613800000000"
    voice: str = ""
    turns: list[Annotated[_Act, BeforeValidator(lambda act: {"say": act} if isinstance(act, str) else act)]]
    line: _Line = _Line()
    person_answers: bool | None = None
    calls_before: _Count = 0
    expect: _Expect
    shop: Words | None = None


def read_calls(files: Sequence[Path]) -> tuple[CallCase, ...]:
    """Read cases of calls from JSONL, YAML and JSON files, and from folders of such files.

    Paths are relative to the case's file. Raises `ConfigError` naming the file, the case, the key and what
    was expected.
    """
    cases = [_case(source) for file in files for source in sources(file)]
    ids = [case.id for case in cases]
    if twin := next((one for one in ids if ids.count(one) > 1), None):
        raise ConfigError(f"two cases are called {twin!r}; every case needs an id of its own")
    return tuple(cases)


def _case(source: Source) -> CallCase:
    try:
        row = _Case.model_validate(source.row)
    except ValidationError as error:
        problem = error.errors()[0]
        raise mistake(source, ".".join(map(str, problem["loc"])), problem["msg"]) from error
    return CallCase(
        id=row.id,
        language=row.lang,
        caller=row.caller,
        voice=row.voice,
        acts=tuple(_act(source, at, act) for at, act in enumerate(row.turns)),
        line=_line(source, row.line),
        person_answers=row.person_answers,
        calls_before=row.calls_before,
        expect=_expect(source, row.expect),
        shop=path_in(source, "shop", row.shop),
        file=source.file,
        at=source.line,
    )


def _act(source: Source, at: int, act: _Act) -> Act:
    return Act(
        say=_breath(act.say),
        audio=path_in(source, f"turns.{at}.audio", act.audio),
        keys=act.keys,
        pause_s=act.pause_s,
        hang_up=act.hang_up,
        while_speaking_s=act.while_speaking_s,
        while_thinking=act.while_thinking,
        stall_s=act.stall_s,
    )


def _breath(said: str) -> tuple[str | float, ...]:
    parts = re.split(r"\[(\d+(?:\.\d+)?)\]", said)
    breath = [float(part) if at % 2 else part.strip() for at, part in enumerate(parts)]
    return tuple(part for part in breath if part != "")


def _line(source: Source, line: _Line) -> Conditions:
    try:
        network = Network(
            loss=line.loss,
            burst=line.burst,
            jitter_ms=line.jitter_ms,
            reorder=line.reorder,
            packet_ms=line.packet_ms,
        )
    except ValueError as error:
        raise mistake(source, "line", str(error)) from error
    noise = line.noise
    if noise and noise != "babble":
        noise = str(path_in(source, "line.noise", noise))
    return Conditions(
        network=network,
        law=line.law,
        echo_db=line.echo_db,
        echo_ms=line.echo_ms,
        room=path_in(source, "line.room", line.room),
        noise=noise,
        snr_db=line.snr_db,
        seed=line.seed,
    )


def _expect(source: Source, expect: _Expect) -> CallExpectation:
    return CallExpectation(
        spoken=Expectation(
            writes=tuple(Write(name=write.name, arguments=write.args) for write in expect.writes),
            must_say=patterns(source, "expect.must_say", expect.must_say),
            must_not_say=patterns(source, "expect.must_not_say", expect.must_not_say),
            handoff=expect.handoff,
            ticket=expect.ticket,
        ),
        clerk_heard=patterns(source, "expect.clerk_heard", expect.clerk_heard),
        messages=expect.messages,
        interrupted_within_ms=expect.interrupted_within_ms,
        not_interrupted=expect.not_interrupted,
        transferred=expect.transferred,
        played_as_heard=expect.played_as_heard,
        answered_within_ms=expect.answered_within_ms,
    )
