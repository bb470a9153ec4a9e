"""The tone after which a mailbox records."""

from __future__ import annotations

import numpy as np

from core.ports import Pcm
from voice.call.endpointing import WINDOW

_RATE_HZ = 16_000
_BIN_HZ = _RATE_HZ / WINDOW
_LOWEST_HZ, _HIGHEST_HZ = 350.0, 2600.0
_SHARE = 0.85
"""Of the power that lies within a bin of the strongest one: a vowel spreads over its harmonics."""
_LEVEL = 0.01
_WINDOWS = 4
"""Windows (128 ms) of the same tone."""
_HANN = np.hanning(WINDOW).astype(np.float32)


class Beep:
    """Listen for one steady tone."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._bin = -1
        self._steady = 0

    def hear(self, window: Pcm) -> bool:
        """Take the next 512 samples at 16 kHz and return whether a tone has lasted long enough."""
        peak = _tone(window)
        self._steady = self._steady + 1 if peak >= 0 and abs(peak - self._bin) <= 1 else int(peak >= 0)
        self._bin = peak
        return self._steady >= _WINDOWS


def _tone(window: Pcm) -> int:
    """Return the bin of a pure tone; -1 where there is none."""
    if float(np.sqrt(np.mean(np.square(window)))) < _LEVEL:
        return -1
    power = np.square(np.abs(np.fft.rfft(window * _HANN)))
    peak = int(np.argmax(power))
    share = float(power[max(0, peak - 2) : peak + 3].sum() / power.sum())
    return peak if share >= _SHARE and _LOWEST_HZ <= peak * _BIN_HZ <= _HIGHEST_HZ else -1
