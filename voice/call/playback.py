"""What the caller hears: one frame every 20 ms, from the first moment to the last.

Pacing has one owner, and it is here. A transport sends what it is given at once, so hardly anything ever
waits at the carrier, an interruption is heard at once, and what was sent is what was heard. Between
words, silence is sent: Asterisk wants sound from the first moment, and a line without any is dead.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from itertools import count

import numpy as np

from core.ports import MediaTransport, Pcm
from voice.call.phrases import close

log = logging.getLogger(__name__)

FRAME = 320
"""Samples of one frame: 20 ms at 16 kHz."""
FRAME_S = 0.02
_AHEAD = 500
"""Frames (10 s) that synthesis may be ahead of the caller's ear."""
_BURST_S = 0.1
"""How far a stall is caught up; after a longer one the clock is set anew, for the line plays in real time."""
_MARK_S = 3.0
"""How long to wait for a line to say that it has played everything; some never do."""

SILENCE: Pcm = np.zeros(FRAME, dtype=np.float32)
SILENCE.setflags(write=False)


class Playback:
    """Speak to one caller."""

    def __init__(self, transport: MediaTransport) -> None:
        """Speak over `transport`."""
        self._transport = transport
        self._queue: asyncio.Queue[Pcm | str] = asyncio.Queue(maxsize=_AHEAD)
        self._marked: dict[str, asyncio.Event] = {}
        self._names = count()

    async def run(self) -> None:
        """Send frames at absolute deadlines until cancelled."""
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            frame = await self._next()
            await self._transport.send(frame)
            due += FRAME_S
            late = clock() - due
            if late > _BURST_S or (late > 0 and frame is SILENCE):
                due = clock()
            await asyncio.sleep(max(0.0, -late))

    async def say(self, speech: AsyncIterator[Pcm]) -> None:
        """Speak, and return when the caller has heard it. Cancelling it stops the speech within a frame.

        `speech` is float32 at 16 kHz in pieces of any size; it is drawn as fast as it comes, at most
        10 s ahead of the ear.
        """
        name = f"said-{next(self._names)}"
        marked = self._marked[name] = asyncio.Event()
        try:
            await self._fill(speech)
            await self._queue.put(name)
            await marked.wait()
            async with asyncio.timeout(_MARK_S):
                await self._transport.played(name)
        except TimeoutError:
            log.debug("call %s: the line did not say that it played %s", self._transport.call_id, name)
        except BaseException:
            self._drop()
            await self._transport.flush()
            raise
        finally:
            del self._marked[name]
            await close(speech)

    async def _fill(self, speech: AsyncIterator[Pcm]) -> None:
        rest: Pcm = np.zeros(0, dtype=np.float32)
        async for piece in speech:
            rest = np.concatenate([rest, piece.astype(np.float32, copy=False)])
            while rest.size >= FRAME:
                await self._queue.put(rest[:FRAME])
                rest = rest[FRAME:]
        if rest.size:
            await self._queue.put(np.pad(rest, (0, FRAME - rest.size)))

    async def _next(self) -> Pcm:
        while not self._queue.empty():
            item = self._queue.get_nowait()
            if not isinstance(item, str):
                return item
            await self._transport.mark(item)
            if marked := self._marked.get(item):
                marked.set()
        return SILENCE

    def _drop(self) -> None:
        while not self._queue.empty():
            self._queue.get_nowait()
