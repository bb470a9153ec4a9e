"""Speech from an endpoint, good and bad, and the local voice that speaks on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.errors import BackendError, ConfigError
from core.ports import SpeechSynthesizer
from core.registry import build
from voice.synthesis.fake import Tones
from voice.synthesis.fallback import Fallback

pytest.importorskip("openai", reason="openai comes with the extra llm")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SOUND = (8000 * np.sin(np.arange(12_000) * 0.05)).astype("<i2").tobytes()


class Endpoint:
    """Behave as the model's name says, and remember what was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def speak(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        if body["model"] == "ill":
            return web.json_response({"error": {"message": "no"}}, status=503)
        if body["model"] == "slow":
            await asyncio.sleep(3)
        if body["model"] == "html":
            return web.Response(text="<html>login</html>", content_type="text/html")
        response = web.StreamResponse(headers={"Content-Type": "audio/pcm"})
        await response.prepare(request)
        if body["model"] == "wav":
            await response.write(b"RIFF" + bytes(40))
        for at in range(0, len(SOUND), 4801):  # an odd number: a sample may be cut in two
            await response.write(SOUND[at : at + 4801])
            if body["model"] == "cut" and at:
                assert request.transport is not None
                request.transport.abort()
                break
        return response


@pytest.fixture
async def endpoint() -> AsyncIterator[tuple[Endpoint, str]]:
    ours = Endpoint()
    app = web.Application()
    app.router.add_post("/v1/audio/speech", ours.speak)
    async with TestServer(app) as server:
        yield ours, str(server.make_url("/v1"))


def voice(url: str, model: str) -> Any:
    return build("tts", f"openai:{model}?base_url={url}&voice=anna&timeout_s=0.5", Path(), api_key="secret")


async def spoken(speaking: SpeechSynthesizer, text: str) -> np.ndarray:
    bits = [bit async for bit in speaking.speak(text, language="en")]
    return np.concatenate(bits) if bits else np.zeros(0, np.float32)


@pytest.mark.parametrize("model", ["good", "wav"])
async def test_the_sound_comes_as_it_was_sent(endpoint: tuple[Endpoint, str], model: str) -> None:
    ours, url = endpoint
    speaking = voice(url, model)
    sound = await spoken(speaking, "Order 12 is on its way.")
    assert speaking.capabilities.sample_rate == 24_000
    assert 0.4 < len(sound) / 24_000 < 1.0 and 0.2 < np.abs(sound).max() < 0.3
    assert ours.asked[0] | {"input": "", "speed": 1} == {
        "model": model, "voice": "anna", "response_format": "pcm", "input": "", "speed": 1
    }  # fmt: skip
    assert ours.asked[0]["input"] == "Order twelve is on its way."
    await speaking.aclose()


async def test_nothing_to_say_asks_nobody(endpoint: tuple[Endpoint, str]) -> None:
    ours, url = endpoint
    speaking = voice(url, "good")
    assert not (await spoken(speaking, "😊 ...")).size and not ours.asked
    await speaking.aclose()


@pytest.mark.parametrize("model", ["ill", "slow", "html", "cut"])
async def test_an_endpoint_that_fails_is_told(endpoint: tuple[Endpoint, str], model: str) -> None:
    speaking = voice(endpoint[1], model)
    with pytest.raises(BackendError, match="endpoint"):
        await spoken(speaking, "Hello there, how are you?")
    await speaking.aclose()


@pytest.mark.parametrize("model", ["ill", "cut"])
async def test_the_other_voice_speaks_on_and_the_ill_one_is_left_alone(
    endpoint: tuple[Endpoint, str], model: str
) -> None:
    ours, url = endpoint
    both = Fallback(first=voice(url, model), second=Tones())
    sound = await spoken(
        both, "The first sentence is this one. The second sentence is that one. And here is a third one."
    )
    alone = await spoken(
        Tones(), "The first sentence is this one. The second sentence is that one. And here is a third."
    )
    assert len(sound) / 24_000 > 0.9 * len(alone) / 16_000
    assert len(ours.asked) == 2, "after two failures nobody waits for it"
    await both.aclose()


def test_a_spec_without_an_address_says_how_it_is_written() -> None:
    with pytest.raises(ConfigError, match="base_url"):
        build("tts", "openai:tts-1", Path())
