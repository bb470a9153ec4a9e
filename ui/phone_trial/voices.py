"""What callers sound like: synthesised with voices that are not the clerk's, or recorded."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from core import registry
from core.errors import ConfigError
from core.ports import Pcm, SpeechSynthesizer
from ui.phone_trial.cases import Act, CallCase
from ui.phone_trial.sound import RATE_HZ, babble
from voice.speaker import Speaker

CALLER = "kokoro:kokoro-82m-int8?voice=jm_kumo"
"""A man's voice for both languages; the clerk's are a woman's (zh) and another network's (en)."""
_CROWD = (
    "and then she said that nobody would come before the weekend, can you believe it",
    "two coffees and a piece of cake please, and could we have the bill as well",
    "昨天晚上我们一起去看了那部电影，真的特别好看",
    "你说的那个地方我去过，就在地铁站旁边，走路五分钟就到了",
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(slots=True, kw_only=True)
class Voices:
    """Synthesise what callers say, each sentence once."""

    models: Path
    _built: dict[str, SpeechSynthesizer] = field(default_factory=dict)
    _said: dict[tuple[str, str, float], Pcm] = field(default_factory=dict)

    async def sounds(self, case: CallCase) -> dict[Act, Pcm]:
        """Return the sound of every act of a case that has one."""
        return {act: await self.sound(act, case.voice or CALLER) for act in case.acts if act.say or act.audio}

    async def sound(self, act: Act, voice: str = CALLER) -> Pcm:
        """Return the sound of an act."""
        if act.audio:
            return await asyncio.to_thread(read_sound, act.audio)
        return _joined([part if isinstance(part, float) else await self.speak(part, voice) for part in act.say])

    async def speak(self, text: str, voice: str = CALLER, *, speed: float = 1.0) -> Pcm:
        """Return the speech of `text` at 16 kHz; Chinese signs make it Chinese, with English in it read as such."""
        key = voice, text, speed
        if key not in self._said:
            if voice not in self._built:
                built: Any = await asyncio.to_thread(registry.build, "tts", voice, self.models)
                self._built[voice] = built
            one = Speaker(voices={"zh": self._built[voice], "en": self._built[voice]})
            spoken = one.speak(text, "zh" if _HAN.search(text) else "en", rate_hz=RATE_HZ, speed=speed)
            pieces = [piece async for piece in spoken]
            self._said[key] = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
        return self._said[key]

    async def noise(self, name: str) -> Pcm | None:
        """Return noise to go round: many people who talk, or a file; None for ""."""
        if not name:
            return None
        if name != "babble":
            return await asyncio.to_thread(read_sound, Path(name))
        speeds = (0.9, 1.0, 1.12)
        return babble([await self.speak(text, speed=speed) for speed in speeds for text in _CROWD])


def _joined(pieces: list[Pcm | float]) -> Pcm:
    """Return one sound of pieces and of seconds of silence between them."""
    return np.concatenate(
        [np.zeros(int(piece * RATE_HZ), dtype=np.float32) if isinstance(piece, float) else piece for piece in pieces]
    )


def read_sound(file: Path) -> Pcm:
    """Return a recording as float32 mono at 16 kHz; raises `ConfigError` where it cannot be read."""
    try:
        sound, rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise ConfigError(f"{file} cannot be read as sound: {error}") from error
    resampled: Pcm = soxr.resample(sound.mean(axis=1), rate_hz, RATE_HZ)
    return resampled
