"""Models are warm before the clerk calls itself ready."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import BackendError
from core.registry import build
from core.types import Chunk, Transcript
from ui.warming import WarmUp, steps


class Ears:
    """Remembers whether it heard a voice."""

    heard_s = 0.0

    async def transcribe(self, speech: Any, **_: Any) -> Transcript:
        self.heard_s = float((abs(speech) > 0.01).sum() / 16_000)
        return Transcript(text="", language="en", confidence=0.0)


class Model:
    """Counts its prompts."""

    def __init__(self, device: str) -> None:
        self.prompts = 0
        self.device = device

    @property
    def capabilities(self) -> Any:
        from core.ports import Capabilities

        return Capabilities(device=self.device)

    async def generate(self, _messages: Any, **_: Any) -> AsyncIterator[Chunk]:
        self.prompts += 1
        yield Chunk(text="hi")


async def test_a_step_is_false_until_it_is_behind_us() -> None:
    seen: list[dict[str, bool]] = []

    async def look() -> None:
        seen.append(dict(await warm_up.ready()))

    warm_up = WarmUp(steps={"asr": look, "photos": look}, strict=False)
    await warm_up.run()
    assert seen == [{"asr": False, "photos": False}, {"asr": True, "photos": False}]
    assert await warm_up.ready() == {"asr": True, "photos": True}


async def test_a_model_that_fails_is_told_and_ends_the_start_only_where_it_must(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        raise ValueError("no such layer")

    lenient = WarmUp(steps={"photos": fail}, strict=False)
    await lenient.run()
    assert await lenient.ready() == {"photos": True}  # the clerk works without
    assert "photos could not be warmed up" in caplog.text
    with pytest.raises(BackendError, match="photos could not be warmed up: no such layer"):
        await WarmUp(steps={"photos": fail}, strict=True).run()


async def test_the_ears_hear_our_own_voice_and_every_kind_of_model_takes_its_input(tmp_path: Path) -> None:
    kinds = {"sentences": "sentences", "tts_zh": "tts", "vad": "vad", "photos": "photos"}
    models = {key: build(kind, "fake", tmp_path) for key, kind in kinds.items()}
    ears, model, endpoint = Ears(), Model("cpu"), Model("http://127.0.0.1:8000/v1")
    warm_up = WarmUp(steps=steps({**models, "asr": ears, "model 1": model, "model 2": endpoint}), strict=True)
    await warm_up.run()
    assert set(warm_up.done) == {*kinds, "asr", "model 1", "model 2"}
    assert ears.heard_s > 0.3
    assert model.prompts == 1
    assert endpoint.prompts == 0, "what costs money is not warmed"
