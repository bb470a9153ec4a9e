"""What a caller heard of a turn is on the record before the next message is answered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from core.dialogue.outcome import Bubble, Outcome
from core.engine import Engine, Parts
from core.journal.journal import StoreJournal
from core.journal.store import Store
from core.types import Message, Percept, Session, TextPart, Transcript
from tests.core.conftest import Echo, message


def _what_was_heard(_message: Message, session: Session) -> Outcome:
    said = f"you heard {session.heard!r} of {session.last_reply!r}"
    return Outcome(session=session, bubbles=(Bubble(parts=(TextPart(text=said),)),), language="en", outcome="answered")


async def test_the_next_message_is_answered_knowing_it(engine: Engine, echo: Echo) -> None:
    echo.make = _what_was_heard
    first = await engine.answer(message("hello"))
    await engine.played(first, "you heard")
    second = await engine.answer(message("yes"))
    assert second.replies[0].text.startswith("you heard 'you heard' of")
    assert (await engine.answer(message("more"))).replies[0].text.startswith("you heard None of")


async def test_it_survives_a_restart_and_stands_on_the_turn(
    engine: Engine, journal: StoreJournal, store: Store, tmp_path: Path
) -> None:
    turn = await engine.answer(message("hello"))
    await engine.played(turn, "you")
    await engine.close()
    store.close()
    again = Store(tmp_path / "zhanggui.db")
    try:
        assert [one.heard for one in await StoreJournal(again).turns("c1")] == ["you"]
        assert (await StoreJournal(again).session("c1")).heard == "you"
    finally:
        again.close()


async def test_a_note_that_nobody_waits_for_comes_before_the_next_message(engine: Engine, echo: Echo) -> None:
    echo.make = _what_was_heard
    first = await engine.answer(message("hello"))
    noting = asyncio.create_task(engine.played(first, "you heard"))
    second = await engine.answer(message("yes"))
    await noting
    assert second.replies[0].text.startswith("you heard 'you heard' of")


async def test_a_note_that_comes_while_the_next_turn_is_taken_begins_that_turn_anew(engine: Engine, echo: Echo) -> None:
    echo.make = _what_was_heard
    first = await engine.answer(message("hello"))
    echo.hold = asyncio.Event()
    second = asyncio.create_task(engine.answer(message("yes")))
    await asyncio.sleep(0.05)
    await engine.played(first, "you heard")
    echo.hold.set()
    assert (await second).replies[0].text.startswith("you heard 'you heard' of")
    assert not engine._taking and not engine._cuts


async def test_a_late_note_of_an_older_turn_changes_only_that_turn(engine: Engine, journal: StoreJournal) -> None:
    first = await engine.answer(message("hello"))
    await engine.answer(message("more"))
    await engine.played(first, "you")
    assert [turn.heard for turn in await journal.turns("c1")] == ["you", None]
    assert (await journal.session("c1")).heard is None


async def test_a_note_of_a_turn_that_is_not_there_is_survived(engine: Engine, journal: StoreJournal) -> None:
    turn = await engine.answer(message("hello"))
    await engine.played(replace(turn, id="gone"), "you")
    assert (await journal.session("c1")).heard is None


async def test_what_a_call_heard_is_perceived_once(engine: Engine) -> None:
    heard = Transcript(text="hello", language="en", confidence=0.9)
    turn = await engine.answer(replace(message("hello", channel="phone"), transcript=heard))
    assert turn.percept.transcript == heard


async def test_the_turn_keeps_what_was_heard_and_answers_what_was_probably_said(
    journal: StoreJournal, parts: Parts
) -> None:
    class Ear:
        async def reheard(self, message: Message, percept: Percept, session: Session) -> tuple[Message, Percept]:
            return replace(message, text="运费多少钱"), percept

    engine = Engine(replace(parts, ear=Ear()))
    await engine.start()
    try:
        turn = await engine.answer(message("音费多少钱"))
    finally:
        await engine.close()
    assert turn.replies[0].text == "you said 运费多少钱"
    assert turn.message.text == "音费多少钱"
    assert [one.message.text for one in await journal.turns("c1")] == ["音费多少钱"]
