"""What comes in from a line, waiting for the session: frames and keys."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

import numpy as np

from channels.phone.codec import FRAME, Framer
from core.ports import Pcm

log = logging.getLogger(__name__)

FRAME_S = 0.02
_BOUND = 250
"""Frames (5 s) that may wait; a session that is slower than that has stopped listening."""
GAP_S = 0.2
"""A line that is quiet for longer suppresses silence; shorter gaps are jitter."""
_KEYS = frozenset("0123456789*#ABCD")


class Inlet:
    """Frames and keys of one call, in order, until the line closes."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._framer = Framer()
        self._frames: asyncio.Queue[Pcm | None] = asyncio.Queue()
        self._keys: asyncio.Queue[str | None] = asyncio.Queue(maxsize=64)
        self._closed = False
        self._wondered = False
        """Whether the log tells of what is no key: a stranger's page may send many."""
        self.is_held = False
        """While the caller holds the call nothing is heard, not even silence: what plays there is music."""

    def put(self, pcm: Pcm) -> None:
        """Take in sound at 16 kHz; the oldest is dropped when the session does not keep up."""
        if self._closed or self.is_held:
            return
        for frame in self._framer(pcm):
            if self._frames.qsize() >= _BOUND:
                self._frames.get_nowait()
            self._frames.put_nowait(frame)

    def press(self, key: str) -> None:
        """Take in a key; what is not a key of a telephone is dropped."""
        if key not in _KEYS:
            if not self._wondered:
                self._wondered = True
                log.warning("a line sent %r, which is not a key of a telephone; ignored, as others will be", key[:8])
            return
        with suppress(asyncio.QueueFull):
            self._keys.put_nowait(key)

    def close(self) -> None:
        """End both streams after what already waits; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._frames.put_nowait(None)
        if self._keys.full():
            self._keys.get_nowait()
        self._keys.put_nowait(None)

    async def frames(self) -> AsyncIterator[Pcm]:
        """Yield a frame each 20 ms until the line closes.

        Lines that suppress silence send nothing while nobody speaks. Silence stands in for it, because
        the end of a sentence is measured in sound and would otherwise never come.
        """
        silence: Pcm = np.zeros(FRAME, dtype=np.float32)
        wait_s = GAP_S
        while True:
            try:
                async with asyncio.timeout(wait_s):
                    frame = await self._frames.get()
            except TimeoutError:
                if self.is_held:
                    continue
                for _ in range(max(1, round(wait_s / FRAME_S))):
                    yield silence
                wait_s = FRAME_S
                continue
            if frame is None:
                return
            wait_s = GAP_S
            yield frame

    async def keys(self) -> AsyncIterator[str]:
        """Yield keys pressed until the line closes."""
        while (key := await self._keys.get()) is not None:
            yield key
