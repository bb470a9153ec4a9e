"""The outbox: every reply arrives, in order, and one dead conversation stops nobody else."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from core.delivery import Outbox
from core.engine import Engine
from core.errors import UndeliverableError
from core.journal.journal import StoreJournal
from core.types import Reply, Turn
from tests.core.conftest import message


class Line:
    """A channel whose conversations can be dead, and which remembers what arrived."""

    def __init__(self, name: str = "web") -> None:
        self.name = name
        self.dead: dict[str, Exception] = {}
        self.hangs: set[str] = set()
        self.slow_s = 0.0
        self.arrived: list[tuple[str, str]] = []
        self.attempts: Counter[str] = Counter()

    async def run(self) -> None:
        return

    async def deliver(self, turn: Turn, reply: Reply) -> None:
        conversation = turn.message.conversation_id
        self.attempts[conversation] += 1
        if conversation in self.hangs:
            await asyncio.Event().wait()
        if conversation in self.dead:
            raise self.dead[conversation]
        await asyncio.sleep(self.slow_s)
        self.arrived.append((conversation, reply.text))

    def texts(self, conversation: str) -> list[str]:
        return [text for where, text in self.arrived if where == conversation]


@asynccontextmanager
async def running(outbox: Outbox) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(outbox.run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not true():  # noqa: ASYNC110 - what a test looks at offers no event
            await asyncio.sleep(0.01)


async def say(engine: Engine, conversation: str, *texts: str, channel: str = "web") -> None:
    for text in texts:
        await engine.answer(message(text, conversation=conversation, channel=channel))


async def test_what_waits_from_an_earlier_run_is_delivered_in_order(engine: Engine, journal: StoreJournal) -> None:
    await say(engine, "c1", "1", "2", "3")
    line = Line()
    async with running(Outbox(journal, [line])):
        await until(lambda: len(line.arrived) == 3)
        async with asyncio.timeout(15):
            while await journal.undelivered("web"):  # noqa: ASYNC110 - the journal is the truth about what arrived
                await asyncio.sleep(0.01)
    assert line.texts("c1") == ["you said 1", "you said 2", "you said 3"]


async def test_nothing_is_delivered_twice_while_more_keeps_coming(engine: Engine, journal: StoreJournal) -> None:
    line = Line()
    line.slow_s = 0.002
    outbox = Outbox(journal, [line])
    engine.on_commit(outbox.notice)
    async with running(outbox):
        texts = [str(number) for number in range(25)]
        await asyncio.gather(*(say(engine, f"c{n}", *texts) for n in range(4)))
        await until(lambda: len(line.arrived) >= 100)
        await asyncio.sleep(0.1)
    for n in range(4):
        assert line.texts(f"c{n}") == [f"you said {text}" for text in texts]


async def test_dead_conversations_with_many_replies_stop_nobody_else(engine: Engine, journal: StoreJournal) -> None:
    dead = [f"dead{n}" for n in range(6)]
    for conversation in dead:
        await say(engine, conversation, *(str(number) for number in range(100)))
    await say(engine, "alive", "hello")
    assert len(await journal.undelivered("web")) == 500  # all of them dead: the living one comes after the bound
    line = Line()
    line.dead = {conversation: OSError("gone") for conversation in dead}
    async with running(Outbox(journal, [line], first_wait_s=0.2)):
        await until(lambda: bool(line.arrived))
    assert line.texts("alive") == ["you said hello"]


async def test_an_unreachable_conversation_rests_and_is_tried_at_a_later_sweep(
    engine: Engine, journal: StoreJournal, caplog: pytest.LogCaptureFixture
) -> None:
    await say(engine, "c1", "1", "2")
    line = Line()
    line.dead = {"c1": OSError("the line is down")}
    async with running(Outbox(journal, [line], first_wait_s=0.001, sweep_s=0.1)):
        await until(lambda: "rests for" in caplog.text)
        assert line.attempts["c1"] == 6
        line.dead.clear()
        await until(lambda: len(line.arrived) == 2)
    assert line.texts("c1") == ["you said 1", "you said 2"]


async def test_a_resting_conversation_is_tried_at_once_when_its_customer_writes(
    engine: Engine, journal: StoreJournal, caplog: pytest.LogCaptureFixture
) -> None:
    line = Line()
    line.dead = {"c1": OSError("the line is down")}
    outbox = Outbox(journal, [line], first_wait_s=0.001, sweep_s=3600)
    engine.on_commit(outbox.notice)
    async with running(outbox):
        await say(engine, "c1", "1")
        await until(lambda: "rests for" in caplog.text)
        line.dead.clear()
        await say(engine, "c1", "2")
        await until(lambda: len(line.arrived) == 2)
    assert line.texts("c1") == ["you said 1", "you said 2"]


async def test_an_attempt_that_hangs_is_given_up(engine: Engine, journal: StoreJournal) -> None:
    await say(engine, "c1", "1")
    line = Line()
    line.hangs = {"c1"}
    async with running(Outbox(journal, [line], first_wait_s=0.001, attempt_s=0.05)):
        await until(lambda: line.attempts["c1"] >= 2)
        line.hangs.clear()
        await until(lambda: bool(line.arrived))


async def test_what_can_never_arrive_lets_the_next_reply_pass(engine: Engine, journal: StoreJournal) -> None:
    await say(engine, "c1", "1")
    line = Line()
    line.dead = {"c1": UndeliverableError("the bot was blocked")}
    outbox = Outbox(journal, [line])
    engine.on_commit(outbox.notice)
    async with running(outbox):
        await until(lambda: line.attempts["c1"] == 1)
        line.dead.clear()
        await say(engine, "c1", "2")
        await until(lambda: bool(line.arrived))
    assert line.arrived == [("c1", "you said 2")]


async def test_replies_for_a_channel_that_is_switched_off_wait_for_it(engine: Engine, journal: StoreJournal) -> None:
    web, telegram = Line("web"), Line("telegram")
    outbox = Outbox(journal, [web])
    engine.on_commit(outbox.notice)
    async with running(outbox):
        await say(engine, "t1", "1", channel="telegram")
        await say(engine, "c1", "2")
        await until(lambda: bool(web.arrived))
    async with running(Outbox(journal, [web, telegram])):
        await until(lambda: bool(telegram.arrived))
    assert telegram.arrived == [("t1", "you said 1")]


async def test_an_outbox_that_cannot_be_read_for_a_moment_goes_on(
    engine: Engine, journal: StoreJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(engine, "c1", "1")
    reading, failures = journal.awaiting, [OSError("the disk cannot be read")]

    async def awaiting(channel: str) -> tuple[str, ...]:
        if failures:
            raise failures.pop()
        return await reading(channel)

    monkeypatch.setattr(journal, "awaiting", awaiting)
    line = Line()
    async with running(Outbox(journal, [line], sweep_s=0.05)) as task:
        await until(lambda: bool(line.arrived))
        assert not task.done()


async def test_a_cancelled_outbox_ends_while_it_delivers(engine: Engine, journal: StoreJournal) -> None:
    await say(engine, "c1", "1")
    line = Line()
    line.hangs = {"c1"}
    task = asyncio.create_task(Outbox(journal, [line]).run())
    await until(lambda: line.attempts["c1"] == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert len(await journal.undelivered("web")) == 1
