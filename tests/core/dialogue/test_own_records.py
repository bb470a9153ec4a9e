"""What verified customers hear of their own records, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.dialogue.own_asking import asked_of_records, named_window
from core.understand.normalise import normalise

if TYPE_CHECKING:
    from tests.core.dialogue.conftest import Talk

CHEN = "chen.jing@example.com"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("订单W3912701付了多少钱", "¥548"),
        ("how much did I pay for order W3912701?", "¥548"),
        ("订单W3912701用什么付的", "微信支付"),
        ("订单W3912701的运单号是多少", "75973019409132"),
        ("how many items are in my order W3912701", "2 items"),
        ("what's in my order W3912701", "Mug"),
        ("订单W3912701寄到哪里", "衡山路"),
        ("我的默认地址是什么", "衡山路"),
        ("what payment methods do I have on file?", "WeChat Pay"),
        ("如果我退电水壶能退多少钱", "¥199"),
        ("我有哪些订单已签收", "#W3912688"),
        ("which of my orders are on the way", "#W3912701"),
        ("我买的电水壶多少钱买的", "¥199"),
    ],
)
async def test_it_is_told_after_the_proof_and_not_before(talk: Talk, words: str, told: str) -> None:
    assert told not in await talk(words)
    assert told in await talk(CHEN)


async def test_orders_of_another_state_are_left_out(talk: Talk) -> None:
    await talk("我有哪些订单还在路上")
    said = await talk(CHEN)
    assert "#W3912701" in said and "#W3912702" in said and "#W3912688" not in said


async def test_an_order_of_somebody_else_tells_nothing(talk: Talk) -> None:
    await talk("订单W5120348付了多少钱")
    assert "没有找到" in await talk(CHEN)


async def test_what_may_not_go_back_is_told_by_its_clause(talk: Talk) -> None:
    await talk("how much would I get back if I return the headphones?")
    said = await talk(CHEN)
    assert "return it once it arrives" in said and talk.shop.actions == []


@pytest.mark.parametrize(
    "words",
    [
        "你们支持什么支付方式",
        "怎么修改收货地址",
        "把地址改成北京市朝阳区建国路1号",
        "cancel my order and tell me nothing",
        "保温杯多少钱",
        "how much is the kettle",
        "do you ship to Canada",
        "全部商品要退货，订单号W3912701",
    ],
)
def test_other_questions_are_left_alone(words: str) -> None:
    assert asked_of_records(normalise(words)) == ()


def test_last_month_ends_where_this_month_begins(talk: Talk) -> None:
    window = named_window("上个月", talk.now.date())
    assert window and (window.first.isoformat(), window.last.isoformat()) == ("2026-05-01", "2026-05-31")
