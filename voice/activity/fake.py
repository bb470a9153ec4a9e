"""Voice activity by loudness: for tests, and for a machine without the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.ports import Capabilities, Pcm

FRAME = 512
"""Samples of one frame at 16 kHz."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """Call everything speech that is louder than a threshold."""

    threshold: float
    """Root mean square above which a frame counts as speech."""

    @property
    def capabilities(self) -> Capabilities:
        """Say 16 kHz."""
        return Capabilities(sample_rate=16_000, limit=f"frames of {FRAME} samples")

    def stream(self) -> Callable[[Pcm], float]:
        """Return a listener: (512,) samples in, 1.0 or 0.0 out; `ValueError` for another shape."""

        def listen(frame: Pcm) -> float:
            if frame.shape != (FRAME,):
                raise ValueError(f"a frame has {FRAME} samples in one dimension, not the shape {frame.shape}")
            power = float(np.mean(np.square(np.nan_to_num(frame, nan=0.0, posinf=0.0, neginf=0.0))))
            return 1.0 if power > self.threshold**2 else 0.0

        return listen


def build(model: str, models: Path, *, threshold: float = 0.02) -> Loudness:
    """Build it; there are no files to load."""
    return Loudness(threshold)
