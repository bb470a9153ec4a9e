"""What was said, in the language of who reads it: facts kept, paid once, and an honest reason where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.generation.chain import Chain, Link
from core.generation.desk import DeskTranslator, Translation
from core.generation.spending import Budget, Purse
from core.generation.translator import Translator
from core.journal.spending import StoreSpending
from core.journal.store import Store
from core.journal.translations import StoreTranslations
from perception.writing.fake import ScriptedModel

ASKED = "我的订单 #W3912702 什么时候到？"
IN_ENGLISH = "When will my order ⟦0⟧ arrive?"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "zhanggui.db")
    yield opened
    opened.close()


def desk(
    store: Store, model: ScriptedModel | None, *, budget: Budget | None = None, deadline_s: float = 5.0
) -> DeskTranslator:
    translator = None
    if model is not None:
        chain = Chain((Link(name="fake", model=model),))
        purse = Purse(model=chain, budget=budget or Budget(), spending=StoreSpending(store))
        translator = Translator(purse=purse)
    return DeskTranslator(translator=translator, kept=StoreTranslations(store), deadline_s=deadline_s)


async def read(own: DeskTranslator, *texts: str, language: str = "en") -> tuple[Translation, ...]:
    return await own.translate(texts, language, conversation_id="c1")


async def test_a_message_is_read_with_its_facts_and_a_second_look_asks_nobody(store: Store) -> None:
    model = ScriptedModel(script=(IN_ENGLISH,))
    for own in (desk(store, model), desk(store, model), desk(store, None)):
        (told,) = await read(own, ASKED)
        assert told == Translation(language="en", text="When will my order #W3912702 arrive?")
    assert len(model.asked) == 1
    assert "W3912702" not in model.asked[0][-1].content


async def test_what_needs_no_translation_is_not_sent(store: Store) -> None:
    model = ScriptedModel(script=(IN_ENGLISH,))
    told = await read(desk(store, model), "where is my order?", "", "  ", "#W3912702")
    assert [one.reason for one in told] == ["not_needed", "empty", "empty", "not_needed"]
    assert model.asked == []


async def test_the_same_words_twice_are_paid_once(store: Store) -> None:
    model = ScriptedModel(script=(IN_ENGLISH,))
    one, other = await read(desk(store, model), ASKED, ASKED)
    assert one == other and one.text and len(model.asked) == 1


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (None, "no_model"),
        (ScriptedModel(fails="unreachable"), "unreachable"),
        (ScriptedModel(script=("When will my order arrive?",)), "malformed"),
        (ScriptedModel(script=("我的订单 ⟦0⟧ 什么时候到？",)), "malformed"),
    ],
)
async def test_where_there_is_none_the_reason_is_told_and_the_next_look_asks_anew(
    store: Store, model: ScriptedModel | None, reason: str
) -> None:
    assert await read(desk(store, model), ASKED) == (Translation(language="en", reason=reason),)
    (later,) = await read(desk(store, ScriptedModel(script=(IN_ENGLISH,))), ASKED)
    assert later.text


async def test_a_budget_that_is_spent_is_the_reason_and_the_customers_own_is_not_touched(store: Store) -> None:
    spent = await read(desk(store, ScriptedModel(script=(IN_ENGLISH,)), budget=Budget(day_tokens=20)), ASKED)
    assert spent[0].reason == "spent"
    await read(desk(store, ScriptedModel(script=(IN_ENGLISH,)), budget=Budget(conversation_tokens=5000)), ASKED)
    assert (await StoreSpending(store).spent("c1", "2000-01-01")).conversation_tokens == 0
    assert (await StoreSpending(store).spent("desk:c1", "2000-01-01")).conversation_tokens > 0


async def test_a_long_talk_ends_at_the_deadline_with_what_there_is(store: Store) -> None:
    texts = [f"第{number}个问题是什么？" for number in ("一", "二", "三", "四", "五", "六")]
    model = ScriptedModel(script=("What is the question?",), delay_s=0.05)
    async with asyncio.timeout(2):
        told = await read(desk(store, model, deadline_s=0.45), *texts)
    reasons = [one.reason for one in told]
    assert reasons.count("") >= 4 and reasons.count("timeout") >= 1
