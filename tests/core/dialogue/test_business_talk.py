from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.core.dialogue.conftest import Talk


async def test_a_wish_to_cancel_ends_in_a_ticket_with_the_facts(talk: Talk) -> None:
    said = await talk("I want to cancel my order W3912702")
    assert "I can't do this myself yet" in said and talk.cited == ["page:cancel-order"]
    await talk("yes")
    await talk("chen.jing@example.com")
    (action,) = talk.shop.actions
    assert action.name == "create_ticket"
    assert action.arguments["topic"] == "cancel_order" and action.arguments["order_id"] == "#W3912702"
    assert "cancel my order" in str(action.arguments["summary"])


async def test_the_same_ticket_twice_has_the_same_key(talk: Talk) -> None:
    for _ in range(2):
        await talk("我要退货，订单W3912688，邮箱chen.jing@example.com")
        await talk("好的")
    keys = {action.idempotency_key for action in talk.shop.actions}
    assert len(talk.shop.actions) == 2 and len(keys) == 1


async def test_no_leaves_everything_as_it_is(talk: Talk) -> None:
    await talk("我要退货")
    await talk("不用了")
    assert talk.shop.actions == [] and talk.session.stack == ()


async def test_a_person_instead_of_a_ticket(talk: Talk) -> None:
    await talk("我要退款")
    await talk("转人工")
    assert [action.name for action in talk.shop.actions] == ["transfer_to_human_agents"]
    assert talk.session.stack == ()


async def test_a_question_about_the_rules_gets_the_rules_and_an_offer(talk: Talk) -> None:
    await talk("怎么退货")
    assert talk.session.stack == () and talk.session.slots["offer"] == "ticket"
    assert "邮箱" in await talk("好的")


@pytest.mark.parametrize(
    "words", ["帮我开发票", "please refund me", "I want to exchange it", "帮我改一下收货地址", "少发了一件，帮我处理"]
)
async def test_nothing_is_pretended(talk: Talk, words: str) -> None:
    await talk(words)
    assert talk.shop.actions == []
    assert talk.outcome and talk.outcome.outcome == "asked"


async def test_no_ticket_for_another_customers_order(talk: Talk) -> None:
    await talk("我要退货，订单W5120348")
    await talk("好的")
    said = await talk("chen.jing@example.com")
    assert "没有找到" in said and talk.shop.actions == []
