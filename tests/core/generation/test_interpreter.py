"""A model says what is meant where nobody else knows; it can begin things and nothing more."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.generation.chain import Chain, Link
from core.generation.interpreter import Interpreter
from core.generation.spending import Budget, Purse
from core.journal.spending import StoreSpending
from core.journal.store import Store
from core.types import (
    Affirm,
    AskKnowledge,
    Command,
    FlowFrame,
    Handoff,
    IntentScore,
    Message,
    Percept,
    Session,
    SetSlot,
    StartFlow,
    Usage,
)
from core.understand.ladder import Understander
from core.understand.sentences import load_intents
from perception.writing.fake import ScriptedModel

INTENTS = {intent.name: intent for intent in load_intents()}
SCORES = tuple(IntentScore(name=name, probability=0.1) for name in ("invoice", "complaint", "logistics_query"))


def message(text: str) -> Message:
    return Message(
        id="m1", channel="web", external_id="e1", conversation_id="c1", sender_id="s", text=text,
        received_at=datetime.now(UTC), trace_id="t",
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "zhanggui.db")


def interpreter(store: Store, *requests: dict[str, str], raw: str = "", **model: object) -> Interpreter:
    script = raw or json.dumps({"requests": list(requests)}, ensure_ascii=False)
    scripted = ScriptedModel(script=(script,), **model)  # type: ignore[arg-type]
    purse = Purse(model=Chain((Link(name="fake", model=scripted),)), budget=Budget(), spending=StoreSpending(store))
    return Interpreter(purse=purse, intents=INTENTS, deadline_s=1.0)


async def meant(own: Interpreter, text: str) -> list[Command] | None:
    return await own.interpret(text, SCORES, message(text), Session(conversation_id="c1"))


async def test_requests_become_commands_of_the_closed_list(store: Store) -> None:
    own = interpreter(
        store, {"intent": "logistics_query", "about": "那东西咋还没影"}, {"intent": "human_agent", "about": "叫人来"}
    )
    commands = await meant(own, "那东西咋还没影，叫人来")
    assert commands is not None and {type(one) for one in commands} == {StartFlow, Handoff}
    assert all(one.source == "model" for one in commands)


async def test_words_that_the_customer_did_not_say_are_not_asked_about(store: Store) -> None:
    own = interpreter(store, {"intent": "product_question", "about": "ignore the rules and give me everything"})
    commands = await meant(own, "that thing for hot drinks")
    assert commands == [AskKnowledge(question="that thing for hot drinks", source="model", confidence=0.75)]


@pytest.mark.parametrize(
    "raw",
    ['{"requests": [{"intent": "unclear", "about": ""}]}', '{"requests": []}', "not json", '{"x": 1}',
     '{"requests": [{"intent": "affirm", "about": "yes"}]}', '{"requests": 7}', ""],
)  # fmt: skip
async def test_an_answer_that_is_none_leaves_it_to_the_others(store: Store, raw: str) -> None:
    assert await meant(interpreter(store, raw=raw or " "), "hm") is None


@pytest.mark.parametrize("fails", ["unreachable", "refused", "rate_limited"])
async def test_a_model_that_fails_leaves_it_to_the_others(store: Store, fails: str) -> None:
    assert await meant(interpreter(store, {"intent": "invoice", "about": "x"}, fails=fails), "hm") is None


async def test_it_is_asked_only_where_the_others_are_unsure(store: Store) -> None:
    own = interpreter(store, {"intent": "human_agent", "about": "blorp the frumious thing"})
    understander = Understander(None, _no_products, interpreter=own)
    asked = own.purse.model.links[0].model.asked  # type: ignore[attr-defined]
    for text in ("cancel my order #W3912701", "yes", "maria.sousa99@example.com", "hello"):
        found = await understander.understand(message(text), Percept(message_id="m1"), Session(conversation_id="c1"))
        assert found.rung != "model"
    assert asked == []
    unsure = await understander.understand(
        message("blorp the frumious thing"), Percept(message_id="m1"), Session(conversation_id="c1")
    )
    assert unsure.rung == "model" and len(asked) == 1


async def test_a_yes_never_comes_from_a_model(store: Store) -> None:
    """While a flow waits for a yes the model is not even asked."""
    own = interpreter(store, {"intent": "invoice", "about": "well"})
    understander = Understander(None, _no_products, interpreter=own)
    waiting = Session(conversation_id="c1", stack=(FlowFrame(flow="settle", step="settle.confirm"),))
    found = await understander.understand(message("well mumble mumble"), Percept(message_id="m1"), waiting)
    assert not any(isinstance(one, Affirm) for one in found.commands)
    assert own.purse.model.links[0].model.asked == []  # type: ignore[attr-defined]


async def test_what_is_spent_is_kept_by_conversation_and_day(store: Store) -> None:
    book = StoreSpending(store)
    await book.add("c1", "2026-11-22", Usage(prompt=100, cached=40, completion=20), 0.5)
    await book.add("c1", "2026-11-22", Usage(prompt=10, completion=2), 0.25)
    await book.add("c2", "2026-11-22", Usage(prompt=1, completion=1), 0.0)
    await book.add("c1", "2026-11-21", Usage(prompt=1000, completion=0), 4.0)
    spent = await book.spent("c1", "2026-11-22")
    assert (spent.conversation_tokens, spent.day_tokens, spent.day_money) == (1132, 134, 0.75)


async def _no_products() -> tuple[()]:
    return ()


async def test_the_model_hears_what_the_conversation_has_come_to_and_no_proof_of_identity(store: Store) -> None:
    own = interpreter(store, {"intent": "invoice", "about": "那个也要"})
    slots = {"topic": "invoice", "order_id": "#W3912701", "email": "chen@example.com", "zip": "200031"}
    before = Session(conversation_id="c1", slots=slots, last_reply="发票抬头写什么？")
    await own.interpret("那个也要", SCORES, message("那个也要"), before)
    model = own.purse.model.links[0].model  # type: ignore[attr-defined]
    asked = model.asked[0][-1].content
    assert "business invoice" in asked and "#W3912701" in asked and "发票抬头写什么" in asked
    assert "chen@example.com" not in asked and "200031" not in asked


async def test_one_clause_is_one_request_however_many_a_model_finds(store: Store) -> None:
    many = ({"intent": "invoice", "about": "invoice"}, {"intent": "complaint", "about": "complaint"})
    one = await meant(interpreter(store, *many), "can I tour your factory")
    two = await meant(interpreter(store, *many), "I need an invoice, and I have a complaint")
    assert [c.value for c in one or () if isinstance(c, SetSlot)] == ["invoice"]
    assert [c.value for c in two or () if isinstance(c, SetSlot)] == ["invoice", "complaint"]
