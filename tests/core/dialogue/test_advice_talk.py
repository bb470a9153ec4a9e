"""Advice over several messages, with the demo shop's records and no encoder."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core.dialogue.clerk_dialogue import Dialogue
from core.knowledge.budget import read_budget
from core.knowledge.history import LEAST
from core.shop.records import Records
from core.types import Identity
from tests.core.dialogue.conftest import MemoryShop, Talk

if TYPE_CHECKING:
    from core.understand.ladder import Understander


async def listed(talk: Talk) -> list[str]:
    slot, _, values = talk.session.slots.get("listed", "").partition(":")
    return values.split(",") if slot == "product_id" else []


def lowest(talk: Talk, key: str) -> float:
    return min(variant.price for variant in talk.shop.records.products[key].variants.values())


async def test_a_vague_wish_is_asked_one_question_with_buttons(talk: Talk) -> None:
    assert "价位" in await talk("推荐个礼物")
    assert len(talk.buttons) == 4 and talk.cards == []
    await talk(talk.buttons[0])
    assert talk.cited == ["product:ceramic-mug"]


async def test_a_kind_with_many_products_is_asked_what_for(talk: Talk) -> None:
    await talk("我想买双鞋")
    assert "跑步" in talk.buttons
    await talk("跑步")
    assert talk.cited[0] == "product:running-shoes"


@pytest.mark.parametrize("said", ["推荐个礼物", "recommend a gift"])
@pytest.mark.parametrize("currency", ["CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "CHF", "INR", "KRW"])
async def test_a_price_button_is_understood_in_every_currency(
    read: Understander, shop: MemoryShop, currency: str, said: str
) -> None:
    talk = Talk(read, Dialogue(shop, None, currency=currency), shop)
    await talk(said)
    first, middle, last = (read_budget(one)[0] for one in talk.buttons[:3])
    assert first and middle and last
    assert first.low == 0 and first.high == middle.low and middle.high == last.low and last.high == math.inf
    await talk(talk.buttons[0])
    assert talk.cited and all(lowest(talk, one.partition(":")[2]) <= first.high for one in talk.cited)


async def test_who_does_not_care_gets_a_list_and_no_second_question(talk: Talk) -> None:
    await talk("我想买双鞋")
    await talk("随便")
    assert len(await listed(talk)) == 4


async def test_others_are_others(talk: Talk) -> None:
    await talk("something under 100")
    first = await listed(talk)
    await talk("anything else?")
    assert await listed(talk) and not set(first) & set(await listed(talk))


async def test_cheaper_is_cheaper_than_all_that_was_shown(talk: Talk) -> None:
    await talk("推荐点运动用的")
    await talk("something under 300")
    cheapest = min(lowest(talk, key) for key in await listed(talk))
    said = await talk("再便宜点")
    if talk.cards:
        assert all(lowest(talk, key) < cheapest for key in await listed(talk))
    else:
        assert "没有更便宜的了" in said


async def test_without_a_brand_in_the_records_none_is_claimed(talk: Talk) -> None:
    await talk("something under 100")
    first = await listed(talk)
    assert "don't name its brand" in await talk("not that brand")
    assert not set(first) & set(await listed(talk))


async def test_what_cannot_be_met_is_named_and_left_out_of_account(talk: Talk) -> None:
    said = await talk("waterproof backpack under 100")
    assert "Leaving this out of account: the budget" in said and "¥229" in said


async def test_a_price_that_cannot_be_is_told(talk: Talk) -> None:
    assert "no price can be" in await talk("recommend a backpack over 300 and under 200")
    assert "Nothing" not in await talk("under 250")
    assert talk.cited == ["product:commuter-backpack"]


async def test_every_reason_is_in_a_record_and_no_order_of_ones_own_played_a_part(talk: Talk) -> None:
    await talk("recommend something for camping under 200")
    said = await talk("why do you recommend this?")
    await talk.dialogue.facts.counted()
    customers = sum("camping-lantern" in one for one in await talk.shop.baskets())
    assert "camping" in said and "Your own orders played no part" in said
    told = f"Customers who bought it: {customers}." in await talk("why do you recommend this?")
    assert told == (customers >= LEAST)


async def test_few_customers_are_not_counted_out(talk: Talk, shop: MemoryShop, records: Records) -> None:
    buying = next(
        order
        for order in records.orders.values()
        if order.status != "cancelled" and any(item.product_id == "camping-lantern" for item in order.items)
    )
    again = {f"X{at}": replace(buying, order_id=f"X{at}") for at in range(LEAST + 1)}
    shop.records = replace(records, orders=again)
    await talk.dialogue.warm()
    await talk("recommend something for camping under 200")
    assert "Customers who bought it" not in await talk("why do you recommend this?")
    several = {key: replace(order, user_id=key) for key, order in again.items()}
    shop.records = replace(records, orders=several)
    other = Talk(talk.understander, Dialogue(shop, None, currency="CNY"), shop)
    await other.dialogue.warm()
    await other("recommend something for camping under 200")
    assert f"Customers who bought it: {LEAST + 1}." in await other("why do you recommend this?")


async def test_a_gift_that_no_record_speaks_of_is_not_said_to_lack(talk: Talk) -> None:
    await talk("a gift for camping under 400")
    said = await talk("why do you recommend this?")
    assert "camping" in said and "gift" not in said.split("\n", 1)[1]


async def test_what_was_ruled_out_is_not_explained(talk: Talk) -> None:
    await talk("something under 100")
    first = await listed(talk)
    await talk("I don't like these")
    second = talk.cited
    await talk("why do you recommend these?")
    assert not set(talk.cited) & {f"product:{key}" for key in first} and set(talk.cited) <= set(second)


@pytest.mark.parametrize("said", ["another one", "another one please", "one more"])
async def test_another_one_is_another(talk: Talk, said: str) -> None:
    await talk("something under 100")
    first = await listed(talk)
    await talk(said)
    assert talk.cited and not {one.partition(":")[2] for one in talk.cited} & set(first)


async def test_who_was_recommended_nothing_is_told_so(talk: Talk) -> None:
    assert "haven't recommended anything" in await talk("why do you recommend this?")


def known(talk: Talk, customer_id: str) -> None:
    talk.session = replace(talk.session, identity=Identity(customer_id=customer_id, proved_by="token"))


@pytest.fixture
def buyer(shop: MemoryShop) -> str:
    """Return a customer who bought the tent."""
    return next(
        order.user_id
        for order in shop.records.orders.values()
        if order.status != "cancelled" and any(item.product_id == "camping-tent" for item in order.items)
    )


async def test_own_orders_count_after_a_yes_only_and_are_offered_once(talk: Talk, buyer: str) -> None:
    known(talk, buyer)
    said = await talk("recommend something for camping")
    assert "what you bought before" in said and "goes with" not in said and not talk.session.consent
    await talk("yes")
    assert talk.session.consent
    said = await talk("recommend something for camping")
    assert "that you bought" in said and "what you bought before" not in said
    assert "Your own orders" not in await talk("why do you recommend this?")


async def test_a_word_switches_it_off_for_good(talk: Talk, buyer: str) -> None:
    known(talk, buyer)
    await talk("recommend something for camping")
    await talk("yes")
    assert "no longer" in await talk("stop personal recommendations")
    assert not talk.session.consent
    said = await talk("recommend something for camping")
    assert "that you bought" not in said and "what you bought before" not in said


async def test_a_no_is_taken_for_an_answer(talk: Talk, buyer: str) -> None:
    known(talk, buyer)
    await talk("推荐个露营用的")
    await talk("不用了")
    assert not talk.session.consent
    assert "买过" not in await talk("推荐个露营用的")


@pytest.mark.parametrize(
    "said",
    [
        "Don't recommend things based on my orders",
        "don't use personalised recommendations",
        "never suggest anything based on what I bought",
        "i don't want you to suggest things based on my history",
        "别根据我的购买记录给我推荐",
        "不要根据我的订单推荐",
        "根据我的订单推荐就不用了",
        "请不要打开个性化推荐",
    ],
)
async def test_a_refusal_is_no_consent_and_takes_one_back(talk: Talk, buyer: str, said: str) -> None:
    known(talk, buyer)
    await talk(said)
    assert not talk.session.consent
    talk.session = replace(talk.session, consent=True)
    await talk(said)
    assert not talk.session.consent


@pytest.mark.parametrize(
    "said",
    [
        "do you use personalized recommendations?",
        "can you recommend things based on my orders?",
        "你们会根据我的订单推荐吗",
        "你会不会根据我的订单推荐东西",
    ],
)
async def test_a_question_about_own_orders_is_answered_and_takes_a_yes(talk: Talk, buyer: str, said: str) -> None:
    known(talk, buyer)
    answer = await talk(said)
    assert not talk.session.consent and ("you bought before" in answer or "买过" in answer)
    await talk(talk.buttons[0])
    assert talk.session.consent


@pytest.mark.parametrize("said", ["recommend something based on what I bought", "根据我的订单推荐，不要太贵"])
async def test_a_plain_request_is_consent(talk: Talk, buyer: str, said: str) -> None:
    known(talk, buyer)
    await talk(said)
    assert talk.session.consent


async def test_a_no_holds_beside_an_order_too(talk: Talk) -> None:
    order = next(order for order in talk.shop.records.orders.values() if order.status == "pending")
    known(talk, order.user_id)
    await talk("recommend something for camping")
    await talk("no thanks")
    await talk(f"where is my order {order.order_id}")
    assert "One more thing" not in await talk("great, thanks!")


async def test_nobody_unknown_is_asked_for_their_orders(talk: Talk) -> None:
    assert "买过" not in await talk("推荐个露营用的")
    assert "邮箱" in await talk("根据我买过的东西推荐")


async def test_an_empty_shop_has_nothing_to_recommend(talk: Talk, shop: MemoryShop, records: Records) -> None:
    shop.records = replace(records, products={}, orders={})
    for said in ("推荐个礼物", "就要这个", "再便宜点", "why do you recommend this?", "add it to my cart"):
        assert await talk(said)
    assert talk.cards == [] and not any(one.startswith("product:") for one in talk.cited)


async def test_a_shop_without_orders_recommends_all_the_same(talk: Talk, shop: MemoryShop, records: Records) -> None:
    shop.records = replace(records, orders={})
    await talk("recommend something for camping under 200")
    assert talk.cited == ["product:camping-lantern"]
    assert "Customers who bought it" not in await talk("why do you recommend this?")


async def test_a_present_for_mother_is_no_curse(talk: Talk) -> None:
    await talk("送妈妈的生日礼物，200以内")
    assert not talk.session.handed_off and talk.cards


async def test_what_is_refused_is_not_shown(talk: Talk) -> None:
    await talk("需要个包")
    said = await talk("不要黑色")
    assert "钱包" not in said or "WALLET-BLACK" not in [card.sku for card in talk.cards]
    assert talk.cards and "行云通勤双肩包" in said
