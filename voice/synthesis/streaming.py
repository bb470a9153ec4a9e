"""Speaking piece by piece: one synthesis at a time on a model, and a clean end when cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from core.ports import Pcm
from voice.synthesis.pieces import pause_s

_SILENT = 0.01
"""Amplitude below which the edge of a piece counts as silence (-40 dB of full scale)."""
_EDGE_S = 0.02
"""Kept of that silence, so that a soft consonant is not bitten off."""

Say = Callable[[str], Iterator[Pcm]]
"""A piece of text -> its sound, made bit by bit while the iterator is asked."""


class Turnstile:
    """Let one synthesis at a time into a model; two at once would only make both late.

    A thread of its own is the whole queue: first come, first served, from any event loop.
    """

    def __init__(self) -> None:
        """Start with no thread; the first synthesis starts it."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voice")

    async def next_of(self, sound: Iterator[Pcm]) -> Pcm | None:
        """Return the next bit of `sound`, made in the model's thread; None at its end.

        Cancelled while it waits, it never starts; cancelled while it runs, it returns at once, and
        others wait until the thread is done with this bit.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, next, sound, None)


async def spoken(pieces: Iterable[str], say: Say, turnstile: Turnstile, rate_hz: int) -> AsyncIterator[Pcm]:
    """Yield the speech of each piece with its pause; a piece without a sound is left out.

    Models begin and end with silence of any length. It is cut from both ends of a piece: the first
    would delay the answer, the second would make the pauses uneven.
    """
    edge = int(_EDGE_S * rate_hz)
    for piece in pieces:
        sound = say(piece)
        held = np.zeros(0, dtype=np.float32)
        has_begun = False
        while (made := await turnstile.next_of(sound)) is not None:
            bit = np.concatenate((held, np.clip(np.nan_to_num(made), -1.0, 1.0)), dtype=np.float32)
            loud = np.flatnonzero(np.abs(bit) > _SILENT)
            if not loud.size:
                held = bit if has_begun else bit[-edge:]
                continue
            yield bit[0 if has_begun else max(0, loud[0] - edge) : loud[-1] + 1]
            has_begun, held = True, bit[loud[-1] + 1 :]
        if has_begun:
            yield np.concatenate((held[:edge], np.zeros(int(pause_s(piece) * rate_hz), dtype=np.float32)))
