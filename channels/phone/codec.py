"""The line's world of audio: G.711 in 8 bits, linear 16 bits, and other sampling rates.

Inside the house sound is float32 at 16 kHz. PCM of 16 bits is little-endian wherever bytes are meant.
"""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray

from core.ports import Pcm

RATE_HZ = 16_000
"""Sampling rate of all sound inside the house."""
FRAME = 320
"""Samples of one frame: 20 ms at 16 kHz."""

Int16 = NDArray[np.int16]
_FULL_SCALE = 32_768.0


def _ulaw_to_linear() -> Int16:
    code = ~np.arange(256, dtype=np.uint8)
    exponent, mantissa = (code >> 4) & 7, (code & 15).astype(np.int32)
    magnitude = (((mantissa * 2 + 33) << exponent) - 33) * 4
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _linear_to_ulaw() -> NDArray[np.uint8]:
    sample = np.arange(-32_768, 32_768, dtype=np.int32) >> 2
    magnitude = np.minimum(np.abs(sample), 8158) + 33
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 5
    code: NDArray[np.int32] = (exponent << 4) | ((magnitude >> (exponent + 1)) & 15)
    return (~(code | np.where(sample < 0, 0x80, 0)) & 0xFF).astype(np.uint8)


def _alaw_to_linear() -> Int16:
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, (code & 15).astype(np.int32)
    magnitude = np.where(exponent, (mantissa * 2 + 33) << np.maximum(exponent, 1) - 1, mantissa * 2 + 1) * 8
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _linear_to_alaw() -> NDArray[np.uint8]:
    sample = np.arange(-32_768, 32_768, dtype=np.int32) >> 3
    magnitude = np.where(sample < 0, -sample - 1, sample)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    code = (exponent << 4) | ((magnitude >> np.maximum(exponent, 1)) & 15)
    return ((code | np.where(sample < 0, 0, 0x80)) ^ 0x55).astype(np.uint8)


_FROM_ULAW, _TO_ULAW = _ulaw_to_linear(), _linear_to_ulaw()
_FROM_ALAW, _TO_ALAW = _alaw_to_linear(), _linear_to_alaw()


def decode_ulaw(data: bytes) -> Int16:
    """Return the samples of µ-law bytes (ITU-T G.711)."""
    return _FROM_ULAW[np.frombuffer(data, dtype=np.uint8)]


def encode_ulaw(samples: Int16) -> bytes:
    """Return µ-law bytes of 16-bit samples (ITU-T G.711)."""
    return _TO_ULAW[samples.astype(np.int32) + 32_768].tobytes()


def decode_alaw(data: bytes) -> Int16:
    """Return the samples of A-law bytes (ITU-T G.711)."""
    return _FROM_ALAW[np.frombuffer(data, dtype=np.uint8)]


def encode_alaw(samples: Int16) -> bytes:
    """Return A-law bytes of 16-bit samples (ITU-T G.711)."""
    return _TO_ALAW[samples.astype(np.int32) + 32_768].tobytes()


def to_float(samples: Int16) -> Pcm:
    """Return 16-bit samples as float32 within -1..1."""
    return (samples / _FULL_SCALE).astype(np.float32)


def to_int16(pcm: Pcm) -> Int16:
    """Return float samples as 16 bits; what is too loud is clipped, never wrapped."""
    scaled: Pcm = np.clip(np.rint(pcm * _FULL_SCALE), -32_768, 32_767)
    return scaled.astype(np.int16)


class Resampler:
    """Change the sampling rate of a stream, piece by piece, keeping the filter's state between pieces.

    libswresample holds back 2 ms; `soxr.ResampleStream` gives the same sound in bursts of 100 ms, which
    a caller would hear as delay. What is held back is made up with silence before the first samples, so
    that every 20 ms in are 20 ms out and a frame is never short.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        """Begin a stream between two rates in hertz."""
        self._from_hz = from_hz
        self._to_hz = to_hz
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=to_hz)
        self._begun = False

    def __call__(self, pcm: Pcm) -> Pcm:
        """Return the next piece at the new rate."""
        if self._from_hz == self._to_hz or not pcm.size:
            return pcm
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm[None, :]), format="flt", layout="mono")
        frame.sample_rate = self._from_hz
        pieces = [piece.to_ndarray()[0] for piece in self._resampler.resample(frame)]
        if not self._begun:
            self._begun = True
            held_back = pcm.size * self._to_hz // self._from_hz - sum(piece.size for piece in pieces)
            pieces.insert(0, np.zeros(max(0, held_back), dtype=np.float32))
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)


class Framer:
    """Cut a stream into pieces of one size; the rest waits for the next."""

    def __init__(self, size: int = FRAME) -> None:
        """Begin a stream cut into pieces of `size` samples."""
        self._size = size
        self._rest: Pcm = np.zeros(0, dtype=np.float32)

    def __call__(self, pcm: Pcm) -> list[Pcm]:
        """Return the pieces that are now whole."""
        self._rest = np.concatenate([self._rest, pcm]) if self._rest.size else pcm
        whole = self._rest.size // self._size
        pieces = [self._rest[index * self._size : (index + 1) * self._size] for index in range(whole)]
        self._rest = self._rest[whole * self._size :]
        return pieces
