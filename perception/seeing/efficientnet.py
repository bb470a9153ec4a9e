"""Pictures to vectors with an ImageNet network: EfficientNet-lite0 through onnxruntime.

Whole pictures become the pooled last layer. Their places become what the last block says of them before the
head widens it: for finding one particular package that tells four times more than the pooled vector, whose
background drowns the thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper, numpy_helper

from core.errors import ModelMissingError
from core.models import locate
from core.ports import Capabilities, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.pixels import checked, resized
from perception.seeing.vectors import unit

_SIZE = 224
"""Pixels of each side of the network's input."""
_DIMENSION = 1280
_MODEL = "efficientnet-lite0"
STRIDE = 32
"""Pixels of the input from one place to the next."""
_LAST_BLOCK = "_blocks.15._project_conv.conv"
_HEAD = "_conv_head.w"
_PLACE = 128
"""Numbers of a place: its strongest directions, as the head weighs them, of 320."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficientNet:
    """Encode pictures on CPU (or CUDA, where onnxruntime-gpu is installed)."""

    session: Any
    """An `onnxruntime.InferenceSession`; it may be used by several threads at once."""
    device: str
    batch: int
    """Pictures computed at once; bounds the memory."""
    directions: Vectors
    """From the last block's channels to the numbers of a place, float32 (320, 128)."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the device and the dimension."""
        return Capabilities(device=self.device, dimension=_DIMENSION, limit=f"{_SIZE} x {_SIZE} pixels are seen")

    async def encode(self, pictures: Sequence[Picture]) -> Vectors:
        """Return unit vectors, float32 (n, 1280); each picture is squeezed to a square.

        Raises `MediaError` when a picture is not uint8 RGB.
        """
        return await in_worker(self._encode, [checked(picture) for picture in pictures])

    async def encode_places(self, pictures: Sequence[Picture], *, side: int) -> Vectors:
        """Return what is seen at side x side places, row by row, float32 (n, side ** 2, 128); lengths tell strength."""
        return await in_worker(self._encode_places, [checked(picture) for picture in pictures], side)

    def _encode(self, pictures: Sequence[Picture]) -> Vectors:
        vectors = [self._run("features", batch) for batch in self._batches(pictures, _SIZE)]
        return unit(np.concatenate([np.empty((0, _DIMENSION), np.float32), *vectors]))

    def _encode_places(self, pictures: Sequence[Picture], side: int) -> Vectors:
        maps = [self._run(_LAST_BLOCK, batch) for batch in self._batches(pictures, side * STRIDE)]
        places = [one.reshape(*one.shape[:2], -1).transpose(0, 2, 1) @ self.directions for one in maps]
        return np.concatenate([np.empty((0, side * side, _PLACE), np.float32), *places])

    def _batches(self, pictures: Sequence[Picture], side: int) -> Iterator[Picture]:
        for start in range(0, len(pictures), self.batch):
            yield np.stack([resized(picture, side, side) for picture in pictures[start : start + self.batch]])

    def _run(self, output: str, batch: Picture) -> Vectors:
        return np.asarray(self.session.run([output], {"pictures": batch})[0], np.float32)


def build(model: str, models: Path, *, device: str = "cpu", threads: int = 2, batch: int = 0) -> EfficientNet:
    """Load the network from the folder `model` (default "efficientnet-lite0") below `models`.

    Without a `batch`, sixteen pictures are computed at once on CUDA, and one on CPU, where that takes a fifth less
    time: what lies between two layers stays near the core.
    Raises `ModelMissingError`, which tells how to fetch it, or that the file is another network's.
    """
    folder = locate(model or _MODEL, models, f"{_MODEL}.onnx")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry(
        "session.intra_op.allow_spinning", "0"
    )  # waiting threads leave the cores to others
    providers = ["CUDAExecutionProvider"] if device == "cuda" else []
    graph, directions = _opened(folder / f"{_MODEL}.onnx")
    session = onnxruntime.InferenceSession(graph, options, providers=[*providers, "CPUExecutionProvider"])
    return EfficientNet(
        session=session, device=device, batch=batch or (16 if device == "cuda" else 1), directions=directions
    )


def _opened(file: Path) -> tuple[bytes, Vectors]:
    """Return the graph with its last block told too and its size left open, and the head's strongest directions."""
    try:
        model = onnx.load(str(file))
        heads = {one.name: one for one in model.graph.initializer}
        head = numpy_helper.to_array(heads[_HEAD])[:, :, 0, 0]
    except (OSError, ValueError, KeyError, DecodeError) as error:
        raise ModelMissingError(
            f"{file} is no whole {_MODEL} ({error}). Delete it and fetch it anew with: zhanggui models pull {_MODEL}"
        ) from error
    for axis, name in ((1, "height"), (2, "width")):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = name
    del model.graph.output[1:]  # the activity's shape is told for one size only
    model.graph.output.append(helper.make_tensor_value_info(_LAST_BLOCK, TensorProto.FLOAT, None))
    _, strengths, directions = np.linalg.svd(head, full_matrices=False)
    return model.SerializeToString(), np.asarray(directions[:_PLACE].T * strengths[:_PLACE], np.float32)
