"""One turn: durable, in order, once."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection

from core.delivery import Outbox
from core.dialogue.outcome import Bubble, Outcome
from core.engine import Engine
from core.errors import BusyError, UndeliverableError
from core.journal.journal import StoreJournal
from core.ports import Effect
from core.types import Action, Message, Reply, Session, TextPart, Turn
from tests.core.conftest import Echo, message


async def test_a_message_is_answered_and_recorded(engine: Engine, journal: StoreJournal) -> None:
    turn = await engine.answer(message("hello"))
    assert [reply.text for reply in turn.replies] == ["you said hello"]
    assert await journal.turns("c1") == (turn,)
    assert list(turn.timings) == ["queue", "perceive", "understand", "dialogue", "speak"]


async def test_a_repeated_id_gets_the_same_turn_and_is_handled_once(engine: Engine, echo: Echo) -> None:
    first = await engine.answer(message("hello", external_id="same"))
    second = await engine.answer(message("hello", external_id="same"))
    assert second.id == first.id
    assert echo.heard == ["hello"]


async def test_a_repetition_that_comes_while_the_first_is_worked_on_waits_for_it(engine: Engine, echo: Echo) -> None:
    echo.hold = asyncio.Event()
    first = asyncio.create_task(engine.answer(message("hello", external_id="same")))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(engine.answer(message("hello", external_id="same")))
    await asyncio.sleep(0.05)
    echo.hold.set()
    assert (await first).id == (await second).id
    assert echo.heard == ["hello"]


async def test_messages_of_a_conversation_are_handled_in_order(engine: Engine, echo: Echo) -> None:
    await asyncio.gather(*(engine.answer(message(str(number))) for number in range(5)))
    assert echo.heard == ["0", "1", "2", "3", "4"]


async def test_conversations_do_not_wait_for_each_other(engine: Engine, echo: Echo) -> None:
    echo.hold = asyncio.Event()
    waiting = [asyncio.create_task(engine.answer(message("x", conversation=f"c{n}"))) for n in range(3)]
    await asyncio.sleep(0.1)
    echo.hold.set()
    turns = await asyncio.gather(*waiting)
    assert {turn.message.conversation_id for turn in turns} == {"c0", "c1", "c2"}


async def test_a_full_mailbox_refuses_and_accepts_again_later(
    engine: Engine, echo: Echo, journal: StoreJournal
) -> None:
    echo.hold = asyncio.Event()
    waiting = [asyncio.create_task(engine.answer(message(str(number)))) for number in range(5)]
    while len(await journal.pending()) < 5:  # noqa: ASYNC110 - the journal is the truth about what was accepted
        await asyncio.sleep(0.01)
    with pytest.raises(BusyError, match="waiting"):
        await engine.receive(message("one too many"))
    echo.hold.set()
    await asyncio.gather(*waiting)
    await engine.answer(message("later"))
    assert echo.heard == ["0", "1", "2", "3", "4", "later"]


async def test_a_broken_turn_is_answered_honestly_and_the_next_one_works(engine: Engine, echo: Echo) -> None:
    echo.breaks_on = "break"
    failed = await engine.answer(message("break it"))
    assert failed.outcome == "failed"
    assert "Sorry" in failed.replies[0].text
    assert (await engine.answer(message("again"))).outcome == "answered"


async def test_a_refused_effect_writes_nothing_and_says_so(engine: Engine, echo: Echo, journal: StoreJournal) -> None:
    def refuse(_connection: Connection) -> None:
        raise RuntimeError("the shop refused")

    def make(_message: Message, session: Session) -> Outcome:
        effect = Effect(action=Action(name="x", arguments={}, idempotency_key="k"), apply=refuse)
        done = Bubble(parts=(TextPart(text="done!"),))
        return Outcome(session=session, bubbles=(done,), language="en", effects=(effect,), outcome="answered")

    echo.make = make
    turn = await engine.answer(message("do it"))
    assert turn.outcome == "failed"
    assert turn.actions == ()
    assert "done!" not in turn.replies[0].text
    assert await journal.turns("c1") == (turn,)


async def test_the_session_is_carried_from_turn_to_turn(engine: Engine, journal: StoreJournal) -> None:
    await engine.answer(message("one"))
    await engine.answer(message("two"))
    session = await journal.session("c1")
    assert session.version == 2
    assert session.slots["count"] == "2"
    assert session.last_reply == "you said two"


async def test_a_watcher_sees_typing_and_then_the_turn(engine: Engine) -> None:
    seen: list[str] = []

    async def look() -> None:
        async for activity in engine.watch("c1"):
            seen.append(activity.kind)
            if activity.kind == "turn":
                return

    looking = asyncio.create_task(look())
    await asyncio.sleep(0)
    await engine.answer(message("hello"))
    await asyncio.wait_for(looking, 5)
    assert seen == ["typing", "turn"]


class Flaky:
    """A channel that fails a few times before it delivers."""

    name = "web"

    def __init__(self, failures: int, error: Exception) -> None:
        self.failures = failures
        self.error = error
        self.arrived: list[str] = []
        self.all_here = asyncio.Event()

    async def run(self) -> None:
        return

    async def deliver(self, turn: Turn, reply: Reply) -> None:
        if self.failures > 0:
            self.failures -= 1
            raise self.error
        self.arrived.append(reply.text)
        if len(self.arrived) == 3:
            self.all_here.set()


async def test_the_outbox_retries_and_keeps_the_order(engine: Engine, journal: StoreJournal) -> None:
    channel = Flaky(2, OSError("the line is down"))
    outbox = Outbox(journal, [channel], first_wait_s=0.01)
    engine.on_commit(outbox.notice)
    running = asyncio.create_task(outbox.run())
    for text in ("1", "2", "3"):
        await engine.answer(message(text))
    await asyncio.wait_for(channel.all_here.wait(), 10)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert channel.arrived == ["you said 1", "you said 2", "you said 3"]


async def test_what_can_never_be_delivered_is_not_tried_for_ever(engine: Engine, journal: StoreJournal) -> None:
    channel = Flaky(1, UndeliverableError("blocked"))
    outbox = Outbox(journal, [channel], first_wait_s=0.01)
    await engine.answer(message("1"))
    running = asyncio.create_task(outbox.run())
    while await journal.undelivered("web"):  # noqa: ASYNC110 - the outbox offers no event, and the journal is the truth
        await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert channel.arrived == []


async def test_a_new_conversation_begins_in_the_language_of_its_page(engine: Engine, journal: StoreJournal) -> None:
    await engine.open("c1", channel="web", locale="zh")
    assert (await journal.session("c1")).language == "zh"
    await engine.answer(message("hello"))
    assert (await journal.session("c1")).language == "en"
