"""A call is handed to a person with all they need, and taken back when nobody answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.dialogue.handing_over import handed_over
from core.types import Message, Percept, Reply, TextPart, Turn, Understanding
from core.wording.templates import load_templates
from tests.core.dialogue.conftest import MemoryShop, Talk


@pytest.fixture
def call(talk: Talk) -> Talk:
    talk.session = replace(talk.session, channel="phone")
    talk.sender = "+86 138 0013 8000"
    return talk


class Record:
    """The turns of a conversation, as the journal would keep them."""

    def __init__(self, call: Talk) -> None:
        self.call = call
        self.turns: list[Turn] = []

    async def say(self, text: str, *, heard: str | None = None) -> str:
        reply = await self.call(text)
        assert self.call.outcome and self.call.understanding
        number = f"t{len(self.turns)}"
        message = Message(
            id=number, channel="phone", external_id=number, conversation_id="c1", sender_id=self.call.sender,
            text=text, received_at=datetime.now(UTC), trace_id=number,
        )  # fmt: skip
        self.turns.append(
            Turn(
                id=number,
                message=message,
                percept=Percept(message_id=number),
                understanding=Understanding(commands=()),
                actions=tuple(effect.action for effect in self.call.outcome.effects),
                replies=(Reply(id=number, turn_id=number, seq=0, parts=(TextPart(text=reply),), language="en"),),
                timings={},
                outcome=self.call.outcome.outcome,
                heard=heard,
            )  # fmt: skip
        )
        return reply


async def test_a_colleague_hears_in_short_and_reads_in_full_in_their_own_language(call: Talk) -> None:
    record = Record(call)
    await record.say("cancel W5120356, no longer needed")
    await record.say("maria.sousa99@example.com", heard="Thanks, Maria")
    await record.say("yes")
    await record.say("I want to talk to a person")
    for language, spoken in (
        ("en", ("Customer Maria Sousa, identity verified", "order W5120356", "order cancelled")),
        ("zh", ("顾客Maria Sousa，身份已核实", "订单 W5120356", "取消订单")),
    ):
        told = handed_over(record.turns, load_templates(), language)
        assert all(words in told.spoken for words in spoken), told.spoken
        assert told.written.startswith(told.spoken)
        assert "cancel W5120356, no longer needed" in told.written
        assert "Thanks, Maria" in told.written.split("interrupted" if language == "en" else "被打断")[1]


async def test_who_is_not_verified_is_called_so(call: Talk) -> None:
    record = Record(call)
    await record.say("转人工")
    told = handed_over(record.turns, load_templates(), "zh")
    assert told.spoken.startswith("来电人身份未核实。") and "没有改动" in told.spoken


async def test_nobody_asked_for_a_person_and_nothing_is_told(call: Talk) -> None:
    record = Record(call)
    await record.say("where is my order")
    assert handed_over(record.turns, load_templates(), "en").spoken == ""


async def test_when_nobody_answers_a_call_back_is_offered_on_a_number_read_out(call: Talk, shop: MemoryShop) -> None:
    await call("转人工")
    offer = await call("", event="transfer_failed")
    assert "没有接通" in offer and "1 3 8 0 0 1 3 8 0 0 0" in offer
    assert call.outcome and call.outcome.expects == "yes_no"
    await call("好的")
    (ticket,) = [action for action in shop.done if action.name == "create_ticket"]
    assert ticket.arguments["facts"] == {"phone": "+86 138 0013 8000"}


async def test_another_number_is_read_back_before_it_is_written(call: Talk, shop: MemoryShop) -> None:
    await call("I want to talk to a person")
    await call("", event="transfer_failed")
    assert "1 3 9 1 2 3 4 5 6 7 8" in await call("no, call me at 13912345678 please")
    assert not [action for action in shop.done if action.name == "create_ticket"]
    await call("yes")
    (ticket,) = [action for action in shop.done if action.name == "create_ticket"]
    assert ticket.arguments["facts"] == {"phone": "13912345678"}


async def test_a_hidden_number_is_asked_for(call: Talk) -> None:
    call.sender = "anonymous"
    await call("转人工")
    assert "打哪个号码" in await call("", event="transfer_failed")
    assert call.outcome and call.outcome.expects == "phone"


async def test_what_was_going_on_goes_on_and_a_person_may_be_asked_for_again(call: Talk) -> None:
    await call("转人工")
    await call("", event="transfer_failed")
    await call("不用了")
    assert not call.session.handed_off
    assert "已经替您通知人工客服" in await call("转人工")


async def test_a_yes_before_the_number_was_heard_writes_nothing(call: Talk, shop: MemoryShop) -> None:
    await call("转人工")
    await call("", event="transfer_failed")
    call.cut_after("要不要请同事回电")
    assert "1 3 8" in await call("好的")
    assert not [action for action in shop.done if action.name == "create_ticket"]
