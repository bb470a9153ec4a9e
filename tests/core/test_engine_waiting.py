"""Whoever waits for an answer gets one: callers that are cancelled, repetitions, failures, the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.engine import Bounds, Engine, Parts
from core.errors import BusyError, ClosingError
from core.journal.journal import StoreJournal
from core.journal.store import Store
from core.ports import Effect
from core.types import Language, Message, Session, Turn
from tests.core.conftest import Blind, Echo, Plain, message


class Breaking(StoreJournal):
    """A journal on a disk that fails now and then."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.failing_commits = 0
        self.failing_sessions = 0

    async def commit(self, turn: Turn, session: Session, effects: Sequence[Effect]) -> None:
        if self.failing_commits:
            self.failing_commits -= 1
            raise OSError("the disk is full")
        await super().commit(turn, session, effects)

    async def session(self, conversation_id: str) -> Session:
        if self.failing_sessions:
            self.failing_sessions -= 1
            raise OSError("the disk cannot be read")
        return await super().session(conversation_id)


@pytest.fixture
def breaking(store: Store) -> Breaking:
    return Breaking(store)


@pytest.fixture
def house(breaking: Breaking, echo: Echo) -> Callable[[], Engine]:
    def build() -> Engine:
        nothing: Any = None
        parts = Parts(
            journal=breaking, perception=Blind(), understander=Plain(), dialogue=echo, media=nothing, blobs=nothing
        )
        return Engine(parts, bounds=Bounds(mailbox=5, turn_timeout_s=5))

    return build


async def soon(waiting: asyncio.Future[Turn] | asyncio.Task[Turn]) -> Turn:
    return await asyncio.wait_for(waiting, 5)


async def test_a_caller_that_is_cancelled_on_the_way_to_the_disk_loses_no_message(engine: Engine, echo: Echo) -> None:
    for number in range(20):
        caller = asyncio.create_task(engine.answer(message(str(number), external_id=f"e{number}")))
        for _ in range(number % 4):
            await asyncio.sleep(0)
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
        again = await soon(asyncio.create_task(engine.answer(message(str(number), external_id=f"e{number}"))))
        assert again.replies[0].text == f"you said {number}"
    assert len(echo.heard) == len(set(echo.heard)) == 20


async def test_repetitions_at_every_moment_get_the_one_turn(engine: Engine, echo: Echo) -> None:
    for number in range(30):
        callers = []
        for step in range(5):  # as many as the mailbox of the fixture holds
            one = message("hello", external_id=f"same{number}")
            callers.append(asyncio.create_task(engine.answer(one)))
            await asyncio.sleep(0.0005 * (step % 3))
        turns = await asyncio.wait_for(asyncio.gather(*callers), 10)
        assert len({turn.id for turn in turns}) == 1
    assert len(echo.heard) == 30


async def test_a_repetition_of_a_message_left_by_an_earlier_run_waits_for_its_turn(
    engine: Engine, journal: StoreJournal, echo: Echo
) -> None:
    left = message("hello", external_id="left")
    await journal.accept(left)
    echo.hold = asyncio.Event()
    assert await engine.start() == 1
    again = asyncio.create_task(engine.answer(message("hello", external_id="left")))
    await asyncio.sleep(0.05)
    echo.hold.set()
    assert (await soon(again)).message.id == left.id
    assert echo.heard == ["hello"]


async def test_a_repetition_of_a_message_that_nobody_works_on_has_it_answered(
    engine: Engine, journal: StoreJournal, echo: Echo
) -> None:
    await journal.accept(message("hello", external_id="left"))
    turns = await asyncio.gather(*(engine.answer(message("hello", external_id="left")) for _ in range(3)))
    assert len({turn.id for turn in turns}) == 1
    assert echo.heard == ["hello"]


async def test_a_turn_that_cannot_be_recorded_tells_who_waits_and_is_answered_when_repeated(
    house: Callable[[], Engine], breaking: Breaking, caplog: pytest.LogCaptureFixture
) -> None:
    engine = house()
    breaking.failing_commits = 2  # the turn, and the apology for it
    with pytest.raises(OSError, match="disk is full"):
        await soon(asyncio.create_task(engine.answer(message("hello", external_id="one"))))
    assert [left.external_id for left in await breaking.pending()] == ["one"]
    assert (await soon(asyncio.create_task(engine.answer(message("hello", external_id="one"))))).outcome == "answered"
    assert await breaking.pending() == ()
    assert "it is taken up again at the next start" in caplog.text
    await engine.close()


async def test_a_session_that_cannot_be_read_tells_who_waits(house: Callable[[], Engine], breaking: Breaking) -> None:
    engine = house()
    breaking.failing_sessions = 1
    with pytest.raises(OSError, match="cannot be read"):
        await soon(asyncio.create_task(engine.answer(message("hello"))))
    assert (await engine.answer(message("next"))).outcome == "answered"
    await engine.close()


async def test_who_waits_at_the_end_is_told_and_the_next_run_answers(
    house: Callable[[], Engine], breaking: Breaking, echo: Echo
) -> None:
    engine = house()
    echo.hold = asyncio.Event()
    callers = [asyncio.create_task(engine.answer(message(text, external_id=text))) for text in ("one", "two")]
    while len(await breaking.pending()) < 2:  # noqa: ASYNC110 - the journal is the truth about what was accepted
        await asyncio.sleep(0.01)
    await engine.close()
    for caller in callers:
        with pytest.raises(ClosingError, match="is kept"):
            await soon(caller)
    with pytest.raises(ClosingError):
        await engine.answer(message("late"))
    echo.hold.set()
    following = house()
    assert await following.start() == 2
    assert (await soon(asyncio.create_task(following.answer(message("two", external_id="two"))))).outcome == "answered"
    assert echo.heard == ["one", "two"]
    await following.close()


async def test_a_turn_that_takes_too_long_is_apologised_for(journal: StoreJournal, echo: Echo, tmp_path: Path) -> None:
    nothing: Any = None
    parts = Parts(
        journal=journal, perception=Blind(), understander=Plain(), dialogue=echo, media=nothing, blobs=nothing
    )
    engine = Engine(parts, bounds=Bounds(turn_timeout_s=0.05))
    echo.hold = asyncio.Event()
    assert (await soon(asyncio.create_task(engine.answer(message("slow"))))).outcome == "failed"
    echo.hold.set()
    assert (await soon(asyncio.create_task(engine.answer(message("quick"))))).outcome == "answered"
    await engine.close()


async def test_a_voice_that_takes_too_long_does_not_cost_the_written_answer(
    journal: StoreJournal, echo: Echo, tmp_path: Path
) -> None:
    class Slow:
        async def to_wav(self, text: str, language: Language) -> bytes | None:
            await asyncio.sleep(3600)
            return None

    nothing: Any = None
    parts = Parts(
        journal=journal,
        perception=Blind(),
        understander=Plain(),
        dialogue=echo,
        media=nothing,
        blobs=nothing,
        voice=Slow(),
    )
    engine = Engine(parts, bounds=Bounds(turn_timeout_s=1))
    turn = await engine.answer(replace(message("hello"), wants_speech=True))
    assert turn.outcome != "failed"
    assert "hello" in turn.replies[0].text
    await engine.close()


async def test_a_channel_with_a_wrong_clock_is_answered_all_the_same(engine: Engine) -> None:
    ahead = replace(message("from tomorrow"), received_at=datetime.now(UTC) + timedelta(days=1))
    plain = replace(message("without a zone"), received_at=datetime.now())
    for one in (ahead, plain):
        turn = await engine.answer(one)
        assert turn.outcome == "answered"
        assert 0 <= turn.timings["queue"] < 5000


async def test_nothing_is_kept_of_what_was_answered_refused_or_repeated(engine: Engine, echo: Echo) -> None:
    await engine.answer(message("hello", external_id="same"))
    await engine.answer(message("hello", external_id="same"))
    echo.hold = asyncio.Event()
    waiting = [asyncio.create_task(engine.answer(message(str(number)))) for number in range(5)]
    refused: list[Message] = []
    while len(refused) < 3:
        await asyncio.sleep(0.01)
        one = message("too many")
        try:
            await asyncio.wait_for(engine.answer(one), 0.05)
        except BusyError:
            refused.append(one)
        except TimeoutError:
            continue  # it was accepted; another takes its place below
    echo.hold.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    async with asyncio.timeout(5):
        while engine._answers:  # noqa: ASYNC110 - the engine offers no event for it
            await asyncio.sleep(0.01)
    assert (engine._accepting, dict(engine._watchers)) == (set(), {})
