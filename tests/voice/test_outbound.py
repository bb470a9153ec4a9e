"""Calls that the shop makes: told once, to the right person, at a decent hour, and never to who does not want it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.journal.outgoing import OutgoingCall, StoreOutgoing
from core.journal.store import Store
from tests.voice.call_scene import Line, Scene, until, words
from tests.voice.far_side import Book, FarSide
from voice.call import phrases
from voice.call.outbound import Outbound, Rules
from voice.call.phrases import filled
from voice.call.session import Operations

NOON = datetime(2026, 11, 22, 12, 0)
RULES = Rules(shop={"zh": "老王茶庄", "en": "Wang's Teas"}, decide_s=0.5, retry_s=600.0, poll_s=0.01)
SECRET = "Your order W1001 arrives today."
ASKS = filled(phrases.WHO_IS_IT, shop="Wang's Teas")["en"]
BEEP = (0.3 * np.sin(2 * np.pi * 1000 * np.arange(6400) / 16_000)).astype(np.float32).reshape(-1, 320)


@dataclass
class Stage:
    """A house that calls, and somebody at the far side."""

    store: StoreOutgoing
    scene: Scene
    far: FarSide = field(default_factory=FarSide)
    rules: Rules = RULES
    now: datetime = NOON

    def outbound(self) -> Outbound:
        return Outbound(self.scene.session(), self.far, self.store, self.rules, lambda: self.now)

    async def state(self) -> tuple[str, int, str]:
        (call,) = await self.store.calls(limit=10)
        return call.state, call.attempts, call.outcome

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[Line]:
        """Make the one call that is due while the body plays the far side; then that side hangs up."""
        await self.store.add(OutgoingCall(key="k1", number="+44 20 7946 0000", language="en", words=SECRET))
        self.far.line = Line("out")
        self.far.answers.set()
        before = asyncio.all_tasks()
        outbound = self.outbound()
        made = asyncio.create_task(outbound.once())
        async with asyncio.timeout(15):
            yield self.far.line
            self.far.line.drop()
            assert await made
        assert outbound.session.calls == 0
        assert self.far.line.hung_up
        assert asyncio.all_tasks() <= before


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    store = Store(tmp_path / "zhanggui.db")
    yield Stage(StoreOutgoing(store), Scene(operations=Operations(keep=Book())))
    store.close()


def record(stage: Stage) -> dict[str, object]:
    assert isinstance(stage.scene.operations.keep, Book)
    return stage.scene.operations.keep.last


async def greets(line: Line) -> None:
    """Answer as people do: a word, then nothing."""
    line.be_silent(0.3)
    line._put(np.full(320, 0.3, dtype=np.float32), 0.5)
    line.be_silent(0.8)


async def test_who_says_yes_is_told_and_can_ask_on(stage: Stage) -> None:
    stage.scene.ear.script += [words("hello"), words("yes it is me"), words("where will it be left")]
    async with stage.calling() as line:
        await greets(line)
        await line.heard(1)
        assert stage.scene.said == [ASKS]
        line.speak()
        await line.heard(2)
        assert stage.scene.said[1].startswith(SECRET)
        line.speak()
        await until(lambda: "Noted." in stage.scene.said)
    assert await stage.state() == ("done", 1, "told")
    assert (record(stage)["direction"], record(stage)["answered_by"]) == ("out", "human")
    assert record(stage)["caller"] == "+44 20 7946 0000"


@pytest.mark.parametrize(
    ("reply", "state", "last"),
    [("2", "done", phrases.WRONG_PERSON), ("9", "refused", phrases.NOT_CALLED_AGAIN)],
)
async def test_who_is_not_the_right_person_or_wants_no_calls_hears_nothing_personal(
    stage: Stage, reply: str, state: str, last: phrases.Phrase
) -> None:
    stage.scene.ear.script += [words("hello")]
    async with stage.calling() as line:
        await greets(line)
        await line.heard(1)
        line.press(reply)
        await line.heard(2)
    assert (await stage.state())[0] == state
    assert stage.scene.said == [ASKS, last["en"]]


async def test_who_wants_no_calls_is_never_called_again_whatever_the_number_looks_like(stage: Stage) -> None:
    await stage.store.refuse("0044 20 7946 0000")
    added = await stage.store.add(OutgoingCall(key="k1", number="+44-20-7946-0000", language="en", words=SECRET))
    assert added.state == "refused"
    assert not await stage.outbound().once()
    assert not stage.far.called


async def test_do_not_call_me_again_is_heard_while_talking_too(stage: Stage) -> None:
    stage.scene.ear.script += [words("hello"), words("yes"), words("please don't call me again")]
    async with stage.calling() as line:
        await greets(line)
        await line.heard(1)
        line.speak()
        await line.heard(2)
        line.speak()
        await until(lambda: stage.scene.said[-1] == phrases.NOT_CALLED_AGAIN["en"])
    assert (await stage.state())[0] == "refused"
    assert (await stage.store.add(OutgoingCall(key="k2", number="+442079460000", language="en", words="x"))).state == (
        "refused"
    )


async def test_silence_after_the_question_tells_nothing_and_is_tried_again_later(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    stage.scene.ear.script += [words("hello")]
    async with stage.calling() as line:
        await greets(line)
        await line.heard(2)
        await until(lambda: line.hung_up)
    assert await stage.state() == ("waiting", 1, "nobody said who they are")
    assert set(stage.scene.said) == {ASKS}
    assert not await stage.outbound().once()  # not at once
    stage.now += timedelta(seconds=601)
    stage.far.answers.clear()
    stage.far.refusal = "+44 20 7946 0000: busy here"
    assert await stage.outbound().once()
    assert await stage.state() == ("waiting", 2, "not answered: +44 20 7946 0000: busy here")
    assert "7946" not in caplog.text, "whom we call is in the store, and not in the log"
    stage.far.refusal = "busy here"
    stage.now += timedelta(seconds=601)
    assert not await stage.outbound().once()  # the second wait is twice as long
    stage.now += timedelta(seconds=600)
    assert await stage.outbound().once()
    assert await stage.state() == ("given_up", 3, "not answered: busy here")


@pytest.mark.parametrize("leaves", ["message", "hang_up"])
async def test_a_mailbox_gets_a_message_after_its_beep_that_says_nothing_personal(stage: Stage, leaves: str) -> None:
    stage.rules = replace(RULES, on_machine=leaves)  # type: ignore[arg-type]
    stage.scene.ear.script += [words("please leave a message after the tone")]
    async with stage.calling() as line:
        line._put(np.full(320, 0.3, dtype=np.float32), 3.2)
        await asyncio.sleep(0.3)
        assert not stage.scene.said  # not into the greeting
        line.be_silent(0.4)
        for frame in BEEP:
            line._frames.put_nowait(frame)
        line.be_silent(0.5)
        await until(lambda: line.hung_up)
    left = filled(phrases.VOICEMAIL, shop="Wang's Teas")["en"]
    assert stage.scene.said == ([left] if leaves == "message" else [])
    assert (await stage.state())[0] == ("done" if leaves == "message" else "waiting")
    assert record(stage)["answered_by"] == "machine"


async def test_the_voice_of_the_network_takes_no_message(stage: Stage) -> None:
    stage.scene.ear.script += [words("您拨打的用户暂时无法接通，请稍后再拨", "zh")]
    async with stage.calling() as line:
        line._put(np.full(320, 0.3, dtype=np.float32), 3.2)
        line.be_silent(3.0)
        await until(lambda: line.hung_up)
    assert not stage.scene.said
    assert (await stage.state())[0] == "waiting"


async def test_who_hangs_up_at_once_is_tried_again(stage: Stage) -> None:
    async with stage.calling():
        pass
    assert await stage.state() == ("waiting", 1, "the caller hung up")


async def test_nobody_is_called_at_night_or_while_no_line_is_free(stage: Stage) -> None:
    await stage.store.add(OutgoingCall(key="k1", number="+442079460000", language="en", words=SECRET))
    for hour in (0, 8, 20, 23):
        stage.now = NOON.replace(hour=hour)
        assert not await stage.outbound().once()
    stage.now = NOON
    full = stage.outbound()
    for _ in range(stage.scene.max_calls):
        assert full.session.seats.take()
    assert not await full.once()
    assert (await stage.state())[:2] == ("waiting", 0)
    assert not stage.far.called


async def test_the_same_key_is_one_call(stage: Stage) -> None:
    call = OutgoingCall(key="k1", number="+442079460000", language="en", words="one")
    assert await stage.store.add(call) == call
    assert (await stage.store.add(replace(call, words="two"))).words == "one"
    assert len(await stage.store.calls(limit=10)) == 1


async def test_after_a_crash_a_call_that_rang_is_tried_again_and_one_that_was_told_is_not(stage: Stage) -> None:
    for key in ("rang", "told"):
        await stage.store.add(OutgoingCall(key=key, number="+442079460000", language="en", words=SECRET))
        assert await stage.store.claim(1.0)
    await stage.store.settle("told", "telling", "being told")
    stage.far.refusal = "busy here"
    running = asyncio.create_task(stage.outbound().run())
    await asyncio.sleep(0.1)
    states = {call.key: call.state for call in await stage.store.calls(limit=10)}
    assert states == {"rang": "waiting", "told": "done"}
    assert not stage.far.called  # not at once
    stage.now += timedelta(seconds=601)
    await until(lambda: stage.far.called == ["+442079460000"])
    running.cancel()
    await asyncio.wait({running})


@pytest.mark.parametrize(("number", "say"), [("", "x"), ("  ", "x"), ("+442079460000", " ")])
async def test_a_call_without_a_number_or_words_is_refused_clearly(stage: Stage, number: str, say: str) -> None:
    with pytest.raises(Exception, match="a number and something to say"):
        await stage.store.add(OutgoingCall(key="k", number=number, language="en", words=say))


def test_hours_may_go_over_midnight() -> None:
    rules = replace(RULES, opens=datetime(1, 1, 1, 22).time(), closes=datetime(1, 1, 1, 6).time())
    assert [rules.may_call(NOON.replace(hour=hour)) for hour in (21, 22, 3, 6, 12)] == [False, True, True, False, False]
