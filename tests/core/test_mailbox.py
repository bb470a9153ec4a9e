"""The mailbox: one at a time in a conversation, bounded, and nothing left behind."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import pytest

from core.errors import BusyError, ClosingError
from core.mailbox import Mailbox
from core.types import Message
from tests.core.conftest import message


class Desk:
    """Handles messages slowly and remembers how many at once."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.at_work: defaultdict[str, int] = defaultdict(int)
        self.most_in_one = 0
        self.most_in_all = 0
        self.breaks_on = ""
        self.hold: asyncio.Event | None = None

    async def handle(self, one: Message) -> None:
        self.at_work[one.conversation_id] += 1
        self.most_in_one = max(self.most_in_one, self.at_work[one.conversation_id])
        self.most_in_all = max(self.most_in_all, sum(self.at_work.values()))
        try:
            await (self.hold.wait() if self.hold else asyncio.sleep(0))
            if self.breaks_on and self.breaks_on in one.text:
                raise RuntimeError("the turn broke")
            self.handled.append(one.text)
        finally:
            self.at_work[one.conversation_id] -= 1


async def done(desk: Desk, many: int) -> None:
    async with asyncio.timeout(10):
        while len(desk.handled) < many:  # noqa: ASYNC110 - the desk is the truth about what was handled
            await asyncio.sleep(0.005)


async def test_a_conversation_is_handled_one_at_a_time_and_in_order() -> None:
    desk = Desk()
    mailbox = Mailbox(desk.handle, limit=100, concurrent=10)
    for number in range(30):
        mailbox.put(message(f"{number}", conversation=f"c{number % 3}"))
    await done(desk, 30)
    assert desk.most_in_one == 1
    for conversation in range(3):
        mine = [int(text) for text in desk.handled if int(text) % 3 == conversation]
        assert mine == sorted(mine)
    await mailbox.close()


async def test_no_more_turns_run_at_once_than_allowed() -> None:
    desk = Desk()
    mailbox = Mailbox(desk.handle, limit=100, concurrent=4)
    for number in range(20):
        mailbox.put(message(str(number), conversation=f"c{number}"))
    await done(desk, 20)
    assert desk.most_in_all == 4
    await mailbox.close()


async def test_a_broken_turn_does_not_stop_its_conversation(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.breaks_on = "break"
    mailbox = Mailbox(desk.handle, limit=100, concurrent=4)
    for text in ("one", "break", "two"):
        mailbox.put(message(text))
    await done(desk, 2)
    assert desk.handled == ["one", "two"]
    assert "a turn was not recorded" in caplog.text
    await mailbox.close()


async def test_places_are_counted_while_messages_are_on_their_way_to_the_disk() -> None:
    mailbox = Mailbox(Desk().handle, limit=2, concurrent=1)
    mailbox.reserve("c1")
    mailbox.reserve("c1")
    with pytest.raises(BusyError, match="2 messages are waiting"):
        mailbox.reserve("c1")
    mailbox.reserve("c2")
    mailbox.release("c1")
    mailbox.reserve("c1")
    await mailbox.close()


async def test_the_message_that_is_being_answered_keeps_its_place() -> None:
    desk = Desk()
    desk.hold = asyncio.Event()
    mailbox = Mailbox(desk.handle, limit=1, concurrent=1)
    mailbox.put(message("one"))
    await asyncio.sleep(0.01)
    with pytest.raises(BusyError):
        mailbox.reserve("c1")
    desk.hold.set()
    await done(desk, 1)
    await asyncio.sleep(0)
    mailbox.reserve("c1")
    await mailbox.close()


async def test_after_the_end_nothing_is_taken_and_nothing_runs() -> None:
    desk = Desk()
    desk.hold = asyncio.Event()
    mailbox = Mailbox(desk.handle, limit=5, concurrent=1)
    for number in range(3):
        mailbox.put(message(str(number), conversation=f"c{number}"))
    await asyncio.sleep(0.01)
    running = asyncio.all_tasks()
    await mailbox.close()
    assert len(running - asyncio.all_tasks()) == 3
    assert desk.handled == []
    with pytest.raises(ClosingError, match="send the message again"):
        mailbox.reserve("c1")
    with pytest.raises(ClosingError, match="is kept"):  # the journal has it, whoever sent it need not repeat it
        mailbox.put(message("late"))


async def test_a_finished_conversation_leaves_nothing_behind() -> None:
    desk = Desk()
    mailbox = Mailbox(desk.handle, limit=5, concurrent=4)
    before = asyncio.all_tasks()
    for number in range(50):
        mailbox.reserve(f"c{number}")
        mailbox.release(f"c{number}")
        mailbox.put(message(str(number), conversation=f"c{number}"))
    await done(desk, 50)
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == before
    assert (mailbox._waiting, mailbox._reserved, mailbox._workers) == ({}, {}, set())
