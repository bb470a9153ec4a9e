"""Words from an OpenAI-compatible transcription endpoint, and its failures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.errors import BackendError, ConfigError
from core.registry import build

pytest.importorskip("openai", reason="openai comes with the extra llm")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SEGMENT = {
    "id": 0, "seek": 0, "start": 0, "end": 1, "text": "我的訂單", "tokens": [1, 2], "temperature": 0,
    "avg_logprob": -0.2, "compression_ratio": 1.0, "no_speech_prob": 0.01,
}  # fmt: skip


class Endpoint:
    """Behave as the model's name says, and remember what was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def hear(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.asked.append(dict(form))
        if form["model"] == "ill":
            return web.json_response({"error": {"message": "no"}}, status=500)
        if form["model"] == "html":
            return web.Response(text="<html>login</html>", content_type="text/html")
        if form["model"] == "plain":
            return web.json_response({"text": "Where is my order?"})
        return web.json_response(
            {"text": SEGMENT["text"], "language": "chinese", "duration": 1.0, "segments": [SEGMENT]}
        )


@pytest.fixture
async def endpoint() -> AsyncIterator[tuple[Endpoint, str]]:
    ours = Endpoint()
    app = web.Application()
    app.router.add_post("/v1/audio/transcriptions", ours.hear)
    async with TestServer(app) as server:
        yield ours, str(server.make_url("/v1"))


@pytest.fixture
def speech(shared_data: Path) -> np.ndarray:
    sound, _ = soundfile.read(shared_data / "speech/en/harvard-spk1_snt5.wav", dtype="float32")
    return np.asarray(sound)


def ears(url: str, model: str, more: str = "") -> Any:
    return build("asr", f"openai:{model}?base_url={url}&timeout_s=2{more}", Path(), api_key="secret")


async def test_words_come_simplified_with_their_language_and_confidence(
    endpoint: tuple[Endpoint, str], speech: np.ndarray
) -> None:
    ours, url = endpoint
    hearing = ears(url, "good")
    heard = await hearing.transcribe(speech, hint="保温杯", expect="id", language="zh")
    assert (heard.text, heard.language) == ("我的订单", "zh") and heard.confidence == pytest.approx(np.exp(-0.2))
    assert ours.asked[0]["language"] == "zh" and "保温杯" in ours.asked[0]["prompt"] and "W" in ours.asked[0]["prompt"]
    assert (await hearing.transcribe(speech)).language == "zh"
    await hearing.aclose()


async def test_an_endpoint_that_tells_the_text_alone_is_understood(
    endpoint: tuple[Endpoint, str], speech: np.ndarray
) -> None:
    hearing = ears(endpoint[1], "plain", "&detailed=false")
    heard = await hearing.transcribe(speech)
    assert (heard.text, heard.language) == ("Where is my order?", "en") and 0 < heard.confidence < 1
    await hearing.aclose()


async def test_silence_is_not_sent(endpoint: tuple[Endpoint, str]) -> None:
    ours, url = endpoint
    hearing = ears(url, "good")
    assert (await hearing.transcribe(np.zeros(16_000, np.float32))).text == "" and not ours.asked
    await hearing.aclose()


@pytest.mark.parametrize("model", ["ill", "html"])
async def test_an_endpoint_that_fails_is_told(endpoint: tuple[Endpoint, str], speech: np.ndarray, model: str) -> None:
    hearing = ears(endpoint[1], model)
    with pytest.raises(BackendError, match="transcription endpoint"):
        await hearing.transcribe(speech)
    await hearing.aclose()


def test_a_spec_without_an_address_says_how_it_is_written() -> None:
    with pytest.raises(ConfigError, match="base_url"):
        build("asr", "openai:whisper-1", Path())
