"""Two towers computed by PyTorch, on CPU or CUDA (extra: photo-clip)."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import BackendError
from core.ports import Vectors
from perception.seeing.towers import Tokens

_PRECISIONS = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchNet:
    """The towers with their arithmetic."""

    picture_tower: torch.nn.Module
    """(n, 3, side, side) -> (n, dimension)."""
    text_tower: torch.nn.Module
    """(n, length) -> (n, dimension)."""
    device: str
    precision: torch.dtype
    """Of the arithmetic on CUDA; the weights stay float32."""

    def pictures(self, pixels: NDArray[np.float32]) -> Vectors:
        """Return vectors, float32 (n, dimension)."""
        return self._computed(self.picture_tower, pixels)

    def texts(self, tokens: Tokens) -> Vectors:
        """Return vectors, float32 (n, dimension)."""
        return self._computed(self.text_tower, tokens)

    def _computed(self, tower: torch.nn.Module, inputs: NDArray[Any]) -> Vectors:
        with torch.inference_mode(), self._arithmetic():
            vectors = tower(torch.from_numpy(inputs).to(self.device))
        return np.asarray(vectors.float().cpu().numpy())

    def _arithmetic(self) -> AbstractContextManager[Any]:
        if self.device == "cpu" or self.precision is torch.float32:
            return nullcontext()
        return torch.autocast(self.device.partition(":")[0], dtype=self.precision)


def check_device(backend: str, device: str, dtype: str) -> torch.dtype:
    """Return the precision that `dtype` names; raises `BackendError` when it, or the device, is not there."""
    if dtype not in _PRECISIONS:
        raise BackendError(f"photos backend {backend}: dtype {dtype!r} is none of {', '.join(_PRECISIONS)}")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BackendError(f"photos backend {backend}: device={device}, but torch finds no CUDA; use device=cpu")
    return _PRECISIONS[dtype]
