"""Speech for tests: a tone for every character, the same each time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.ports import Capabilities, Pcm
from core.resilience import Lane
from core.types import Language
from voice.reading_aloud import aloud
from voice.synthesis.pieces import pieces
from voice.synthesis.streaming import in_lane, spoken

_TONE_S = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Tones:
    """Speak each letter as a tone whose pitch tells which letter it is."""

    rate_hz: int = 16_000
    lane: Lane = field(default_factory=Lane)

    @property
    def capabilities(self) -> Capabilities:
        """Say any language."""
        return Capabilities(sample_rate=self.rate_hz)

    async def speak(self, text: str, *, language: Language, speed: float = 1.0) -> AsyncIterator[Pcm]:
        """Yield the tones of `text`, piece by piece."""

        def say(piece: str) -> Iterator[Pcm]:
            yield self._say(piece, speed)

        parts = pieces(aloud(text, language), first=2, most=80)
        async for speech in spoken(parts, in_lane(say, self.lane), self.rate_hz):
            yield speech

    def _say(self, piece: str, speed: float) -> Pcm:
        letters = np.array([ord(letter) for letter in piece if letter.isalpha()])
        moments = np.arange(int(_TONE_S / speed * self.rate_hz)) / self.rate_hz
        pitches = 200.0 + letters % 997
        tones = 0.3 * np.sin(2 * np.pi * pitches[:, np.newaxis] * moments)
        return tones.astype(np.float32).reshape(-1)


def build(model: str, models: Path, *, rate_hz: int = 16_000) -> Tones:
    """Build it; there are no files to load."""
    return Tones(rate_hz=rate_hz)
