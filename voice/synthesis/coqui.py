"""Speech with any Coqui TTS model from a local folder, on CPU or CUDA."""

from __future__ import annotations

import json
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ConfigError, ModelMissingError
from core.models import locate
from core.ports import Capabilities, Pcm
from core.resilience import Lane
from core.types import Language
from voice.reading_aloud import aloud
from voice.synthesis.pieces import pieces
from voice.synthesis.streaming import spoken

with warnings.catch_warnings():
    # pysbd 0.3.4, which Coqui brings (its last release), has invalid escapes in its patterns.
    warnings.filterwarnings("ignore", message=".*invalid escape sequence.*")
    from TTS.api import TTS

_CONFIG = "config.json"
_FOLDER_MODELS = ("xtts", "bark", "tortoise")
"""Families whose weights are several files, loaded by their folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coqui:
    """Speak with one Coqui model: VITS, XTTS, Tacotron and what else the library reads."""

    model: TTS
    device: str
    languages: tuple[str, ...]
    speaker: str | None
    """One of the model's speakers; None where it has one voice or clones `reference`."""
    reference: str | None
    """A recording whose voice is to be imitated, for models that clone."""
    rate_hz: int
    lane: Lane = field(default_factory=Lane)

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the languages and the rate of this model."""
        return Capabilities(device=self.device, languages=self.languages, sample_rate=self.rate_hz)

    async def speak(self, text: str, *, language: Language, speed: float = 1.0) -> AsyncIterator[Pcm]:
        """Yield the speech of `text`, sentence by sentence."""

        def say(piece: str) -> Iterator[Pcm]:
            yield self._say(piece, language, speed)

        first, most = (4, 60) if language == "zh" else (12, 200)
        parts = pieces(aloud(text, language), first=first, most=most)
        async for speech in spoken(parts, say, self.lane, self.rate_hz):
            yield speech

    def _say(self, piece: str, language: Language, speed: float) -> Pcm:
        if not any(letter.isalpha() for letter in piece):
            return np.zeros(0, dtype=np.float32)
        network = self.model.synthesizer.tts_model
        extra: dict[str, Any] = {}
        if hasattr(network, "length_scale"):
            network.length_scale = 1 / speed  # only one synthesis at a time comes here
        elif speed != 1.0:
            extra["speed"] = speed
        if self.model.is_multi_lingual:
            known = self.model.languages or []
            extra["language"] = next((name for name in known if name.partition("-")[0] == language), language)
        if self.reference:
            extra["speaker_wav"] = self.reference
        audio = self.model.tts(text=piece, speaker=self.speaker, split_sentences=False, **extra)
        return np.asarray(audio, dtype=np.float32).reshape(-1)


def build(
    model: str, models: Path, *, device: str = "cpu", languages: str = "*", speaker: str = "", reference: str = ""
) -> Coqui:
    """Load the model in a folder that holds config.json and a .pth checkpoint.

    `languages` says which it speaks ("en" or "zh,en") where it speaks not any; `speaker` picks one of
    several voices; `reference` names a recording to clone. Raises `ModelMissingError` where the files
    are not, and `ConfigError` when the model has no such speaker.
    """
    folder = locate(model, models, _CONFIG)
    checkpoint = _checkpoint(folder)
    loaded = TTS(model_path=str(checkpoint), config_path=str(folder / _CONFIG), progress_bar=False).to(device)
    return Coqui(
        model=loaded,
        device=device,
        languages=tuple(languages.split(",")),
        speaker=_speaker(loaded, speaker, reference),
        reference=reference or None,
        rate_hz=int(loaded.synthesizer.output_sample_rate),
    )


def _checkpoint(folder: Path) -> Path:
    if json.loads((folder / _CONFIG).read_text("utf-8")).get("model") in _FOLDER_MODELS:
        return folder
    found = sorted(folder.glob("*.pth"), key=lambda file: file.stat().st_size)
    if not found:
        raise ModelMissingError(f"{folder} has a {_CONFIG} but no .pth checkpoint beside it")
    return found[-1]  # the largest: speakers.pth and the like are small


def _speaker(loaded: TTS, speaker: str, reference: str) -> str | None:
    known = loaded.speakers
    if not known:
        if speaker:
            raise ConfigError(f"this coqui model has one voice, and speaker={speaker!r} is not to be chosen")
        return None
    if speaker and speaker not in known:
        raise ConfigError(f"this coqui model has no speaker {speaker!r} (speakers: {', '.join(known[:20])})")
    return speaker or (None if reference else str(known[0]))
