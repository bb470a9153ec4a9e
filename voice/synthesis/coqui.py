"""Speech with any Coqui TTS model from a local folder, on CPU or CUDA."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import torch

from core.batching import ModelQueue
from core.errors import BackendError, ConfigError, ModelMissingError
from core.models import locate
from core.ports import Capabilities, Pcm
from core.types import Language
from voice.reading_aloud import aloud
from voice.synthesis.coqui_network import TTS, Network, Piece
from voice.synthesis.pieces import pieces
from voice.synthesis.streaming import spoken

_CONFIG = "config.json"
_FOLDER_MODELS = ("xtts", "bark", "tortoise")
"""Families whose weights are several files, loaded by their folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coqui:
    """Speak with one Coqui model: VITS (pieces of several speeches in one batch), XTTS, Tacotron and others."""

    device: str
    languages: tuple[str, ...]
    rate_hz: int
    queue: ModelQueue[Piece, Pcm]

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the languages and the rate of this model."""
        return Capabilities(device=self.device, languages=self.languages, sample_rate=self.rate_hz)

    async def speak(self, text: str, *, language: Language, speed: float = 1.0) -> AsyncIterator[Pcm]:
        """Yield the speech of `text`, sentence by sentence."""

        async def say(piece: str) -> AsyncIterator[Pcm]:
            yield await self.queue.do((piece, language, speed))

        first, most = (4, 60) if language == "zh" else (12, 200)
        parts = pieces(aloud(text, language), first=first, most=most)
        async for speech in spoken(parts, say, self.rate_hz):
            yield speech


def build(
    model: str,
    models: Path,
    *,
    device: str = "cpu",
    languages: str = "*",
    speaker: str = "",
    reference: str = "",
    batch: int = 8,
    wait_ms: float = 0.0,
) -> Coqui:
    """Load the model in a folder that holds config.json and a .pth checkpoint.

    `languages` says which it speaks ("en" or "zh,en") where it speaks not any; `speaker` picks one of
    several voices; `reference` names a recording to clone. Raises `ModelMissingError` where the files
    are not, `BackendError` where the device is not, and `ConfigError` when the model has no such speaker.
    """
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BackendError("tts backend coqui: device=cuda, but torch finds no CUDA; use device=cpu")
    folder = locate(model, models, _CONFIG)
    checkpoint = _checkpoint(folder)
    loaded = TTS(model_path=str(checkpoint), config_path=str(folder / _CONFIG), progress_bar=False).to(device)
    network = Network(model=loaded, speaker=_speaker(loaded, speaker, reference), reference=reference or None)
    return Coqui(
        device=device,
        languages=tuple(languages.split(",")),
        rate_hz=int(loaded.synthesizer.output_sample_rate),
        queue=ModelQueue(
            name="coqui",
            run=network.say,
            most=batch if network.speaks_together else 1,
            wait_ms=wait_ms,
            relief=torch.cuda.empty_cache,
        ),
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
