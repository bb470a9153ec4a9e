"""A clause that was spoken before costs no second synthesis, and memory has a bound."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np

from core.ports import Pcm
from voice.synthesis.kept import Kept


class Voice:
    def __init__(self, samples: int = 100) -> None:
        self.said: list[str] = []
        self.samples = samples

    async def say(self, piece: str) -> AsyncIterator[Pcm]:
        self.said.append(piece)
        for _ in range(2):
            yield np.ones(self.samples // 2, dtype=np.float32)


async def heard(kept: Kept, voice: Voice, piece: str, *how: str) -> int:
    return sum([bit.size async for bit in kept.saying(voice.say, *how)(piece)])


async def test_the_same_clause_is_made_once_for_each_language_and_speed() -> None:
    kept, voice = Kept(), Voice()
    assert [await heard(kept, voice, "您好，", "zh", "1.0") for _ in range(3)] == [100] * 3
    await heard(kept, voice, "您好，", "zh", "1.5")
    assert voice.said == ["您好，"] * 2


async def test_what_was_not_said_for_longest_goes_first() -> None:
    kept, voice = Kept(bound=500), Voice()
    for piece in ("a", "b", "a", "c"):
        await heard(kept, voice, piece)
    voice.said.clear()
    await heard(kept, voice, "a")
    await heard(kept, voice, "b")
    assert voice.said == ["b"]


async def test_a_speech_that_breaks_off_is_not_kept() -> None:
    kept, voice = Kept(), Voice()
    speech = kept.saying(voice.say)("half")
    await anext(speech)
    await speech.aclose()  # type: ignore[attr-defined]  # an async generator
    await heard(kept, voice, "half")
    assert voice.said == ["half", "half"]
