"""A voice that may fail, with another one beside it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import numpy as np
import soxr
from circuitbreaker import CircuitBreaker

from core.errors import BackendError
from core.ports import Capabilities, Pcm, SpeechSynthesizer
from core.types import Language
from voice.synthesis.pieces import pieces

log = logging.getLogger(__name__)

_FAILURES = 2
"""In a row, after which the first voice is left alone: a caller waits for each of them."""
_REST_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Speak with `first`; a sentence that it does not bring is spoken by `second`."""

    first: SpeechSynthesizer
    second: SpeechSynthesizer
    breaker: CircuitBreaker = field(
        default_factory=lambda: CircuitBreaker(_FAILURES, _REST_S, expected_exception=BackendError)
    )

    @property
    def capabilities(self) -> Capabilities:
        """Say what the first voice says of itself; the second one is resampled to its rate."""
        return self.first.capabilities

    async def speak(self, text: str, *, language: Language, speed: float = 1.0) -> AsyncIterator[Pcm]:
        """Yield the speech of `text`; a sentence that breaks off is said again, by the other voice."""
        first, most = (8, 120) if language == "zh" else (24, 400)
        for piece in pieces(text, first=first, most=most):
            if not self.breaker.opened:
                try:
                    with self.breaker:
                        async for bit in self.first.speak(piece, language=language, speed=speed):
                            yield bit
                    continue
                except BackendError as error:
                    log.warning("the other voice speaks on: %s", error)
            async for bit in self._second(piece, language, speed):
                yield bit

    async def _second(self, piece: str, language: Language, speed: float) -> AsyncIterator[Pcm]:
        own, wanted = self.second.capabilities.sample_rate, self.capabilities.sample_rate
        async for bit in self.second.speak(piece, language=language, speed=speed):
            yield bit if own == wanted else np.clip(soxr.resample(bit, own, wanted), -1, 1).astype(np.float32)

    async def aclose(self) -> None:
        """Close the connections of the first voice, where it has any."""
        close = getattr(self.first, "aclose", None)
        if close is not None:
            await close()
