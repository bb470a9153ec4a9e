"""A picture tower and a text tower that meet in one space, whatever computes them.

Radford et al. 2021, https://arxiv.org/abs/2103.00020
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.batching import ModelQueue
from core.ports import Capabilities, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.pixels import checked
from perception.seeing.prepare import Prepare
from perception.seeing.vectors import unit

Tokens = NDArray[np.int64]
Input = NDArray[Any]
"""Prepared pixels, float32 (3, side, side), or the tokens of one text, int64 (length,)."""


class Net(Protocol):
    """What computes both towers."""

    def pictures(self, pixels: NDArray[np.float32]) -> Vectors:
        """Return vectors, float32 (n, dimension), of prepared pictures (n, 3, side, side)."""
        ...

    def texts(self, tokens: Tokens) -> Vectors:
        """Return vectors, float32 (n, dimension), of tokens (n, length)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Towers:
    """Encode pictures, and the texts that describe them; those of several callers in one batch."""

    net: Net
    prepare: Prepare
    tokenize: Callable[[list[str]], Tokens]
    """Texts to tokens (n, length), padded and cut to the length that the net was trained with."""
    device: str
    dimension: int
    queue: ModelQueue[Input, Vectors]

    @property
    def capabilities(self) -> Capabilities:
        """Say the device and the dimension."""
        side = self.prepare.side
        return Capabilities(device=self.device, dimension=self.dimension, limit=f"{side} x {side} pixels are seen")

    async def encode(self, pictures: Sequence[Picture]) -> Vectors:
        """Return unit vectors, float32 (n, dimension); raises `MediaError` when a picture is not uint8 RGB."""
        seen = [checked(picture) for picture in pictures]
        pixels = await asyncio.gather(*(in_worker(self.prepare, picture) for picture in seen))
        return self._rows(await self.queue.do_all(pixels))

    async def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of texts in the space of the pictures, float32 (n, dimension)."""
        readable = [text.encode(errors="replace").decode() for text in texts]  # tokenisers refuse half a character
        return self._rows(await self.queue.do_all(list(self.tokenize(readable)) if readable else []))

    def _rows(self, rows: Sequence[Vectors]) -> Vectors:
        return unit(np.array(rows, np.float32).reshape(-1, self.dimension))


def towers(
    name: str,
    net: Net,
    prepare: Prepare,
    tokenize: Callable[[list[str]], Tokens],
    *,
    device: str,
    batch: int,
    wait_ms: float = 0.0,
    relief: Callable[[], None] = lambda: None,
) -> Towers:
    """Put a queue before the net; the dimension is what it makes of a grey picture."""
    grey = np.full((prepare.side, prepare.side, 3), 127, np.uint8)
    queue: ModelQueue[Input, Vectors] = ModelQueue(
        name=name, run=lambda inputs: _features(net, inputs), most=batch, wait_ms=wait_ms, relief=relief
    )
    return Towers(
        net=net,
        prepare=prepare,
        tokenize=tokenize,
        device=device,
        dimension=net.pictures(prepare(grey)[None]).shape[1],
        queue=queue,
    )


def _features(net: Net, inputs: list[Input]) -> list[Vectors]:
    """Return a vector for each input, in order; pictures and texts of a batch are computed apart."""
    rows: dict[int, Vectors] = {}
    for encode, dimensions in ((net.pictures, 3), (net.texts, 1)):
        at = [number for number, one in enumerate(inputs) if one.ndim == dimensions]
        if at:
            rows |= dict(zip(at, encode(np.stack([inputs[number] for number in at])), strict=True))
    return [rows[number] for number in range(len(inputs))]
