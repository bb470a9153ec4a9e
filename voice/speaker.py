"""The clerk's voice: the right synthesiser for the language, at the rate that the listener wants."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from core.config import Backends
from core.errors import BackendError
from core.ports import Pcm, SpeechSynthesizer
from core.registry import build
from core.types import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Speak each language with its own voice."""

    voices: Mapping[Language, SpeechSynthesizer]

    def voice(self, language: Language) -> SpeechSynthesizer | None:
        """Return the voice for a language such as "zh" or "zh-CN"; None where there is none."""
        return self.voices.get(language) or self.voices.get(language.partition("-")[0])

    async def speak(
        self, text: str, language: Language, *, rate_hz: int | None = None, speed: float = 1.0
    ) -> AsyncIterator[Pcm]:
        """Yield the speech of `text` piece by piece, float32 mono at `rate_hz` (None: the voice's own).

        Nothing is yielded when there is nothing to say. Raises `BackendError` when no voice speaks
        the language, and `ValueError` for a speed outside 0.5 to 2.
        """
        voice = self._voice(language)
        if not 0.5 <= speed <= 2:
            raise ValueError(f"the speed {speed} is not between 0.5 and 2")
        own_hz = _rate(voice)
        speech = voice.speak(text, language=language.partition("-")[0], speed=speed)
        async for piece in speech if rate_hz in (None, own_hz) else _resampled(speech, own_hz, rate_hz or own_hz):
            yield piece

    async def to_wav(self, text: str, language: Language, *, rate_hz: int | None = None, speed: float = 1.0) -> bytes:
        """Return the whole speech as a 16-bit mono WAV file; empty bytes when there is nothing to say."""
        rate = rate_hz or _rate(self._voice(language))
        pieces = [piece async for piece in self.speak(text, language, rate_hz=rate, speed=speed)]
        if not pieces:
            return b""
        file = io.BytesIO()
        soundfile.write(file, np.concatenate(pieces), rate, format="WAV", subtype="PCM_16")
        return file.getvalue()

    def _voice(self, language: Language) -> SpeechSynthesizer:
        found = self.voice(language)
        if found is None:
            known = ", ".join(sorted(self.voices)) or "none"
            raise BackendError(
                f"no voice speaks {language!r} (voices: {known}); set backends.tts_en or backends.tts_zh"
            )
        return found


def build_speaker(backends: Backends, models: Path) -> Speaker:
    """Build the voices that the configuration names; "" leaves a language without one.

    Loading takes about two seconds. Raises what `core.registry.build` raises.
    """
    specs = {"en": backends.tts_en, "zh": backends.tts_zh}
    built = {spec: build("tts", spec, models) for spec in sorted(set(specs.values())) if spec}
    return Speaker(voices={language: built[spec] for language, spec in specs.items() if spec})


def _rate(voice: SpeechSynthesizer) -> int:
    rate = voice.capabilities.sample_rate
    if rate is None:
        raise BackendError(f"{type(voice).__name__} does not say the sampling rate of its speech")
    return rate


async def _resampled(speech: AsyncIterator[Pcm], from_hz: int, to_hz: int) -> AsyncIterator[Pcm]:
    """Resample a stream; one filter runs through it, so that pieces join without a click."""
    stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32")
    async for piece in speech:
        changed = stream.resample_chunk(piece)
        if changed.size:
            yield np.clip(changed, -1.0, 1.0)
    rest = stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
    if rest.size:
        yield np.clip(rest, -1.0, 1.0)
