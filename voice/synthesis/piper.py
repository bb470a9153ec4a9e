"""English speech with a Piper voice (VITS) on onnxruntime, without espeak-ng."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import ModelMissingError
from core.models import locate
from core.ports import Capabilities, Pcm
from core.resilience import Lane, patient_lane
from core.types import Language
from voice.phonemes import english, espeak, lexicon
from voice.phonemes.guess import guesser
from voice.reading_aloud import aloud
from voice.synthesis.kept import Kept
from voice.synthesis.pieces import pieces
from voice.synthesis.streaming import in_lane, spoken
from voice.synthesis.vits import Vits, open_vits


@dataclass(frozen=True, slots=True, kw_only=True)
class Piper:
    """Speak with one Piper voice; about a tenth of real time on a CPU core."""

    network: Vits
    ids: Mapping[str, list[int]]
    """Phoneme -> numbers of the network's input."""
    scales: tuple[float, float, float]
    """Noise, length and rhythm, as the voice was tuned."""
    rate_hz: int
    guess: english.Guess
    """What becomes of words that no dictionary has."""
    lane: Lane = field(default_factory=patient_lane)
    kept: Kept = field(default_factory=Kept)

    @property
    def capabilities(self) -> Capabilities:
        """Say English and the rate of the voice, mostly 22.05 kHz."""
        return Capabilities(languages=("en",), sample_rate=self.rate_hz)

    async def speak(self, text: str, *, language: Language, speed: float = 1.0) -> AsyncIterator[Pcm]:
        """Yield the speech of `text`; the first third of a second is made before the rest."""

        def say(piece: str) -> Iterator[Pcm]:
            return self._say(piece, speed)

        parts = pieces(aloud(text, "en"), first=12, most=200)
        async for speech in spoken(
            parts, self.kept.saying(in_lane(say, self.lane), language, f"{speed}"), self.rate_hz
        ):
            yield speech

    def _say(self, piece: str, speed: float) -> Iterator[Pcm]:
        sounds = espeak.from_misaki(english.phonemes(piece, self.guess))
        if any(sound.isalpha() for sound in sounds):
            noise, length, rhythm = self.scales
            return self.network.say(self._numbers(sounds), (noise, length / speed, rhythm))
        return iter(())

    def _numbers(self, sounds: str) -> list[int]:
        """Put a pad after every phoneme, as the voice was trained."""
        pad = self.ids["_"]
        numbers = [*self.ids["^"], *pad]
        for sound in sounds:
            if sound in self.ids:
                numbers += [*self.ids[sound], *pad]
        return numbers + self.ids["$"]


def build(model: str, models: Path, *, speaker: int = 0) -> Piper:
    """Load the voice in the folder of `model`: one .onnx file and its .onnx.json.

    `speaker` picks one of a voice with several. Raises `ModelMissingError` where the files are not.
    """
    folder = locate(model or "piper-en_US-joe-medium", models)
    found = sorted(file for file in folder.glob("*.onnx") if file.with_name(f"{file.name}.json").is_file())
    if not found:
        raise ModelMissingError(
            f"{folder} has no voice.onnx with a voice.onnx.json. Fetch it with: zhanggui models pull {model}"
        )
    config: dict[str, Any] = json.loads(found[0].with_name(f"{found[0].name}.json").read_text("utf-8"))
    tuned = config["inference"]
    lexicon.load()
    return Piper(
        network=open_vits(found[0], speaker),
        ids=config["phoneme_id_map"],
        scales=(tuned["noise_scale"], tuned["length_scale"], tuned["noise_w"]),
        rate_hz=config["audio"]["sample_rate"],
        guess=guesser(models),
    )
