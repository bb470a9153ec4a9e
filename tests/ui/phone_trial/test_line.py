"""The simulated line keeps its promises to both ends, counted in frames."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from ui.phone_trial.clock import Clock, Ticks
from ui.phone_trial.handset import Handset, LineClosedError
from ui.phone_trial.line import SimulatedLine
from ui.phone_trial.measure import silence_after, utterances

TONE = (0.2 * np.sin(2 * np.pi * 500 * np.arange(320) / 16_000)).astype(np.float32)


@asynccontextmanager
async def line(clock: Clock | None = None) -> AsyncIterator[SimulatedLine]:
    made = SimulatedLine(Handset(), clock or Clock())
    running = asyncio.create_task(made.run())
    yield made
    await made.hang_up()
    await running


async def test_what_is_sent_at_once_is_played_in_real_time_and_the_mark_comes_when_it_was() -> None:
    async with line() as call:
        for _ in range(25):
            await call.send(TONE)
        await call.mark("said")
        assert call.queued_s == pytest.approx(0.5)
        await call.played("said")
        assert 25 <= len(call.handset.loud_frames) <= 26  # a filter rings for a millisecond


async def test_a_stalled_carrier_keeps_what_it_gets_and_forgets_it_when_flushed() -> None:
    async with line() as call:
        call.stall(10)
        for _ in range(50):
            await call.send(TONE)
        await call.mark("said")
        await asyncio.sleep(0.1)
        assert await call.flush() == 0
        await asyncio.wait_for(call.played("said"), 0.1)
        assert call.queued_s == 0
        assert call.dropped_ms == pytest.approx(1000)
        assert not call.handset.loud_frames


async def test_a_flush_tells_what_was_heard_since_the_last_mark() -> None:
    async with line() as call:
        for _ in range(3):
            await call.send(TONE)
        await call.mark("first")
        for _ in range(500):
            await call.send(TONE)
        await call.played("first")
        heard = call.handset.loud_frames
        await call.handset.until(lambda: len(heard) >= 10, within_s=5)
        assert await call.flush() == (len(heard) - 3) * 20


async def test_silence_between_words_does_not_make_the_line_longer() -> None:
    async with line() as call:
        for _ in range(200):
            await call.send(np.zeros(320, dtype=np.float32))
        await call.send(TONE)
        ticks = call.handset.now
        await call.handset.until(lambda: bool(call.handset.loud_frames), within_s=2)
        assert call.handset.now - ticks <= 3 * 320


async def test_an_unhurried_line_stands_still_while_a_model_works() -> None:
    clock = Clock(unhurried=True)
    async with line(clock) as call:
        await call.handset.until(lambda: call.handset.now > 0, within_s=1)
        with clock.at_work():
            await asyncio.sleep(0.05)
            before = call.handset.now
            await asyncio.sleep(0.3)
            assert call.handset.now == before
        await asyncio.sleep(0.1)
        assert 0 < call.handset.now - before < 320 * 15


async def test_a_hurried_line_catches_up_with_the_wall() -> None:
    ticks, began = Ticks(Clock()), asyncio.get_running_loop().time()
    await ticks.wait()
    await asyncio.sleep(0.2)
    for _ in range(19):
        await ticks.wait()
    assert asyncio.get_running_loop().time() - began >= 0.4 - 0.001


async def test_who_waits_on_a_line_that_closes_is_told() -> None:
    async with line() as call:
        waiting = asyncio.create_task(call.handset.until(lambda: False, within_s=60))
        await asyncio.sleep(0.05)
        await call.hang_up()
        with pytest.raises(LineClosedError):
            await waiting
        assert [frame async for frame in call.frames_in()][-1].shape == (320,)
        assert [key async for key in call.dtmf()] == []


def test_words_belong_together_and_utterances_do_not() -> None:
    assert utterances([10, 11, 30, 31, 90]) == [(3_200, 10_240), (28_800, 29_120)]


def test_the_time_to_silence_is_counted_from_the_first_sound() -> None:
    assert silence_after(4_800, [10, 11, 20, 21, 200]) == pytest.approx((22 * 320 - 4_800) / 16_000)
    assert silence_after(16_000, [10, 11, 20, 21, 200]) is None
