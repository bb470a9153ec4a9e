"""What every check of photos must do."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from core import registry
from core.errors import BackendError, ConfigError, MediaError
from core.photo_ports import PhotoScreen
from core.ports import Capabilities, Picture
from perception.screening.zero_shot import ZeroShotScreen, descriptions

BAD, HARMLESS = np.full((60, 80, 3), (250, 0, 0), np.uint8), np.full((60, 80, 3), (40, 200, 40), np.uint8)


def _redness(picture: Picture) -> float:
    red, green, blue = picture.reshape(-1, 3).mean(axis=0) / 255
    return float(max(0.0, red - max(green, blue)))


class Moderation:
    """An endpoint in the shape of OpenAI's that takes what is red for violence."""

    async def judge(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["model"] == "ill":
            return web.json_response({"error": {"message": "no"}}, status=500)
        if body["model"] == "empty":
            return web.json_response({"id": "m", "model": "m", "results": []})
        (part,) = body["input"]
        data = b64decode(part["image_url"]["url"].removeprefix("data:image/jpeg;base64,"))
        redness = _redness(np.asarray(Image.open(BytesIO(data)).convert("RGB")))
        result = {
            "flagged": redness > 0.5,
            "categories": {"violence": redness > 0.5, "sexual": False},
            "category_scores": {"violence": redness, "sexual": 0.01},
            "category_applied_input_types": {"violence": ["image"]},
        }
        return web.json_response({"id": "m", "model": "red-detector-1", "results": [result]})


class RedEncoder:
    """Put red pictures beside the first bad description, and others beside the first harmless one."""

    capabilities = Capabilities(dimension=2)

    async def encode(self, pictures: list[Picture]) -> np.ndarray:
        return np.array([(1, 0) if _redness(one) > 0.5 else (0, 1) for one in pictures], np.float32)

    async def encode_texts(self, texts: list[str]) -> np.ndarray:
        good = set(descriptions()[""])
        return np.array([(0.1, 0.3) if text in good else (0.3, 0.1) for text in texts], np.float32)


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/v1/moderations", Moderation().judge)
    async with TestServer(app) as server:
        yield str(server.make_url("/v1"))


@pytest.fixture(params=["fake", "endpoint", "endpoint at a threshold", "clip"])
async def screen(request: pytest.FixtureRequest, address: str) -> AsyncIterator[PhotoScreen]:
    if request.param == "clip":
        yield ZeroShotScreen(encoder=RedEncoder(), name="red", threshold=0.8, texts=descriptions())
    elif request.param.startswith("endpoint"):
        pytest.importorskip("openai", reason="openai comes with the extra llm")
        at = "&threshold=0.4" if "threshold" in request.param else ""
        made = endpoint(f"endpoint:judge?base_url={address}{at}")
        yield made
        await made.aclose()
    else:
        yield registry.build("screen", request.param, Path())


def endpoint(spec: str) -> Any:
    return registry.build("screen", spec, Path(), api_key="secret")


async def test_a_bad_picture_is_withheld_and_the_decision_explains_itself(screen: PhotoScreen) -> None:
    decision = await screen.screen(BAD, attachment_id="a1")
    assert decision.is_withheld and decision.label and decision.by
    assert decision.attachment_id == "a1" and 0.5 < decision.score <= 1


async def test_a_harmless_picture_is_shown_and_has_no_label(screen: PhotoScreen) -> None:
    decision = await screen.screen(HARMLESS, attachment_id="a2")
    assert not decision.is_withheld and decision.label == "" and 0 <= decision.score < 0.5


async def test_the_same_picture_gets_the_same_decision(screen: PhotoScreen) -> None:
    assert await screen.screen(BAD, attachment_id="a") == await screen.screen(BAD, attachment_id="a")


async def test_pixels_of_another_shape_are_refused(screen: PhotoScreen) -> None:
    with pytest.raises((MediaError, BackendError)):
        await screen.screen(np.zeros((4, 4), np.uint8), attachment_id="a")


@pytest.mark.parametrize("model", ["ill", "empty"])
async def test_an_endpoint_that_fails_says_so(address: str, model: str) -> None:
    pytest.importorskip("openai", reason="openai comes with the extra llm")
    asked = endpoint(f"endpoint:{model}?base_url={address}")
    with pytest.raises(BackendError, match="moderation endpoint"):
        await asked.screen(BAD, attachment_id="a")
    await asked.aclose()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("endpoint:m", "address"),
        ("endpoint:m?base_url=http://x&threshold=2", "threshold"),
        ("clip:ViT-B-32?threshold=0", "threshold"),
        ("nobody", "nobody"),
    ],
)
def test_a_spec_that_cannot_work_says_what_is_wrong(spec: str, said: str) -> None:
    with pytest.raises((ConfigError, BackendError), match=said):
        registry.build("screen", spec, Path())
