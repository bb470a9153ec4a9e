"""Levels, echo and noise of a telephone line, exact to the sample. Sound is float32 at 16 kHz."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from core.ports import Pcm

RATE_HZ = 16_000
SPEECH_RMS = 0.1
"""How loud callers speak: 20 dB below full scale, pauses not counted."""
_LOUD = 0.1
"""Share of the loudest 20 ms from which others count as speech."""
_BLOCK = 320


def rms(pcm: Pcm) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(np.square(pcm, dtype=np.float64)))) if pcm.size else 0.0


def voiced_span(pcm: Pcm) -> tuple[int, int]:
    """Return where speech begins and ends in samples, to 20 ms; (0, 0) where there is none."""
    loud = np.flatnonzero(_is_loud(pcm))
    return (int(loud[0]) * _BLOCK, min(pcm.size, int(loud[-1] + 1) * _BLOCK)) if loud.size else (0, 0)


def _is_loud(pcm: Pcm) -> NDArray[np.bool_]:
    blocks = np.pad(pcm, (0, -pcm.size % _BLOCK)).reshape(-1, _BLOCK)
    power = np.sqrt(np.mean(np.square(blocks), axis=1)) if blocks.size else np.zeros(0)
    return power > max(1e-4, _LOUD * float(power.max(initial=0.0)))


def at_level(pcm: Pcm, level: float = SPEECH_RMS) -> Pcm:
    """Return speech whose spoken parts have the root mean square `level`, clipped where it is too loud."""
    is_loud = np.repeat(_is_loud(pcm), _BLOCK)[: pcm.size]
    loud = rms(pcm[is_loud])
    return np.clip(pcm * (level / loud), -1, 1).astype(np.float32) if loud else pcm


def noise_at(noise: Pcm, snr_db: float) -> Pcm:
    """Return noise that lies `snr_db` below the caller's speech."""
    level = SPEECH_RMS * 10 ** (-snr_db / 20)
    found = rms(noise)
    return (noise * (level / found)).astype(np.float32) if found else noise


def babble(voices: Iterable[Pcm]) -> Pcm:
    """Return the murmur of many people: all `voices` at once, each going round from another beginning."""
    spoken = [at_level(voice) for voice in voices if voice.size]
    length = max((voice.size for voice in spoken), default=0)
    total = np.zeros(length, dtype=np.float32)
    for number, voice in enumerate(spoken):
        total += np.roll(np.resize(voice, length), number * length // len(spoken))
    return total


def room(reverberation_s: float = 0.25, *, seed: int = 0) -> Pcm:
    """Return the response of a room in which sound falls by 60 dB in `reverberation_s`, with an energy of 1."""
    moments = np.arange(int(reverberation_s * RATE_HZ)) / RATE_HZ
    fading = np.exp(-6.9 * moments / reverberation_s) * np.random.default_rng(seed).standard_normal(moments.size)
    return of_energy_one(fading.astype(np.float32))


def of_energy_one(response: Pcm) -> Pcm:
    """Return a response after which white sound is as loud as before."""
    energy = float(np.sum(np.square(response, dtype=np.float64)))
    return np.asarray(response / np.sqrt(energy), dtype=np.float32)


class Echo:
    """What comes back of the clerk's voice: through a room, `delay_ms` later, `level_db` beside what went out."""

    def __init__(self, *, level_db: float, delay_ms: float = 0.0, response: Pcm | None = None) -> None:
        """Begin in silence; without a `response` the echo is a plain copy."""
        plain = of_energy_one(response) if response is not None else np.ones(1, dtype=np.float32)
        late = np.zeros(round(delay_ms * RATE_HZ / 1000), dtype=np.float32)
        self._response = np.concatenate([late, plain]) * np.float32(10 ** (level_db / 20))
        self._size = 1 << (self._response.size + _BLOCK - 1).bit_length()
        self._spectrum = np.fft.rfft(self._response, self._size)
        self._tail = np.zeros(self._size, dtype=np.float32)

    def __call__(self, frame: Pcm) -> Pcm:
        """Return the echo that is heard while `frame` is played (overlap-add)."""
        self._tail += np.fft.irfft(np.fft.rfft(frame, self._size) * self._spectrum, self._size).astype(np.float32)
        echo = self._tail[: frame.size].copy()
        self._tail = np.concatenate([self._tail[frame.size :], np.zeros(frame.size, dtype=np.float32)])
        return echo
