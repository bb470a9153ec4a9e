"""Speech with a VITS of transformers (MMS-TTS and its like) from a local folder, on CPU or CUDA."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import VitsModel, VitsTokenizer

from core.errors import BackendError, ConfigError
from core.models import locate
from core.ports import Capabilities, Pcm
from core.resilience import Lane
from core.types import Language
from voice.reading_aloud import aloud
from voice.synthesis.kept import Kept
from voice.synthesis.pieces import pieces
from voice.synthesis.streaming import in_lane, spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformersVits:
    """Speak with one VITS model; see https://huggingface.co/docs/transformers/model_doc/vits."""

    model: Any
    tokenizer: Any
    device: str
    languages: tuple[str, ...]
    speaker: int | None
    """Which voice, for models with several."""
    lane: Lane = field(default_factory=Lane)
    kept: Kept = field(default_factory=Kept)

    @property
    def capabilities(self) -> Capabilities:
        """Say the device, the languages and the rate of this model, mostly 16 kHz."""
        return Capabilities(device=self.device, languages=self.languages, sample_rate=self._rate_hz)

    @property
    def _rate_hz(self) -> int:
        return int(self.model.config.sampling_rate)

    async def speak(self, text: str, *, language: Language, speed: float = 1.0) -> AsyncIterator[Pcm]:
        """Yield the speech of `text`, a clause first and then sentence by sentence."""

        def say(piece: str) -> Iterator[Pcm]:
            yield self._say(piece, speed)

        first, most = (2, 60) if language == "zh" else (12, 200)
        parts = pieces(aloud(text, language), first=first, most=most)
        async for speech in spoken(
            parts, self.kept.saying(in_lane(say, self.lane), language, f"{speed}"), self._rate_hz
        ):
            yield speech

    def _say(self, piece: str, speed: float) -> Pcm:
        if not any(letter.isalpha() for letter in piece):
            return np.zeros(0, dtype=np.float32)
        asked = self.tokenizer(text=piece, return_tensors="pt").to(self.device)
        if asked["input_ids"].shape[1] < 2:  # none of its letters is in the vocabulary
            return np.zeros(0, dtype=np.float32)
        with torch.inference_mode():
            sound = self.model(**asked, speaker_id=self.speaker, speaking_rate=speed * self.model.speaking_rate)
        return np.asarray(sound.waveform[0].float().cpu().numpy(), dtype=np.float32)


def build(model: str, models: Path, *, device: str = "cpu", languages: str = "*", speaker: int = 0) -> TransformersVits:
    """Load the model in a folder as `save_pretrained` lays it out: config.json, vocab.json, weights.

    `languages` says which it speaks ("en"). Nothing is downloaded. Raises `ModelMissingError` where the files are
    not, `BackendError` where the device is not, and `ConfigError` for a speaker that the model does not have.
    """
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BackendError("tts backend vits: device=cuda, but torch finds no CUDA; use device=cpu")
    folder = str(locate(model, models, "config.json", "vocab.json"))
    try:
        loaded: Any = VitsModel.from_pretrained(folder, local_files_only=True)
        loaded.to(device).eval()
        tokenizer = VitsTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise BackendError(f"{folder} cannot be loaded as a VITS model: {error}") from error
    many = int(loaded.config.num_speakers)
    if speaker and not 0 <= speaker < many:
        raise ConfigError(f"speaker={speaker}: this model has {many} speakers, counted from 0")
    return TransformersVits(
        model=loaded,
        tokenizer=tokenizer,
        device=device,
        languages=tuple(languages.split(",")),
        speaker=speaker if many > 1 else None,
    )
