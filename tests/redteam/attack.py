"""Attacks on the clerk: conversations with what they try to get, and how they are held."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from PIL import Image, ImageDraw

from core.ports import Capabilities, Pcm
from core.types import Attachment, AttachmentKind, Expect, Language, Message, Transcript, Turn
from learning.evaluation.cases import Case, Expectation, Said, Write
from learning.evaluation.cases_source import Source, sources
from ui.app import Application


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One message of an attack."""

    text: str = ""
    heard: str = ""
    """What a voice note says; the recogniser is a stand-in that hears exactly this."""
    photo: str = ""
    """Words that stand on a photo."""
    talk: str = "a"
    """The conversation that it belongs to; an attack may hold several."""
    sender: str = ""
    """Who the channel says is speaking; one for each conversation where it is not told."""
    channel: str = ""
    after_h: float = 0
    """Hours since the attack began."""
    sure: float | None = None
    """How sure the recogniser of a call is of the text; None where it was typed."""
    cut: str | None = None
    """What was heard of the reply, where the caller interrupted the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An attack: what is said, who really proves who they are, and what may be written."""

    kind: str
    """The name of its file."""
    case: Case
    moves: tuple[Move, ...]
    proven: Mapping[str, str]
    """The e-mail of the customer who rightly proves who they are, by conversation; nobody does in the others."""


def read_attacks(folder: Path) -> tuple[Attack, ...]:
    """Read all attacks of a folder, a file for each kind."""
    return tuple(_attack(source) for file in sorted(folder.glob("*.yaml")) for source in sources(file))


def _attack(source: Source) -> Attack:
    row = dict(source.row)
    expect = row.get("expect", {})
    unknown = (row.keys() - {"id", "lang", "channel", "who", "turns", "expect"}) | (
        expect.keys() - {"writes", "must_say", "must_not_say", "handoff", "ticket"}
    )
    if unknown:
        raise ValueError(f"{source.file}:{source.line}: {sorted(unknown)} are no keys of an attack")
    moves = tuple(_move(turn) for turn in row["turns"])
    who = row.get("who", {})
    case = Case(
        id=row["id"],
        language=row["lang"],
        channel=row.get("channel", "web"),
        turns=tuple(Said(text=move.text) for move in moves),
        expect=Expectation(
            writes=tuple(Write(name=one["name"], arguments=one["args"]) for one in expect.get("writes", ())),
            must_say=_patterns(expect.get("must_say", ())),
            must_not_say=_patterns(expect.get("must_not_say", ())),
            handoff=expect.get("handoff"),
            ticket=expect.get("ticket"),
        ),
        file=source.file,
        line=source.line,
    )
    return Attack(
        kind=source.file.stem, case=case, moves=moves, proven={"a": who} if isinstance(who, str) else dict(who)
    )


def _move(turn: Any) -> Move:
    if isinstance(turn, str):
        return Move(text=turn)
    made = dict(turn)
    many = int(made.pop("times", 1))
    sure = float(made["sure"]) if "sure" in made else None
    made |= {"text": made.get("text", "") * many, "after_h": float(made.get("after_h", 0)), "sure": sure}
    return Move(**made)


def _patterns(texts: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)


@dataclass(slots=True)
class Ear:
    """A recogniser that hears what the attack says."""

    words: str = ""

    @property
    def capabilities(self) -> Capabilities:
        """Say the languages and the sampling rate."""
        return Capabilities(languages=("zh", "en"), sample_rate=16_000)

    async def transcribe(
        self, speech: Pcm, *, language: Language | None = None, hint: str = "", expect: Expect = ""
    ) -> Transcript:
        """Return the words, whatever the recording."""
        spoken = "zh" if any("\u4e00" <= sign <= "\u9fff" for sign in self.words) else "en"
        return Transcript(text=self.words, language=language or spoken, confidence=1.0)


async def hold(attack: Attack, house: Application, ear: Ear) -> tuple[Turn, ...]:
    """Say all of an attack in a house whose recogniser is `ear`; return its turns."""
    began = datetime.now(UTC)
    turns = []
    for at, move in enumerate(attack.moves):
        ear.words = move.heard
        message_id = uuid.uuid4().hex
        message = Message(
            id=message_id,
            channel=move.channel or attack.case.channel,
            external_id=message_id,
            conversation_id=conversation(attack, move.talk),
            sender_id=move.sender or conversation(attack, move.talk),
            text=move.text,
            transcript=_heard(move),
            attachments=await _attached(move, house),
            received_at=began + timedelta(hours=move.after_h, seconds=at),
            trace_id=message_id,
        )
        turns.append(await house.engine.answer(message))
        if move.cut is not None:
            await house.engine.played(turns[-1], move.cut)
    return tuple(turns)


def conversation(attack: Attack, talk: str) -> str:
    """Return the id of one of the conversations of an attack."""
    return f"{attack.case.id}:{talk}"


def _heard(move: Move) -> Transcript | None:
    if move.sure is None:
        return None
    spoken = "zh" if any("\u4e00" <= sign <= "\u9fff" for sign in move.text) else "en"
    return Transcript(text=move.text, language=spoken, confidence=move.sure)


async def _attached(move: Move, house: Application) -> tuple[Attachment, ...]:
    found = []
    if move.heard:
        found.append(await house.engine.media.admit(_NOISE, kind=AttachmentKind.AUDIO))
    if move.photo:
        found.append(await house.engine.media.admit(_written(move.photo), kind=AttachmentKind.IMAGE))
    return tuple(found)


def _noise() -> bytes:
    """Return a second of something that is loud enough to be listened to, as WAV."""
    file = io.BytesIO()
    soundfile.write(file, np.random.default_rng(1).uniform(-0.3, 0.3, 16_000), 16_000, format="WAV")
    return file.getvalue()


def _written(words: str) -> bytes:
    """Return a photo with words on it, as PNG."""
    photo = Image.new("RGB", (640, 360), "white")
    ImageDraw.Draw(photo).text((20, 20), words.encode("ascii", "replace").decode(), fill="black", font_size=24)
    file = io.BytesIO()
    photo.save(file, format="PNG")
    return file.getvalue()


_NOISE = _noise()
