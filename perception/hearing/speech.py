"""What every recogniser asks of its input before a model sees it."""

from __future__ import annotations

import numpy as np

from core.errors import MediaError
from core.ports import Pcm

_SILENCE_PEAK = 10 ** (-50 / 20)
"""Full scale is 1. Nobody spoke in a recording whose loudest sample is below -50 dB."""


def checked(speech: Pcm) -> Pcm:
    """Return `speech` as float32; raises `MediaError` ("damaged") unless it is finite and one-dimensional."""
    if speech.ndim != 1:
        raise MediaError("damaged", f"speech has shape {speech.shape}; one dimension (mono) was expected")
    speech = np.ascontiguousarray(speech, dtype=np.float32)
    if not np.isfinite(speech).all():
        raise MediaError("damaged", "speech has samples that are not numbers")
    return speech


def is_silent(speech: Pcm) -> bool:
    """Return whether the recording is too quiet for anybody to have spoken."""
    return not speech.size or float(np.abs(speech).max()) < _SILENCE_PEAK
