"""Speaking piece by piece: one synthesis at a time on a model, and a clean end when cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from core.ports import Pcm
from voice.synthesis.pieces import pause_s

_SILENT = 0.01
"""Amplitude below which the edge of a piece counts as silence (-40 dB of full scale)."""
_EDGE_S = 0.02
"""Kept of that silence, so that a soft consonant is not bitten off."""


class Turnstile:
    """Let one synthesis at a time into a model; two at once would only make both late.

    A thread of its own is the whole queue: first come, first served, from any event loop.
    """

    def __init__(self) -> None:
        """Start with no thread; the first synthesis starts it."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voice")

    async def through(self, work: Callable[[str], Pcm], piece: str) -> Pcm:
        """Run `work` in the model's thread.

        Cancelled while it waits, it never starts; cancelled while it runs, it returns at once, and
        the next one waits until the thread is done with this piece.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, piece)


async def spoken(
    pieces: Iterable[str], work: Callable[[str], Pcm], turnstile: Turnstile, rate_hz: int
) -> AsyncIterator[Pcm]:
    """Yield the speech of each piece with its pause; a piece without a sound is left out."""
    for piece in pieces:
        speech = trimmed(await turnstile.through(work, piece), rate_hz)
        if speech.size:
            yield np.concatenate((speech, np.zeros(int(pause_s(piece) * rate_hz), dtype=np.float32)))


def trimmed(speech: Pcm, rate_hz: int) -> Pcm:
    """Cut silence from both ends and keep the samples within -1..1.

    Models begin and end with silence of any length; the first would delay the answer, the second
    would make the pauses uneven.
    """
    clean = np.clip(np.nan_to_num(speech.astype(np.float32, copy=False)), -1.0, 1.0)
    loud = np.flatnonzero(np.abs(clean) > _SILENT)
    if not loud.size:
        return np.zeros(0, dtype=np.float32)
    edge = int(_EDGE_S * rate_hz)
    return clean[max(0, loud[0] - edge) : loud[-1] + edge]
