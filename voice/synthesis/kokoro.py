"""Chinese and English speech with Kokoro on onnxruntime."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from core.errors import ConfigError
from core.models import locate
from core.ports import Capabilities, Pcm
from core.resilience import Lane, patient_lane
from core.types import Language
from voice.phonemes import english, mandarin
from voice.phonemes.guess import guesser
from voice.reading_aloud import aloud
from voice.synthesis.kept import Kept
from voice.synthesis.network import open_network
from voice.synthesis.pieces import pieces
from voice.synthesis.streaming import in_lane, spoken

_RATE_HZ = 24_000
_MOST_PHONEMES = 509
"""The style table has a row for every length up to this; longer input is cut off by the network."""
_NETWORK, _VOCABULARY = "kokoro-v1.0.int8.onnx", "vocab.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kokoro:
    """Speak with one Kokoro voice."""

    network: onnxruntime.InferenceSession
    ids: Mapping[str, int]
    """Phoneme -> number of the network's input."""
    style: NDArray[np.float32]
    """How the voice sounds by number of phonemes, shape (510, 1, 256)."""
    guess: english.Guess
    lane: Lane = field(default_factory=patient_lane)
    kept: Kept = field(default_factory=Kept)

    @property
    def capabilities(self) -> Capabilities:
        """Say Chinese and English at 24 kHz."""
        return Capabilities(languages=("zh", "en"), sample_rate=_RATE_HZ, limit=f"{_MOST_PHONEMES} phonemes a piece")

    async def speak(self, text: str, *, language: Language, speed: float = 1.0) -> AsyncIterator[Pcm]:
        """Yield the speech of `text`, a clause first and then sentence by sentence."""

        def say(piece: str) -> Iterator[Pcm]:
            return self._sound(self._numbers(piece, language), speed)

        first, start, most = (2, 12, 60) if language == "zh" else (12, 36, 200)
        parts = pieces(aloud(text, language), first=first, start=start, most=most)
        async for speech in spoken(parts, self.kept.saying(in_lane(say, self.lane), language, f"{speed}"), _RATE_HZ):
            yield speech

    def _numbers(self, piece: str, language: Language) -> list[int]:
        return [self.ids[sound] for sound in self._sounds(piece, language) if sound in self.ids][:_MOST_PHONEMES]

    def _sound(self, numbers: list[int], speed: float) -> Iterator[Pcm]:
        if not numbers:
            return
        audio = self.network.run(
            None,
            {
                "tokens": np.array([[0, *numbers, 0]], dtype=np.int64),
                "style": self.style[len(numbers)],
                "speed": np.array([speed], dtype=np.float32),
            },
        )[0]
        yield np.asarray(audio, dtype=np.float32).reshape(-1)

    def _sounds(self, piece: str, language: Language) -> str:
        def say_english(words: str) -> str:
            return english.phonemes(words, self.guess)

        sounds = mandarin.phonemes(piece, say_english) if language == "zh" else say_english(piece)
        return sounds if any(sound.isalpha() for sound in sounds) else ""


def build(model: str, models: Path, *, voice: str = "jf_nezumi") -> Kokoro:
    """Load the network, the vocabulary and one `voice` from the folder of `model`.

    A voice lies in any of its voices*.npz or voices*.bin files; each speaks both languages. "jf_alpha+jm_kumo" is the
    mean of two.

    Raises `ModelMissingError` where they are not and `ConfigError` for a voice that is not among them.
    """
    folder = locate(model or "kokoro-82m-int8", models, _NETWORK, _VOCABULARY)
    style = _style(folder, voice)
    mandarin.load()
    vocabulary = json.loads((folder / _VOCABULARY).read_text("utf-8"))
    return Kokoro(
        network=open_network(folder / _NETWORK),
        ids=vocabulary.get("vocab", vocabulary),
        style=style,
        guess=guesser(models),
    )


def _style(folder: Path, voice: str) -> NDArray[np.float32]:
    """Return how a voice sounds, the mean of several joined by "+"."""
    styles: dict[str, NDArray[np.float32]] = {}
    for file in sorted(folder.glob("voices*")):
        with np.load(file) as stored:
            styles |= {name: stored[name].astype(np.float32) for name in stored}
    wanted = voice.replace(" ", "+").split("+")  # a plus in a spec string arrives as a space
    unknown = [name for name in wanted if name not in styles]
    if unknown:
        raise ConfigError(f"kokoro has no voice {', '.join(unknown)!r} (voices: {', '.join(sorted(styles))})")
    return np.asarray(np.mean([styles[name] for name in wanted], axis=0), dtype=np.float32)
