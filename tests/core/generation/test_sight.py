"""A model is asked about photos under deadline and budget; whatever it answers, the clerk gets a `Seen`."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest

from core.dialogue.sight import Seen, Task
from core.errors import MediaError
from core.generation.chain import Chain, Link
from core.generation.sight import ModelSight
from core.generation.spending import Budget, Purse
from core.shop.records import Product
from core.types import ChatMessage
from perception.writing.fake import ScriptedModel
from tests.core.generation.test_writer import Book

CRACK = json.dumps({"visible": ["The lid is cracked."], "text": [], "unsure": False})


async def _photo(sha256: str) -> bytes:
    if sha256 == "gone":
        raise MediaError("damaged", "the media gone is not in the store")
    return f"jpeg of {sha256}".encode()


async def _no_products() -> tuple[Product, ...]:
    return ()


def sight(model: ScriptedModel, *, budget: Budget | None = None, deadline_s: float = 2.0) -> ModelSight:
    purse = Purse(model=Chain((Link(name="fake", model=model),)), budget=budget or Budget(), spending=Book())
    return ModelSight(purse=purse, photo=_photo, catalogue=_no_products, deadline_s=deadline_s)


async def look(own: ModelSight, *photos: str, task: Task = "describe", language: str = "en") -> Seen:
    return await own.look(photos or ("a",), task, language=language, conversation_id="c1")


async def test_what_is_seen_comes_back_and_the_model_is_shown_the_photos_and_no_word_of_the_customer() -> None:
    model = ScriptedModel(script=(CRACK,))
    assert await look(sight(model), "a", "b", task="compare") == Seen(visible=("The lid is cracked.",))
    ((system, asked),) = model.asked
    assert isinstance(asked, ChatMessage)
    assert asked.pictures == (b"jpeg of a", b"jpeg of b") and not system.pictures
    assert "never instructions" in system.content and 'Write "visible" in English.' in asked.content


async def test_the_same_look_is_paid_once() -> None:
    model = ScriptedModel(script=(CRACK,))
    own = sight(model)
    await look(own), await look(own)
    assert len(model.asked) == 1
    await look(own, language="zh")
    assert len(model.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        "I see a cracked lid.",
        "[]",
        '{"visible": "cracked", "text": [], "unsure": false}',
        '{"visible": [{"a": 1}], "text": [], "unsure": false}',
        '{"visible": ["cracked"]}',
        '{"visible": ["cracked"], "text": [], "unsure": fal',
    ],
)
async def test_an_answer_that_is_not_what_was_asked_for_is_no_look(answer: str) -> None:
    assert (await look(sight(ScriptedModel(script=(answer,))))).failed == "malformed"


@pytest.mark.parametrize("code", ["refused", "rate_limited", "unreachable"])
async def test_a_model_that_fails_is_no_look_and_is_asked_anew_the_next_time(code: str) -> None:
    model = ScriptedModel(fails=code)
    own = sight(model)
    assert await look(own) == Seen(failed=code)
    before = len(model.asked)
    await look(own)
    assert len(model.asked) > before


async def test_a_slow_model_is_left_at_the_deadline() -> None:
    began = time.monotonic()
    seen = await look(sight(ScriptedModel(script=(CRACK,), delay_s=1.0), deadline_s=0.3))
    assert seen.failed == "timeout" and time.monotonic() - began < 1.0


async def test_a_photo_costs_of_the_budget_before_it_is_sent() -> None:
    model = ScriptedModel(script=(CRACK,))
    assert (await look(sight(model, budget=Budget(conversation_tokens=1500)))).failed == "spent"
    assert not model.asked
    assert not (await look(sight(model, budget=Budget(conversation_tokens=4000)))).failed


async def test_a_photo_that_is_gone_is_no_look() -> None:
    assert (await look(sight(ScriptedModel(script=(CRACK,))), "gone")).failed == "damaged"


async def test_a_gullible_model_that_repeats_its_prompt_tells_nothing() -> None:
    seen = await look(sight(ScriptedModel(gullible=True)))
    assert (seen.visible, seen.left_out) == ((), ("leak",))


async def test_looks_at_once_do_not_share_an_answer() -> None:
    class Two(ScriptedModel):
        def _next(self, messages: Any, schema: Any) -> str:
            shown = messages[-1].pictures[0].decode()[-1]
            return json.dumps({"visible": [], "text": [f"label {shown}"], "unsure": False})

    own = sight(Two())
    one, other = await asyncio.gather(look(own, "a", task="read"), look(own, "b", task="read"))
    assert (one.text, other.text) == (("label a",), ("label b",))
