from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.types import Session

if TYPE_CHECKING:
    from tests.core.dialogue.conftest import Talk


async def test_without_identity_the_clerk_asks_for_the_email_in_chinese(talk: Talk) -> None:
    said = await talk("我的订单什么时候到？")
    assert "邮箱" in said and "邮编" in said
    assert talk.outcome and (talk.outcome.outcome, talk.outcome.language) == ("asked", "zh")


async def test_the_email_in_the_next_message_goes_on_with_the_order(talk: Talk) -> None:
    await talk("我的订单什么时候到？")
    said = await talk("chen.jing@example.com")
    assert "核对好了" in said and "#W3912701" in talk.buttons


async def test_the_second_one_of_the_list_is_shown_with_carrier_and_expected_day(talk: Talk) -> None:
    await talk("where is my order, my e-mail is chen.jing@example.com")
    said = await talk("the second one")
    assert "#W3912701" in said and "75973019409132" in said and "It should arrive on" in said
    assert talk.cited == ["order:#W3912701"] and talk.cards[0].title == "#W3912701"


@pytest.mark.parametrize(
    "said",
    [
        "W3912701到哪了，邮箱chen.jing@example.com",
        "我的訂單 Ｗ３９１２７０１ 到哪裡了？郵箱 chen.jing@example.com",
        "订单 W 三九一二七零一 到哪了，我的邮箱是chen点jing艾特example点com",
        "Where is order w three nine one two seven zero one? my email is chen dot jing at example dot com",
        "where is #w3912701? CHEN.JING@example.com",
    ],
)
async def test_order_and_email_in_one_message_are_used_at_once(talk: Talk, said: str) -> None:
    assert "75973019409132" in await talk(said)


async def test_name_and_zip_in_two_messages_prove_who_it_is(talk: Talk) -> None:
    customer = talk.shop.records.customers["jing_chen_2040"]
    await talk("where is my order")
    assert "zip" in await talk("Jing Chen")
    await talk(customer.address.zip)
    assert talk.session.identity and talk.session.identity.customer_id == "jing_chen_2040"
    assert not {"name", "zip", "email"} & talk.session.slots.keys()


async def test_three_wrong_proofs_lock_the_check_for_good(talk: Talk) -> None:
    await talk("where is my order")
    for email in ("a@example.com", "b@example.com", "c@example.com"):
        said = await talk(email)
    assert "couldn't confirm" in said and "colleague" in said
    assert "couldn't confirm" in await talk("where is my order? chen.jing@example.com")
    assert talk.session.identity is None


async def test_a_wrong_email_and_an_unknown_name_get_the_same_words(talk: Talk) -> None:
    await talk("where is my order")
    wrong_email = await talk("nobody@example.com")
    talk.session = Session(conversation_id="c2", channel="terminal")
    await talk("where is my order")
    await talk("Jing Chen")
    assert await talk("99999") == wrong_email


async def test_another_customers_order_does_not_exist_here(talk: Talk) -> None:
    await talk("where is my order W5120348? chen.jing@example.com")
    assert "can't find that number among your orders" in await talk("W5120348")
    unknown = await talk("W0000000")
    assert "can't find that number among your orders" in unknown


async def test_one_conversation_serves_one_customer(talk: Talk) -> None:
    await talk("W3912701 where is it? chen.jing@example.com")
    said = await talk("and where is my order, e-mail maria.sousa99@example.com")
    assert "one customer per conversation" in said
    assert talk.session.identity and talk.session.identity.customer_id == "jing_chen_2040"


async def test_no_the_other_one_shows_the_list_again(talk: Talk) -> None:
    await talk("W3912701到哪了，邮箱chen.jing@example.com")
    await talk("不对，是另一个")
    assert "#W3912688" in talk.buttons
    assert "已签收" in await talk("第三个")


async def test_my_latest_order_is_the_newest(talk: Talk) -> None:
    said = await talk("我最近的订单到哪了？chen.jing@example.com")
    assert "#W3912702" in said


async def test_on_the_phone_no_tracking_number_is_read_out(talk: Talk) -> None:
    talk.session = replace(talk.session, channel="phone")
    said = await talk("W3912701 where is it? chen.jing@example.com")
    assert "75973019409132" not in said and "It should arrive on" in said


async def test_a_cancelled_order_is_said_to_be_cancelled(talk: Talk) -> None:
    order = next(o for o in talk.shop.records.orders.values() if o.status == "cancelled")
    email = talk.shop.records.customers[order.user_id].email
    assert "已取消" in await talk(f"{order.order_id}到哪了？{email}")
