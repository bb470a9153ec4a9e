"""The network of a Coqui model: a VITS speaks several pieces at once, every other one after the other."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch

from core.ports import Pcm
from core.types import Language

with warnings.catch_warnings():
    # pysbd 0.3.4, which Coqui brings (its last release), has invalid escapes in its patterns.
    warnings.filterwarnings("ignore", message=".*invalid escape sequence.*")
    from TTS.api import TTS as TTS  # coqui.py takes it from here
    from TTS.tts.models.vits import Vits

Piece: TypeAlias = tuple[str, Language, float]
"""Text, its language, the speed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One Coqui model with the voice that it speaks in."""

    model: TTS
    speaker: str | None
    """One of the model's speakers; None where it has one voice or clones `reference`."""
    reference: str | None
    """A recording whose voice is to be imitated, for models that clone."""

    @property
    def speaks_together(self) -> bool:
        """Return whether several pieces can be computed at once: by a VITS of one language that clones nobody."""
        network = self.model.synthesizer.tts_model
        clones = self.reference or self.model.is_multi_lingual
        return isinstance(network, Vits) and not clones and not network.args.use_d_vector_file

    def say(self, pieces: list[Piece]) -> Sequence[Pcm]:
        """Return the sound of each piece, float32 of shape (samples,); empty where there is nothing to say."""
        sounds = [np.zeros(0, dtype=np.float32) for _ in pieces]
        at = [number for number, (text, _, _) in enumerate(pieces) if any(letter.isalpha() for letter in text)]
        spoken = [pieces[number] for number in at]
        together = len(spoken) > 1 and self.speaks_together
        for number, sound in zip(at, self._together(spoken) if together else map(self._alone, spoken), strict=True):
            sounds[number] = sound
        return sounds

    def _together(self, pieces: list[Piece]) -> Sequence[Pcm]:
        """Speak pieces of any length and speed in one batch; the paper's masks keep them apart (arXiv:2106.06103)."""
        network = self.model.synthesizer.tts_model
        rows = [torch.tensor(network.tokenizer.text_to_ids(text, language=language)) for text, language, _ in pieces]
        lengths = torch.tensor([len(row) for row in rows], device=network.device)
        speaker = None if self.speaker is None else network.speaker_manager.name_to_id[self.speaker]
        speakers = None if speaker is None else torch.full((len(rows),), speaker, device=network.device)
        network.length_scale = torch.tensor([[[1 / speed]] for _, _, speed in pieces], device=network.device)
        with torch.inference_mode():
            made = network.inference(
                torch.nn.utils.rnn.pad_sequence(rows, batch_first=True).to(network.device),
                {"x_lengths": lengths, "speaker_ids": speakers, "d_vectors": None, "language_ids": None},
            )
        sound = made["model_outputs"].float().cpu().numpy()
        hop = sound.shape[-1] // made["y_mask"].shape[-1]
        frames = made["y_mask"].sum(dim=(1, 2)).int().tolist()
        return [row[0, : count * hop] for row, count in zip(sound, frames, strict=True)]

    def _alone(self, piece: Piece) -> Pcm:
        text, language, speed = piece
        network = self.model.synthesizer.tts_model
        extra: dict[str, Any] = {}
        if hasattr(network, "length_scale"):
            network.length_scale = 1 / speed  # only one batch at a time comes here
        elif speed != 1.0:
            extra["speed"] = speed
        if self.model.is_multi_lingual:
            known = self.model.languages or []
            extra["language"] = next((name for name in known if name.partition("-")[0] == language), language)
        if self.reference:
            extra["speaker_wav"] = self.reference
        audio = self.model.tts(text=text, speaker=self.speaker, split_sentences=False, **extra)
        return np.asarray(audio, dtype=np.float32).reshape(-1)
