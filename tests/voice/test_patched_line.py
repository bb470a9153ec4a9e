"""Two lines joined in one process, frame by frame."""

from __future__ import annotations

import asyncio

import numpy as np

from tests.voice.call_scene import Line, until
from voice.call.patched_line import PatchedLine
from voice.call.playback import SILENCE
from voice.call.speech import FRAME


def numbered(count: int) -> list[np.ndarray]:
    return [np.full(FRAME, (number + 1) / 1000, dtype=np.float32) for number in range(count)]


async def _listen(line: PatchedLine, heard: list[np.ndarray]) -> None:
    async for frame in line.frames_in():
        heard.append(frame)


async def test_every_frame_goes_across_in_order_and_comes_back_when_they_are_parted() -> None:
    a, b = Line("a"), Line("b")
    left, right = PatchedLine(a), PatchedLine(b)
    kept: list[np.ndarray] = []
    listening = asyncio.create_task(_listen(left, kept))
    left.join(right)
    for frame in numbered(100):
        a._frames.put_nowait(frame)
        await until(lambda: a._frames.empty())
        await asyncio.sleep(0)
        await right.send(SILENCE)  # as the pacer of the other side does each 20 ms
    assert [frame[0] for frame in b.sent] == [frame[0] for frame in numbered(100)]
    assert not kept
    left.part()
    a._frames.put_nowait(numbered(1)[0])
    await until(lambda: len(kept) == 1)
    await right.send(numbered(2)[1])
    assert b.sent[-1][0] == numbered(2)[1][0]
    a.drop()
    await listening


async def test_a_side_that_is_late_hears_what_is_new_and_never_lags_more_than_a_fifth_of_a_second() -> None:
    a, b = Line("a"), Line("b")
    left, right = PatchedLine(a), PatchedLine(b)
    listening = asyncio.create_task(_listen(left, []))
    left.join(right)
    for frame in numbered(50):
        a._frames.put_nowait(frame)
    a.drop()
    await listening
    for _ in range(12):
        await right.send(SILENCE)
    assert [round(float(frame[0]) * 1000) for frame in b.sent] == [*range(41, 51), 0, 0]


async def test_hanging_up_one_side_parts_them() -> None:
    a, b = PatchedLine(Line("a")), PatchedLine(Line("b"))
    a.join(b)
    await a.hang_up()
    loud = np.ones(FRAME, dtype=np.float32)
    await b.send(loud)
    assert (b._line.sent[0] == loud).all()  # type: ignore[attr-defined]


async def test_on_hold_silence_becomes_a_soft_tone_and_words_stay_words() -> None:
    line = Line()
    held = PatchedLine(line)
    held.hold(True)
    word = np.full(FRAME, 0.5, dtype=np.float32)
    for _ in range(400):
        await held.send(SILENCE)
    await held.send(word)
    levels = [float(np.abs(frame).max()) for frame in line.sent]
    assert levels[-1] == 0.5
    assert 0 < max(levels[:-1]) < 0.05
    assert 20 <= sum(level > 0 for level in levels[:-1]) <= 30  # a quarter of a second every four
    held.hold(False)
    await held.send(SILENCE)
    assert not line.sent[-1].any()
