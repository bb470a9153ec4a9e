"""Speaking piece by piece: edges trimmed, pauses even, and a clean end when cancelled."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator

import numpy as np

from core.ports import Pcm
from core.resilience import Lane
from voice.synthesis.pieces import pause_s

_SILENT = 0.01
"""Amplitude below which the edge of a piece counts as silence (-40 dB of full scale)."""
_EDGE_S = 0.02
"""Kept of that silence, so that a soft consonant is not bitten off."""

Say = Callable[[str], AsyncIterator[Pcm]]
"""A piece of text -> its sound, made bit by bit while the iterator is asked."""


_PREPARING = Lane()
"""Words to phonemes, milliseconds of the interpreter: in a lane that gives way they would hold its lock meanwhile."""


def in_lane(say: Callable[[str], Iterator[Pcm]], lane: Lane) -> Say:
    """Return how a model without a queue speaks: each bit is a job of its own in the model's lane.

    So several speeches take turns, and one that is cancelled stops after its bit. What `say` does before it
    returns is done in another lane.
    """

    async def said(piece: str) -> AsyncIterator[Pcm]:
        sound = await _PREPARING.run(say, piece)
        while (bit := await lane.run(next, sound, None)) is not None:
            yield bit

    return said


async def spoken(pieces: Iterable[str], say: Say, rate_hz: int) -> AsyncIterator[Pcm]:
    """Yield the speech of each piece with its pause; a piece without a sound is left out.

    Models begin and end with silence of any length. It is cut from both ends of a piece: the first
    would delay the answer, the second would make the pauses uneven.
    """
    edge = int(_EDGE_S * rate_hz)
    for piece in pieces:
        held = np.zeros(0, dtype=np.float32)
        has_begun = False
        async for made in say(piece):
            bit = np.concatenate((held, np.clip(np.nan_to_num(made), -1.0, 1.0)), dtype=np.float32)
            loud = np.flatnonzero(np.abs(bit) > _SILENT)
            if not loud.size:
                held = bit if has_begun else bit[-edge:]
                continue
            yield bit[0 if has_begun else max(0, loud[0] - edge) : loud[-1] + 1]
            has_begun, held = True, bit[loud[-1] + 1 :]
        if has_begun:
            yield np.concatenate((held[:edge], np.zeros(int(pause_s(piece) * rate_hz), dtype=np.float32)))
