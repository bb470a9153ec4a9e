"""The clerk's voice: the right synthesiser for the language, at the rate that the listener wants."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from core.config import Backends, Voice
from core.errors import BackendError, ModelMissingError
from core.ports import Pcm, SpeechSynthesizer
from core.registry import build
from core.types import Language
from voice.reading_aloud.markup import marked
from voice.synthesis.fallback import Fallback

log = logging.getLogger(__name__)

_QUIETEST, _LOUDEST = 0.1, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Speak each language with its own voice."""

    voices: Mapping[Language, SpeechSynthesizer]
    speed: float = 1.0
    """Of all speech; what a caller asks for is multiplied with it."""
    volume: float = 1.0
    """The same for the loudness."""

    def voice(self, language: Language) -> SpeechSynthesizer | None:
        """Return the voice for a language such as "zh" or "zh-CN"; None where there is none."""
        return self.voices.get(language) or self.voices.get(language.partition("-")[0])

    async def speak(
        self, text: str, language: Language, *, rate_hz: int | None = None, speed: float = 1.0, volume: float = 1.0
    ) -> AsyncIterator[Pcm]:
        """Yield the speech of `text` piece by piece, float32 mono at `rate_hz` (None: the voice's own).

        `text` may hold the marks of `voice.reading_aloud.markup`. Nothing is yielded when there is nothing to say.
        `speed` and `volume` are factors for this speech. Raises `BackendError` when no voice speaks the language, and
        `ValueError` for a speed outside 0.5 to 2 or a volume outside 0.1 to 4.
        """
        voice = self._voice(language)
        if not 0.5 <= speed <= 2:
            raise ValueError(f"the speed {speed} is not between 0.5 and 2")
        if not _QUIETEST <= volume <= _LOUDEST:
            raise ValueError(f"the volume {volume} is not between {_QUIETEST} and {_LOUDEST}")
        own_hz = _rate(voice)
        loudness = volume * self.volume
        speech = self._parts(voice, text, language.partition("-")[0], speed * self.speed)
        async with aclosing(speech):
            async for piece in speech if rate_hz in (None, own_hz) else _resampled(speech, own_hz, rate_hz or own_hz):
                yield piece if loudness == 1 else np.clip(loudness * piece, -1.0, 1.0)

    async def _parts(
        self, voice: SpeechSynthesizer, text: str, language: Language, speed: float
    ) -> AsyncGenerator[Pcm, None]:
        for part in marked(text):
            if part.pause_s:
                yield np.zeros(round(part.pause_s * _rate(voice)), dtype=np.float32)
                continue
            spoken = voice.speak(part.text, language=language, speed=min(2.0, max(0.5, speed * part.speed)))
            async for piece in spoken:
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


def build_speaker(backends: Backends, models: Path, manner: Voice | None = None, **secrets: str) -> Speaker:
    """Build the voices that the configuration names; "" leaves a language without one.

    A voice at an endpoint gets the default local one beside it, where its files are. `secrets` are those of
    `core.registry.build`. Loading takes about two seconds. Raises what `core.registry.build` raises.
    """
    specs = {"en": backends.tts_en, "zh": backends.tts_zh}
    built = {spec: build("tts", spec, models, **secrets) for spec in sorted(set(specs.values())) if spec}
    voices = {language: _with_local(built[spec], spec, language, models) for language, spec in specs.items() if spec}
    manner = manner or Voice()
    return Speaker(voices=voices, speed=manner.speed, volume=manner.volume)


def _with_local(voice: SpeechSynthesizer, spec: str, language: Language, models: Path) -> SpeechSynthesizer:
    if not spec.startswith("openai:"):
        return voice
    local = str(Backends.model_fields[f"tts_{language}"].default)
    try:
        return Fallback(first=voice, second=build("tts", local, models))
    except (BackendError, ModelMissingError) as error:
        log.warning("when %s fails, nobody speaks %s: %s", spec.partition("?")[0], language, error)
        return voice


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
