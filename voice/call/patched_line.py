"""A line that can be put on hold or joined to another, whoever speaks over it meanwhile.

The pacer of the call goes on sending a frame each 20 ms and knows nothing of it: where the pacer has only silence
to send, the caller hears the tone of hold; while two lines are joined, each hears the other in place of what its own
pacer sends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator

import numpy as np

from core.call_ports import MediaTransport
from core.ports import Pcm
from voice.call.around import Around
from voice.call.playback import SILENCE
from voice.call.speech import FRAME

_JITTER = 10
"""Frames (200 ms) that may wait on their way between two joined lines; more is delay, and is dropped."""
_RATE_HZ = 16_000
_TONE_HZ = 440.0
_TONE_LEVEL = 0.03
_TONE_S, _TONE_EVERY_S = 0.25, 4.0


class PatchedLine(Around):
    """One call's line with a patch cord."""

    def __init__(self, line: MediaTransport) -> None:
        """Carry `line` as it is, until it is put on hold or joined."""
        super().__init__(line)
        self._other: PatchedLine | None = None
        self._incoming: deque[Pcm] = deque(maxlen=_JITTER)
        self._tone: Iterator[Pcm] | None = None

    def hold(self, held: bool) -> None:
        """Fill silence with a soft tone now and then, or stop doing so."""
        self._tone = _tone() if held else None

    def join(self, other: PatchedLine) -> None:
        """Let each side hear the other until `part`."""
        self.hold(False)
        other.hold(False)
        self._other, other._other = other, self

    def part(self) -> None:
        """Take the two apart; safe where nothing is joined."""
        if self._other:
            self._other._other = None
            self._other._incoming.clear()
            self._other = None
            self._incoming.clear()

    async def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what the caller says, but for what goes to the line that it is joined to."""
        async for frame in self._line.frames_in():
            if self._other:
                self._other._incoming.append(frame)
            else:
                yield frame

    async def send(self, frame: Pcm) -> None:
        """Send a frame, or what is to be heard in its place."""
        if self._other:
            frame = self._incoming.popleft() if self._incoming else SILENCE
        elif self._tone and not frame.any():
            frame = next(self._tone)
        await self._line.send(frame)

    async def hang_up(self) -> None:
        """End the call."""
        self.part()
        await self._line.hang_up()


def _tone() -> Iterator[Pcm]:
    """Yield the frames of a soft tone that fades in and out every few seconds, for ever; the first is silence."""
    count = round(_TONE_S * _RATE_HZ)
    sound = _TONE_LEVEL * np.hanning(count) * np.sin(2 * np.pi * _TONE_HZ * np.arange(count) / _RATE_HZ)
    period = np.zeros(round(_TONE_EVERY_S * _RATE_HZ) // FRAME * FRAME, dtype=np.float32)
    period[-FRAME * (-(-count // FRAME)) :][:count] = sound
    while True:
        yield from period.reshape(-1, FRAME)
