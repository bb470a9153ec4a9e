"""Voice activity with the Silero network, on onnxruntime alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from core.models import locate
from core.ports import Capabilities, Pcm

FRAME = 512
"""Samples of one frame: 32 ms at 16 kHz, the only length the network was trained on."""
_RATE_HZ = 16_000
_CONTEXT = 64
"""Samples of the previous frame that go before each frame; without them versions 5 and 6 hear nothing."""
_FILE = "silero_vad.onnx"


@dataclass(frozen=True, slots=True)
class Silero:
    """Tell the probability of speech, one frame of 32 ms at a time.

    A frame takes a fraction of a millisecond, less than the way to a worker and back, so the
    listener is called on the event loop. The network is shared; what a listener remembers is its own.
    """

    network: onnxruntime.InferenceSession

    @property
    def capabilities(self) -> Capabilities:
        """Say 16 kHz."""
        return Capabilities(sample_rate=_RATE_HZ, limit=f"frames of {FRAME} samples")

    def stream(self) -> Callable[[Pcm], float]:
        """Return a listener: float32 of shape (512,) in, probability of speech (0 to 1) out.

        It raises `ValueError` for another shape. A sample that is not finite counts as silence,
        because one of them would make the network deaf for the rest of the call.
        """
        state = np.zeros((2, 1, 128), dtype=np.float32)
        context = np.zeros(_CONTEXT, dtype=np.float32)
        rate = np.array(_RATE_HZ, dtype=np.int64)

        def listen(frame: Pcm) -> float:
            nonlocal state, context
            if frame.shape != (FRAME,):
                raise ValueError(f"a frame has {FRAME} samples in one dimension, not the shape {frame.shape}")
            heard = np.nan_to_num(frame.astype(np.float32, copy=False), nan=0.0, posinf=0.0, neginf=0.0)
            sound = np.concatenate((context, heard))[np.newaxis]
            probability, state = self.network.run(None, {"input": sound, "state": state, "sr": rate})
            context = heard[-_CONTEXT:]
            return float(probability[0, 0])

        return listen


def build(model: str, models: Path) -> Silero:
    """Load the network from the folder of `model`; raise `ModelMissingError` where it is not."""
    folder = locate(model or "silero-vad", models, _FILE)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return Silero(onnxruntime.InferenceSession(str(folder / _FILE), options, providers=["CPUExecutionProvider"]))
