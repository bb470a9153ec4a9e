"""Clauses that were spoken before: "您好，", digits, the ends of sentences."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from core.ports import Pcm
from voice.synthesis.streaming import Say

_BYTES = 64 * 1024 * 1024
"""Twenty-three minutes at 24 kHz: the beginnings of all replies, which are nearly half of it, and what is said of a day
besides."""
_LONGEST_BYTES = 512 * 1024
"""Of one clause: longer ones hardly come again."""


_Bit = NDArray[np.float16]
"""Half the memory of `Pcm`, and its error lies 66 dB below the sound."""


@dataclass(slots=True)
class Kept:
    """The sound of clauses, those not asked for longest thrown away first; safe to use from several loops."""

    bound: int = _BYTES
    _sounds: OrderedDict[tuple[str, ...], tuple[_Bit, ...]] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: Lock = field(default_factory=Lock)

    def saying(self, say: Say, *how: str) -> Say:
        """Return a `Say` that makes a clause once; `how` is all else that the sound depends on: language, speed."""

        async def said(piece: str) -> AsyncIterator[Pcm]:
            known = self._get((piece, *how))
            if known is not None:
                for bit in known:
                    yield bit.astype(np.float32)
                return
            bits: list[_Bit] = []
            async for made in say(piece):
                bits.append(made.astype(np.float16))
                yield made
            self._keep((piece, *how), tuple(bits))

        return said

    def _get(self, key: tuple[str, ...]) -> tuple[_Bit, ...] | None:
        with self._lock:
            if key in self._sounds:
                self._sounds.move_to_end(key)
            return self._sounds.get(key)

    def _keep(self, key: tuple[str, ...], bits: tuple[_Bit, ...]) -> None:
        size = sum(bit.nbytes for bit in bits)
        if not 0 < size <= min(_LONGEST_BYTES, self.bound):
            return
        with self._lock:
            if key not in self._sounds:
                self._sounds[key] = bits
                self._bytes += size
            while self._bytes > self.bound:
                self._bytes -= sum(bit.nbytes for bit in self._sounds.popitem(last=False)[1])
