"""The tone after which a mailbox records."""

from __future__ import annotations

import numpy as np

from core.ports import Pcm
from voice.call.endpointing import WINDOW

_RATE_HZ = 16_000
_BIN_HZ = _RATE_HZ / WINDOW
_LOWEST_HZ, _HIGHEST_HZ = 350.0, 2600.0
_SHARE = 0.95
"""Of the power that lies around the strongest frequency: a vowel spreads over its harmonics."""
_DRIFT_HZ = 6.0
"""While it lasts: a voice never holds a pitch so still."""
_LEVEL = 0.01
_WINDOWS = 5
"""Windows (160 ms) of the same tone."""
_HANN = np.hanning(WINDOW).astype(np.float32)


class Beep:
    """Listen for one steady tone."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._hz = 0.0
        self._steady = 0

    def hear(self, window: Pcm) -> bool:
        """Take the next 512 samples at 16 kHz and return whether a tone has lasted long enough."""
        hz = _tone(window)
        if hz and abs(hz - self._hz) <= _DRIFT_HZ:
            self._steady += 1
        else:
            self._hz, self._steady = hz, int(hz > 0)
        return self._steady >= _WINDOWS


def _tone(window: Pcm) -> float:
    """Return the frequency of a pure tone in hertz, finer than a bin; 0 where there is none."""
    if float(np.sqrt(np.mean(np.square(window)))) < _LEVEL:
        return 0.0
    power = np.square(np.abs(np.fft.rfft(window * _HANN))) + 1e-12
    peak = int(np.argmax(power[1:-1])) + 1
    low, middle, high = np.log(power[peak - 1 : peak + 2])
    hz = float(peak + 0.5 * (low - high) / (low - 2 * middle + high)) * _BIN_HZ
    share = float(power[max(0, peak - 2) : peak + 3].sum() / power.sum())
    return hz if share >= _SHARE and _LOWEST_HZ <= hz <= _HIGHEST_HZ else 0.0
