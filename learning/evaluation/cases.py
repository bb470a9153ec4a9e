"""Conversation cases: what a customer says, and what must have happened at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from core.errors import ConfigError
from core.types import Language
from learning.evaluation.cases_source import Source, sources

NOT_WRITES = frozenset({"create_ticket", "transfer_to_human_agents"})
"""Actions that change nothing of the shop's records; a case names them by `ticket` and `handoff`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of the customer."""

    text: str = ""
    image: Path | None = None
    audio: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A change of the shop's records."""

    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must have happened when the conversation is over."""

    writes: tuple[Write, ...] = ()
    """All the changes, in any order; nothing else may have been changed."""
    must_say: tuple[re.Pattern[str], ...] = ()
    """Each is found somewhere in what the clerk said."""
    must_not_say: tuple[re.Pattern[str], ...] = ()
    handoff: bool | None = None
    """Whether a person was fetched; None when it does not matter."""
    ticket: bool | str | None = None
    """Whether a ticket was written, or its topic; None when it does not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A conversation with its expectation."""

    id: str
    language: Language
    """"zh", "en" or "mixed"."""
    channel: str
    turns: tuple[Said, ...]
    expect: Expectation
    shop: Path | None = None
    """Records to talk about in place of the run's own."""
    file: Path
    line: int
    """Where the case begins in its file."""


def read_cases(files: Sequence[Path]) -> tuple[Case, ...]:
    """Read cases from JSONL, YAML and JSON files, and from the folders that hold such files.

    Paths of pictures, recordings and shops are relative to the case's file. Raises `ConfigError` naming the
    file, the line or case, the key and what was expected.
    """
    cases = [_case(source) for file in files for source in sources(file)]
    seen: dict[str, Case] = {}
    for case in cases:
        twin = seen.setdefault(case.id, case)
        if twin is not case:
            raise ConfigError(
                f"{case.file}:{case.line}: the case {case.id!r} stands at {twin.file}:{twin.line} too; "
                "every case needs an id of its own"
            )
    return tuple(cases)


class Row(BaseModel):
    """Part of a case as it is written: no other keys, and no kind for another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Words: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that is not empty."""


class _Message(Row):
    text: str = ""
    image: Words | None = None
    audio: Words | None = None


def _message(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


class WriteRow(Row):
    """A change of the shop's records as it is written in a case."""

    name: Words
    args: dict[str, object]


class _Expect(Row):
    writes: list[WriteRow] = []
    must_say: list[str] = []
    must_not_say: list[str] = []
    handoff: bool | None = None
    ticket: bool | Words | None = None


class _Case(Row):
    id: Words
    lang: Literal["zh", "en", "mixed"]
    channel: Words = "web"
    turns: list[Annotated[_Message, BeforeValidator(_message)]]
    expect: _Expect
    shop: Words | None = None


def _case(source: Source) -> Case:
    try:
        row = _Case.model_validate(source.row)
    except ValidationError as error:
        problem = error.errors()[0]
        raise mistake(source, ".".join(map(str, problem["loc"])), _told(problem["type"], problem["msg"])) from error
    if not row.turns:
        raise mistake(source, "turns", "expected at least one message")
    return Case(
        id=row.id,
        language=row.lang,
        channel=row.channel,
        turns=tuple(_said(source, at, message) for at, message in enumerate(row.turns)),
        expect=Expectation(
            writes=tuple(Write(name=write.name, arguments=write.args) for write in row.expect.writes),
            must_say=patterns(source, "expect.must_say", row.expect.must_say),
            must_not_say=patterns(source, "expect.must_not_say", row.expect.must_not_say),
            handoff=row.expect.handoff,
            ticket=row.expect.ticket,
        ),
        shop=path_in(source, "shop", row.shop),
        file=source.file,
        line=source.line,
    )


def _said(source: Source, at: int, message: _Message) -> Said:
    key = f"turns.{at}"
    return Said(
        text=message.text,
        image=path_in(source, f"{key}.image", message.image),
        audio=path_in(source, f"{key}.audio", message.audio),
    )


def patterns(source: Source, key: str, texts: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """Return the regular expressions under `key`; raises `ConfigError` for one that is none."""
    found = []
    for text in texts:
        try:
            found.append(re.compile(text, re.IGNORECASE))
        except re.error as error:
            raise mistake(source, key, f"{text!r} is no regular expression: {error}") from error
    return tuple(found)


def path_in(source: Source, key: str, text: str | None) -> Path | None:
    """Return the path under `key`, which is relative to the case's file; raises `ConfigError` when nothing is there."""
    if text is None:
        return None
    path = source.file.parent / Path(text).expanduser()
    if not path.exists():
        raise mistake(source, key, f"there is no {path}")
    return path


def _told(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "is no key of a case (id, lang, channel, turns with text, image, audio, expect with writes, \
must_say, must_not_say, handoff, ticket; shop)"
    return "is missing" if kind == "missing" else message


def mistake(source: Source, key: str, what: str) -> ConfigError:
    """Return the error that names the file, the case and the key."""
    named = source.row.get("id") if isinstance(source.row, dict) else None
    case = f", case {named!r}" if isinstance(named, str) else ""
    return ConfigError(f"{source.file}:{source.line}{case}: {key or 'the case'}: {what}")
