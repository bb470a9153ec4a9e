"""How much the engine itself costs: whole turns through journal, mailbox and outbox, with parts that do nothing."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.blobs import FolderBlobs
from core.delivery import Outbox
from core.dialogue.outcome import Bubble, Outcome
from core.engine import Engine, Parts
from core.journal.journal import StoreJournal
from core.journal.store import Store
from core.ports import MediaDoor
from core.types import Attachment, AttachmentKind, Message, Percept, Reply, Session, TextPart, Turn, Understanding

_CONVERSATIONS = 64
_CHANNEL = "bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpeed:
    """What `measure` found."""

    turns: int
    cpu_ms_per_turn: float
    """Of the whole process, the kernel's part of writing included, at full load."""
    turns_per_s: float
    """At full load: 64 conversations that each send their next message as soon as they are answered."""
    took_ms: Sequence[float]
    """Of each turn when `rate` turns arrive each second, evenly, whether or not the last was answered."""
    delivered: int
    """Replies that the outbox handed over; all of them, or something is wrong."""


async def measure(folder: Path, turns: int, rate: float) -> EngineSpeed:
    """Measure on a store in `folder`: full load first, then `turns` turns at `rate` a second."""
    async with AsyncExitStack() as closing:
        store = Store(folder / "zhanggui.db")
        closing.callback(store.close)
        journal, sink = StoreJournal(store), _Sink()
        engine = Engine(
            Parts(
                journal=journal,
                perception=_Blind(),
                understander=_Plain(),
                dialogue=_Polite(),
                media=_ShutDoor(),
                blobs=FolderBlobs(folder / "blobs"),
            )
        )
        closing.push_async_callback(engine.close)
        outbox = Outbox(journal, [sink])
        engine.on_commit(outbox.notice)
        delivering = asyncio.create_task(outbox.run())
        closing.push_async_callback(_ended, delivering)
        await _full_load(engine, _CONVERSATIONS)  # connections, compiled statements
        began, cpu = time.perf_counter(), time.process_time()
        await _full_load(engine, turns)
        wall, used = time.perf_counter() - began, time.process_time() - cpu
        took = await _at_rate(engine, turns, rate)
        await sink.has(_CONVERSATIONS + turns + turns)
    return EngineSpeed(
        turns=turns,
        cpu_ms_per_turn=used / turns * 1000,
        turns_per_s=turns / wall,
        took_ms=took,
        delivered=sink.delivered - _CONVERSATIONS - turns,
    )


async def _full_load(engine: Engine, turns: int) -> None:
    numbers = iter(range(turns))

    async def customer(number: int) -> None:
        for _ in numbers:
            await engine.answer(_message(number))

    await asyncio.gather(*(customer(number) for number in range(_CONVERSATIONS)))


async def _at_rate(engine: Engine, turns: int, rate: float) -> list[float]:
    took: list[float] = []

    async def customer(number: int, due: float) -> None:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await engine.answer(_message(number % _CONVERSATIONS))
        took.append((time.perf_counter() - due) * 1000)  # from when it was due, so that a late start counts

    began = time.perf_counter() + 0.05
    await asyncio.gather(*(customer(number, began + number / rate) for number in range(turns)))
    return took


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


_IDS = itertools.count()


def _message(conversation: int) -> Message:
    name = f"{next(_IDS)}-{uuid.uuid4().hex}"
    return Message(
        id=name,
        channel=_CHANNEL,
        external_id=name,
        conversation_id=f"c{conversation}",
        sender_id="bench",
        text="我的订单什么时候到？ where is my order?",
        received_at=datetime.now(UTC),
        trace_id=name,
    )


class _Sink:
    """A channel that takes every reply."""

    name = _CHANNEL

    def __init__(self) -> None:
        self.delivered = 0

    async def run(self) -> None:
        return

    async def deliver(self, turn: Turn, reply: Reply) -> None:
        self.delivered += 1

    async def has(self, many: int) -> None:
        """Wait until that many replies arrived; raises `TimeoutError` after 30 s."""
        async with asyncio.timeout(30):
            while self.delivered < many:  # noqa: ASYNC110 - the measured outbox is left as it is, without an event
                await asyncio.sleep(0.01)


class _Blind:
    async def perceive(self, message: Message) -> Percept:
        return Percept(message_id=message.id)


class _Plain:
    async def understand(self, message: Message, percept: Percept, session: Session) -> Understanding:
        return Understanding(commands=(), language="en")


class _Polite:
    async def respond(
        self, message: Message, percept: Percept, understanding: Understanding, session: Session
    ) -> Outcome:
        bubble = Bubble(parts=(TextPart(text="Happy to check. Which e-mail address did you order with?"),))
        return Outcome(session=session, bubbles=(bubble,), language="en", outcome="answered")


class _ShutDoor(MediaDoor):
    async def admit(self, data: bytes, *, kind: AttachmentKind) -> Attachment:
        raise NotImplementedError("no media is measured here")

    async def admit_video(self, data: bytes) -> tuple[Attachment, ...]:
        raise NotImplementedError("no media is measured here")
