"""A small clerk on a temporary store, with parts that say what they are asked."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.blobs import FolderBlobs
from core.dialogue.outcome import Bubble, Outcome
from core.engine import Bounds, Engine, Parts
from core.journal.journal import StoreJournal
from core.journal.store import Store
from core.types import AttachmentKind, Message, Percept, Session, TextPart, Understanding

_NUMBERS = itertools.count()


def message(text: str, *, conversation: str = "c1", external_id: str = "", channel: str = "web") -> Message:
    """Return a message as a channel would make it."""
    number = f"{next(_NUMBERS)}-{uuid.uuid4().hex}"
    return Message(
        id=f"m{number}",
        channel=channel,
        external_id=external_id or f"e{number}",
        conversation_id=conversation,
        sender_id="someone",
        text=text,
        received_at=datetime.now(UTC),
        trace_id=f"t{number}",
    )


class Blind:
    """Perceives nothing."""

    async def perceive(self, message: Message) -> Percept:
        return Percept(message_id=message.id)


class Plain:
    """Understands nothing but the language."""

    async def understand(self, message: Message, percept: Percept, session: Session) -> Understanding:
        return Understanding(commands=(), language="en")


@dataclass
class Echo:
    """Says what it heard, remembers the order, and can be made slow or broken."""

    heard: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None
    breaks_on: str = "\0"
    make: Callable[[Message, Session], Outcome] | None = None

    async def respond(
        self, message: Message, percept: Percept, understanding: Understanding, session: Session
    ) -> Outcome:
        if self.hold is not None:
            await self.hold.wait()
        if self.breaks_on in message.text:
            raise RuntimeError("the dialogue broke")
        self.heard.append(message.text)
        if self.make is not None:
            return self.make(message, session)
        said = f"you said {message.text}"
        return Outcome(
            session=replace(session, slots={**session.slots, "count": str(len(self.heard))}),
            bubbles=(Bubble(parts=(TextPart(text=said),)),),
            language="en",
            outcome="answered",
        )


class ShutDoor:
    """Admits nothing."""

    async def admit(self, data: bytes, *, kind: AttachmentKind) -> object:
        raise AssertionError("no media in these tests")


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(tmp_path / "zhanggui.db")
    yield opened
    opened.close()


@pytest.fixture
def journal(store: Store) -> StoreJournal:
    return StoreJournal(store)


@pytest.fixture
def parts(journal: StoreJournal, echo: Echo, tmp_path: Path) -> Parts:
    return Parts(
        journal=journal,
        perception=Blind(),
        understander=Plain(),
        dialogue=echo,
        media=ShutDoor(),  # type: ignore[arg-type]  # never opened here
        blobs=FolderBlobs(tmp_path / "blobs"),
    )


@pytest.fixture
async def engine(parts: Parts) -> AsyncIterator[Engine]:
    made = Engine(parts, bounds=Bounds(mailbox=5, turn_timeout_s=5))
    await made.start()
    yield made
    await made.close()
