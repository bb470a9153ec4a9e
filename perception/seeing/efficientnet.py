"""Pictures to vectors with an ImageNet network: EfficientNet-lite0 through onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from core.models import locate
from core.ports import Capabilities, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.pixels import checked, resized
from perception.seeing.vectors import unit

_SIZE = 224
"""Pixels of each side of the network's input."""
_DIMENSION = 1280
_MODEL = "efficientnet-lite0"


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficientNet:
    """Encode pictures on CPU (or CUDA, where onnxruntime-gpu is installed)."""

    session: Any
    """An `onnxruntime.InferenceSession`; it may be used by several threads at once."""
    device: str
    batch: int
    """Pictures computed at once; bounds the memory."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the device and the dimension."""
        return Capabilities(device=self.device, dimension=_DIMENSION, limit=f"{_SIZE} x {_SIZE} pixels are seen")

    async def encode(self, pictures: Sequence[Picture]) -> Vectors:
        """Return unit vectors, float32 (n, 1280); each picture is squeezed to a square.

        Raises `MediaError` when a picture is not uint8 RGB.
        """
        return await in_worker(self._encode, [checked(picture) for picture in pictures])

    def _encode(self, pictures: Sequence[Picture]) -> Vectors:
        vectors = np.empty((len(pictures), _DIMENSION), np.float32)
        for start in range(0, len(pictures), self.batch):
            batch = np.stack([resized(picture, _SIZE, _SIZE) for picture in pictures[start : start + self.batch]])
            vectors[start : start + len(batch)] = self.session.run(["features"], {"pictures": batch})[0]
        return unit(vectors)


def build(model: str, models: Path, *, device: str = "cpu", threads: int = 2, batch: int = 16) -> EfficientNet:
    """Load the network from the folder `model` (default "efficientnet-lite0") below `models`.

    Raises `ModelMissingError`, which tells how to fetch it.
    """
    folder = locate(model or _MODEL, models, f"{_MODEL}.onnx")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry(
        "session.intra_op.allow_spinning", "0"
    )  # waiting threads leave the cores to others
    providers = ["CUDAExecutionProvider"] if device == "cuda" else []
    session = onnxruntime.InferenceSession(
        folder / f"{_MODEL}.onnx", options, providers=[*providers, "CPUExecutionProvider"]
    )
    return EfficientNet(session=session, device=device, batch=batch)
