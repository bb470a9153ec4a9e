"""Who builds the models closes them."""

from __future__ import annotations

import pytest

from core.config import load
from ui.app import Needs
from ui.case_houses import open_houses

ENDPOINT = "openai:whisper-1?base_url=http://127.0.0.1:9/v1"


async def test_an_endpoint_that_houses_share_has_the_key_and_is_closed_with_them() -> None:
    pytest.importorskip("openai", reason="the extra llm is not installed")
    async with open_houses(load(model={"api_key": "sk-ours"}), Needs()) as houses:
        ears = await houses.senses.build("asr", ENDPOINT)
        assert (ears.client.api_key, ears.client.is_closed()) == ("sk-ours", False)
    assert ears.client.is_closed()
