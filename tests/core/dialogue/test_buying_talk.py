"""A guided purchase up to the link, and what goes with it; nothing is ever written."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from core.dialogue.clerk_dialogue import Dialogue
from core.shop.records import Product, Records
from tests.core.dialogue.conftest import MemoryShop, Talk

if TYPE_CHECKING:
    from core.understand.ladder import Understander

CART = "https://shop.example.com/cart/add?sku={sku}&quantity={quantity}"


@pytest.fixture
def talk(read: Understander, shop: MemoryShop) -> Talk:
    return Talk(read, Dialogue(shop, None, currency="CNY", cart_url=CART), shop)


def link(sku: str, quantity: int = 1) -> str:
    return f"https://shop.example.com/cart/add?sku={sku}&quantity={quantity}"


def changed(shop: MemoryShop, records: Records, product: Product) -> None:
    shop.records = replace(records, products={**records.products, product.product_id: product})


@pytest.mark.parametrize(
    ("first", "decided"),
    [
        ("I want a t-shirt", "I'll take the blue one in M"),
        ("T恤多少钱", "就要蓝色 M 码的这件"),
        ("T恤多少钱", "蓝色 M 码，加到购物车"),
        ("T恤多少钱", "add the blue M one 到购物车"),
    ],
)
async def test_a_whole_choice_leads_to_the_cart_at_once(talk: Talk, first: str, decided: str) -> None:
    await talk(first)
    said = await talk(decided)
    assert link("TSHIRT-BLUE-M") in said and "¥79" in said
    assert talk.shop.actions == []


async def test_what_is_open_is_asked_and_kept_through_a_question_in_between(talk: Talk) -> None:
    await talk("T恤多少钱")
    assert "颜色" in await talk("就要这个")
    assert "蓝色" in talk.buttons
    assert "尺" in await talk("蓝色")
    assert "棉" in await talk("是什么材质的")
    assert link("TSHIRT-BLUE-L") in await talk("L")


async def test_a_size_that_sounds_like_a_person_is_a_size(talk: Talk) -> None:
    await talk("do you have a tent")
    await talk("I'll buy it")
    await talk("green")
    assert link("TENT-GREEN-2-PERSON") in await talk("2-person") and not talk.session.handed_off


async def test_a_size_that_is_called_a_size_is_taken(talk: Talk) -> None:
    await talk("T恤多少钱")
    await talk("就要这个 blue")
    assert link("TSHIRT-BLUE-L") in await talk("size L")


@pytest.mark.parametrize(
    "said",
    [
        "can I get it tomorrow?",
        "I want 2 day delivery",
        "can I have the size chart",
        "can i get the warranty details",
        "let me get the manager",
        "I'll have the receipt",
        "let me buy some time",
        "我想要这个 明天到",
    ],
)
async def test_what_asks_for_something_else_is_no_purchase(talk: Talk, said: str) -> None:
    await talk("how much is the t-shirt")
    await talk(said)
    assert "buying" not in talk.session.slots


@pytest.mark.parametrize(
    "said",
    [
        "I'll take it",
        "let me get two then",
        "can I get the blue one in size M please",
        "I want 2 of them",
        "I'd like to go with the blue one",
        "就买它了",
        "我想要这个 blue 的",
        "帮我订两件",
        "来两件蓝色的",
    ],
)
async def test_what_only_decides_is_a_purchase(talk: Talk, said: str) -> None:
    await talk("how much is the t-shirt")
    await talk(said)
    assert "buying" in talk.session.slots or "http" in talk.session.last_reply


async def test_pieces_of_a_purchase_that_was_given_up_are_not_bought_later(talk: Talk) -> None:
    await talk("给我来 3 个保温杯")
    await talk("蓝色")
    await talk("算了")
    assert "颜色" in await talk("就要这个")
    await talk("蓝色")
    assert link("FLASK-BLUE-500ML") in await talk("500ml")


async def test_a_colour_that_was_asked_about_is_the_one_bought(talk: Talk) -> None:
    await talk("有蓝色的保温杯吗")
    await talk("就要这个")
    assert link("FLASK-BLUE-500ML") in await talk("500ml")


async def test_never_mind_ends_it(talk: Talk) -> None:
    await talk("T恤多少钱")
    await talk("就要这个")
    await talk("算了")
    assert talk.session.stack == ()


async def test_the_number_of_pieces_is_kept_while_the_rest_is_asked(talk: Talk) -> None:
    await talk("给我来 3 个保温杯")
    await talk("蓝色")
    said = await talk("500ml")
    assert link("FLASK-BLUE-500ML", 3) in said and "¥357" in said


@pytest.mark.parametrize("absurd", ["500", "99"])
async def test_more_than_there_is_is_refused_and_another_number_taken(talk: Talk, absurd: str) -> None:
    stock = talk.shop.records.products["vacuum-flask"].variants["FLASK-BLUE-500ML"].stock
    assert stock is not None and stock < 99
    await talk(f"给我来 {absurd} 个保温杯")
    said = await talk("蓝色 500ml")
    assert f"只有 {stock} 件" in said and "http" not in said
    assert link("FLASK-BLUE-500ML", 2) in await talk("2")


async def test_a_sold_out_choice_is_told_and_the_rest_offered(talk: Talk, shop: MemoryShop, records: Records) -> None:
    wallet = records.products["leather-wallet"]
    assert wallet.variants["WALLET-BROWN"].stock == 0
    await talk("钱包多少钱")
    said = await talk("要棕色的那个")
    assert "没有货" in said and "http" not in said
    assert link("WALLET-BLACK") in await talk("黑色")


async def test_what_is_sold_out_altogether_cannot_be_bought(talk: Talk, shop: MemoryShop, records: Records) -> None:
    wallet = records.products["leather-wallet"]
    gone = {key: replace(variant, stock=0) for key, variant in wallet.variants.items()}
    changed(shop, records, replace(wallet, variants=gone))
    await talk("how much is the wallet")
    said = await talk("I'll take it")
    assert "sold out" in said and "http" not in said and talk.session.stack == ()


async def test_which_of_a_list_is_asked_and_then_chosen(talk: Talk) -> None:
    await talk("something under 100")
    await talk("add it to my cart")
    assert len(talk.buttons) == 4
    key = talk.session.slots["listed"].partition(":")[2].split(",")[1]
    await talk("I'll take the second one")
    assert talk.cited[0] == f"product:{key}"


async def test_a_colour_it_does_not_come_in_is_said_with_those_it_has(talk: Talk) -> None:
    await talk("how much is the backpack")
    said = await talk("I'll take the red one")
    assert "doesn't come in that variant" in said and "green" in said and "http" not in said


async def test_without_a_cart_the_way_is_told_honestly(read: Understander, shop: MemoryShop, records: Records) -> None:
    talk = Talk(read, Dialogue(shop, None, currency="CNY"), shop)
    await talk("how much is the wallet")
    said = await talk("I'll take the black one")
    assert "WALLET-BLACK" in said and "can't place the order" in said


async def test_without_a_cart_the_products_own_page_is_given(
    read: Understander, shop: MemoryShop, records: Records
) -> None:
    page = "https://shop.example.com/p/wallet"
    changed(shop, records, replace(records.products["leather-wallet"], extra=MappingProxyType({"url": page})))
    talk = Talk(read, Dialogue(shop, None, currency="CNY"), shop)
    await talk("how much is the wallet")
    assert page in await talk("I'll take the black one")


async def test_a_listener_is_given_no_link(talk: Talk) -> None:
    talk.session = replace(talk.session, channel="phone")
    await talk("how much is the wallet")
    said = await talk("I'll take the black one")
    assert "http" not in said and "WALLET-BLACK" in said


async def test_what_the_records_link_is_named_once_with_its_reason(talk: Talk, records: Records) -> None:
    await talk("钱包多少钱")
    said = await talk("就要黑色的那个")
    other = next(key for key in records.products["leather-wallet"].related)
    assert "搭配" in said and f"product:{other}" in talk.buttons
    await talk("不用了")
    await talk("T恤多少钱")
    assert "顺便" not in await talk("就要蓝色 M 码的这件")


async def test_a_yes_shows_what_was_named(talk: Talk) -> None:
    await talk("钱包多少钱")
    await talk("就要黑色的那个")
    await talk("好的")
    assert talk.cited == ["product:crossbody-bag"]


@pytest.mark.parametrize("trouble", ["我要投诉，客服态度很差", "转人工"])
async def test_nothing_is_sold_to_who_is_in_trouble(talk: Talk, trouble: str) -> None:
    await talk(trouble)
    await talk("算了")
    await talk("钱包多少钱")
    assert "顺便" not in await talk("就要黑色的那个")


async def status_told(talk: Talk, records: Records, status: str) -> None:
    order = next(order for order in records.orders.values() if order.status == status)
    said = await talk(f"my email is {records.customers[order.user_id].email}, where is my order {order.order_id}")
    assert order.order_id in said and "One more thing" not in said


async def test_after_thanks_for_an_order_on_its_way_something_goes_with_it(talk: Talk, records: Records) -> None:
    await status_told(talk, records, "pending")
    said = await talk("great, thanks!")
    assert "One more thing" in said and "goes with the" in said
    assert "One more thing" not in await talk("thanks")


@pytest.mark.parametrize("then", ["it is much too slow!", "I want to cancel it", "what is the warranty?"])
async def test_who_has_more_to_say_of_an_order_is_sold_nothing(talk: Talk, records: Records, then: str) -> None:
    await status_told(talk, records, "pending")
    assert "One more thing" not in await talk(then)
    assert "One more thing" not in await talk("thanks")


async def test_who_may_still_wait_for_what_has_arrived_is_sold_nothing(talk: Talk, records: Records) -> None:
    await status_told(talk, records, "delivered")
    assert "One more thing" not in await talk("thanks")
