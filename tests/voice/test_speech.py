"""What is said again after a pause, and what of it was heard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np

from core.ports import Pcm
from voice.call.speech import FRAME, Speech


async def sound(*levels: float) -> AsyncIterator[Pcm]:
    for level in levels:
        yield np.full(FRAME, level, dtype=np.float32)


async def test_a_voice_goes_on_from_its_last_breath() -> None:
    voiced = [0.5] * 200
    voiced[120] = 0.001
    speech = Speech([("one, two", sound(*voiced))])
    await speech.make()
    speech.go_back(150)
    assert speech.at == 120
    speech.go_back(60)
    assert speech.at == 0, "the clause had just begun"
    speech.go_back(0)
    assert speech.at == 0


async def test_what_was_heard_long_ago_is_not_said_again() -> None:
    speech = Speech([("one and two and three", sound(*[0.5] * 300))])
    await speech.make()
    speech.go_back(290)
    assert 215 <= speech.at <= 290
