"""What every language model that sees must do, and what one that does not must say."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core import registry
from core.errors import ModelError
from core.ports import LanguageModel
from core.types import ChatMessage
from tests.contracts.tiny_vlm import build_tiny_vlm

SCHEMA = {
    "type": "object",
    "properties": {"unsure": {"type": "boolean"}},
    "required": ["unsure"],
    "additionalProperties": False,
}


def picture(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def vlm(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    pytest.importorskip("transformers", reason="transformers comes with the extra llm-transformers")
    pytest.importorskip("llguidance", reason="llguidance comes with the extra llm-transformers")
    folder = tmp_path_factory.mktemp("vlm")
    build_tiny_vlm(folder)
    built: LanguageModel = registry.build("language", f"transformers:{folder}?device=cpu&vision=true", folder)
    return built


async def answer(model: LanguageModel, *pictures: bytes, **options: Any) -> tuple[str, Any]:
    messages = (
        ChatMessage(role="system", content="Look."),
        ChatMessage(role="user", content="What is it?", pictures=pictures),
    )
    text, usage = "", None
    async for chunk in model.generate(messages, **{"max_tokens": 16, "deadline_s": 60, **options}):
        text += chunk.text
        usage = chunk.usage or usage
    return text, usage


async def test_another_picture_is_another_prompt(vlm: LanguageModel) -> None:
    assert vlm.capabilities.sees
    red, red_again, blue = [await answer(vlm, picture(colour)) for colour in ("red", "red", "blue")]
    assert red == red_again
    assert red[0] != blue[0]


async def test_each_picture_costs_and_none_is_no_fault(vlm: LanguageModel) -> None:
    spent = [(await answer(vlm, *[picture("red")] * count))[1].prompt for count in (0, 1, 2)]
    assert spent[0] < spent[1] < spent[2]


async def test_prompts_with_and_without_pictures_at_once_are_not_mixed(vlm: LanguageModel) -> None:
    asked: list[tuple[bytes, ...]] = [(picture("red"),), (), (picture("blue"), picture("red"))]
    together = await asyncio.gather(*(answer(vlm, *one) for one in asked))
    assert list(together) == [await answer(vlm, *one) for one in asked]


async def test_an_answer_about_a_picture_by_schema_fits_it(vlm: LanguageModel) -> None:
    text, _ = await answer(vlm, picture("red"), schema=SCHEMA, max_tokens=40)
    assert isinstance(json.loads(text)["unsure"], bool)


async def test_a_broken_picture_is_refused_in_words(vlm: LanguageModel) -> None:
    with pytest.raises(ModelError) as told:
        await answer(vlm, b"no picture")
    assert told.value.code == "refused"


@pytest.mark.parametrize("spec", ["llama-cpp:{folder}/m.gguf", "transformers:{folder}?device=cpu"])
async def test_a_model_of_text_refuses_pictures_before_it_is_loaded(spec: str, tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp" if "llama" in spec else "transformers", reason="comes with an extra")
    (tmp_path / "m.gguf").touch()
    model: LanguageModel = registry.build("language", spec.format(folder=tmp_path), tmp_path)
    assert not model.capabilities.sees
    with pytest.raises(ModelError) as told:
        await answer(model, picture("red"))
    assert told.value.code == "refused"
