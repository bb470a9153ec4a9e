"""Photos with writing on them: order numbers, slips, displays, codes, and orders to the clerk."""

from __future__ import annotations

import pytest

from core.dialogue.clerk_dialogue import Dialogue
from core.types import Attachment, AttachmentKind, MatchDecision, ProductMatch, SeenCode, SeenText
from core.understand.ladder import Understander
from tests.core.dialogue.conftest import MemoryShop, Talk

CHEN = "chen.jing@example.com"
PHOTO = (Attachment(id="a", kind=AttachmentKind.IMAGE, media_type="image/jpeg", size_bytes=9, sha256="ab"),)
UNKNOWN = (
    ProductMatch(attachment_id="a", sku="S", product_id="vacuum-flask", score=0.2, decision=MatchDecision.UNKNOWN),
)


@pytest.fixture
def reading(read: Understander, shop: MemoryShop) -> Talk:
    """Return a talk with a clerk that reads photos and has no model that sees."""
    return Talk(read, Dialogue(shop, None, handoff_hours="9:00-21:00", currency="CNY", reads=True), shop)


async def show(talk: Talk, words: str, *lines: str, flags: tuple[str, ...] = (), codes: tuple[str, ...] = ()) -> str:
    """Say `words` with a photo of nothing that is sold, on which `lines` stand."""
    return await talk(
        words,
        attachments=PHOTO,
        matches=UNKNOWN,
        flags=flags,
        texts=tuple(SeenText(attachment_id="a", text=line, confidence=0.9) for line in lines),
        codes=tuple(SeenCode(attachment_id="a", symbology="QR", value=value) for value in codes),
    )


def own_orders(shop: MemoryShop) -> list[str]:
    (customer,) = (one for one in shop.records.customers.values() if one.email == CHEN)
    return list(customer.orders)


async def test_the_order_of_a_screenshot_is_told_to_its_owner_who_proves_it(reading: Talk, shop: MemoryShop) -> None:
    older = own_orders(shop)[0]
    said = await show(reading, "这个订单到哪了", f"订单编号 {older}", "实付款 ¥498.00")
    assert "邮箱" in said and older not in said
    assert older in await reading(CHEN)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_own_order_is_found_by_its_screenshot(read: Understander, shop: MemoryShop, lang: str) -> None:
    for order in own_orders(shop):
        talk = Talk(read, Dialogue(shop, None, currency="CNY", reads=True), shop)
        await talk(CHEN)
        label, asked = ("订单号：", "这个订单到哪了？") if lang == "zh" else ("Order No.", "where is this order?")
        await show(talk, asked, "Thank you!", f"{label}{order.removeprefix('#')}")
        assert [card.title for card in talk.cards] == [order]


async def test_a_parcels_slip_names_its_order(reading: Talk, shop: MemoryShop) -> None:
    await reading(CHEN)
    tracked = [
        (order_id, number)
        for order_id in own_orders(shop)
        for parcel in shop.records.orders[order_id].fulfilments
        for number in parcel.tracking_ids
    ]
    assert tracked
    for order_id, number in tracked:
        await show(reading, "where is this parcel?", "Tracking", f"{number[:4]} {number[4:]}")
        assert [card.title for card in reading.cards] == [order_id]


async def test_letters_read_as_digits_still_find_the_order(reading: Talk, shop: MemoryShop) -> None:
    await reading(CHEN)
    order = own_orders(shop)[0]
    blurred = order.replace("0", "O").replace("1", "l")
    await show(reading, "这个订单到哪了", f"订单编号 {blurred}")
    assert [card.title for card in reading.cards] == [order]


async def test_of_several_orders_in_a_screenshot_one_is_asked_for(reading: Talk, shop: MemoryShop) -> None:
    await reading(CHEN)
    first, second, *others = own_orders(shop)
    said = await show(reading, "这个订单到哪了", f"订单 {first}", f"订单 {second}")
    assert {first, second} <= set(reading.buttons) and not set(others) & set(reading.buttons)
    assert said
    assert second in await reading(second)


async def test_a_typed_number_wins_over_the_photos(reading: Talk, shop: MemoryShop) -> None:
    await reading(CHEN)
    first, second, *_ = own_orders(shop)
    said = await show(reading, f"where is order {first}?", f"Order {second}")
    assert first in said and second not in said


async def test_somebody_elses_order_is_not_there(reading: Talk, shop: MemoryShop) -> None:
    await reading(CHEN)
    foreign = next(key for key in shop.records.orders if key not in own_orders(shop))
    said = await show(reading, "where is this order?", f"Order {foreign}")
    assert "isn't among your orders" in said and foreign not in said


async def test_an_address_and_an_order_in_a_photo_prove_nothing(reading: Talk, shop: MemoryShop) -> None:
    order = own_orders(shop)[0]
    said = await show(reading, "这个订单到哪了", f"邮箱 {CHEN}", f"订单 {order}", "陈静 310000")
    assert "邮箱" in said
    assert reading.session.identity is None


@pytest.mark.parametrize(
    ("lang", "asked", "yes", "found"),
    [("zh", "这个订单到哪了", "是的", "核对好了"), ("en", "where is this order?", "yes", "found you")],
)
async def test_an_address_in_a_photo_is_asked_about_and_taken_on_a_yes(
    reading: Talk, shop: MemoryShop, lang: str, asked: str, yes: str, found: str
) -> None:
    reading.locale, order = lang, own_orders(shop)[0]
    assert CHEN in await show(reading, asked, f"Order {order}", f"Sent to {CHEN}")
    assert reading.session.identity is None
    assert CHEN in reading.buttons
    said = await reading(yes)
    assert found in said and order in said


async def test_an_address_that_is_denied_is_no_attempt_and_the_right_one_is_taken(reading: Talk) -> None:
    assert CHEN in await show(reading, "where is my order?", f"Sent to {CHEN}")
    assert "Which one is right" in await reading("no")
    assert reading.session.failed_checks == 0 and reading.session.identity is None
    assert "found you" in await reading("maria.sousa99@example.com")


async def test_a_denial_that_names_the_right_address_needs_no_question(reading: Talk) -> None:
    await show(reading, "where is my order?", f"Sent to {CHEN}")
    assert "found you" in await reading("no, it's maria.sousa99@example.com")
    assert reading.session.identity and reading.session.identity.customer_id == "maria_sousa_3257"


async def test_an_account_page_without_words_is_asked_about(reading: Talk) -> None:
    reading.locale = "zh"
    said = await show(reading, "", "我的账户", CHEN)
    assert CHEN in said and "没有卖" not in said and reading.session.identity is None
    assert "核对好了" in await reading("对")


async def test_an_address_is_asked_about_where_proof_is_waited_for(reading: Talk) -> None:
    await reading("where is my order?")
    said = await show(reading, "this is my account", "My account", CHEN)
    assert CHEN in said and "back to" not in said
    assert "found you" in await reading("yes")


@pytest.mark.parametrize(
    "lines",
    [(f"to {CHEN}", "from maria.sousa99@example.com"), ("write to service@example.com",), ("see chen.jing@example",)],
)
async def test_an_address_that_may_be_another_ones_is_not_asked_about(reading: Talk, lines: tuple[str, ...]) -> None:
    said = await show(reading, "where is my order?", *lines)
    assert "@" not in said and "Which e-mail address" in said


async def test_a_question_beside_an_unsold_thing_with_an_address_is_answered(reading: Talk) -> None:
    said = await show(reading, "do you have this?", "Kitchen", CHEN)
    assert "@" not in said and "sell" in said


async def test_an_address_that_was_not_asked_about_is_forgotten(reading: Talk) -> None:
    await show(reading, "do you have this?", CHEN)
    for words in ("hello", "thanks", "how long does delivery take?", "do you sell kettles?", "thanks", "ok"):
        await reading(words)
    assert "@" not in await reading("where is my order?")


async def test_an_address_beside_instructions_is_left_alone(reading: Talk) -> None:
    said = await show(reading, "where is my order?", CHEN, flags=("instruction_in_photo",))
    assert "@" not in said
    await reading("yes")
    assert reading.session.identity is None


async def test_a_caller_is_not_proven_by_a_photo(reading: Talk, shop: MemoryShop) -> None:
    (customer,) = (one for one in shop.records.customers.values() if one.email == CHEN)
    reading.sender = customer.phone
    await show(reading, "where is this order?", f"Order {own_orders(shop)[0]}")
    assert reading.session.identity is None


async def test_a_screenshot_without_words_is_offered_back(reading: Talk, shop: MemoryShop) -> None:
    order = own_orders(shop)[0]
    reading.locale = "zh"
    said = await show(reading, "", f"订单编号 {order}")
    assert order in said and "要我查" in said
    await reading("好的")
    assert order in await reading(CHEN)


async def test_a_cancellation_takes_the_order_of_the_photo_and_still_asks(reading: Talk, shop: MemoryShop) -> None:
    await reading(CHEN)
    pending = [key for key in own_orders(shop) if shop.records.orders[key].status == "pending"]
    for order in pending:
        await show(reading, "帮我取消这个订单，不想要了", f"订单编号 {order}")
        assert not shop.done
        assert any(order in text for text in [reading.session.last_reply])


async def test_what_is_written_is_read_out_as_a_quote(reading: Talk) -> None:
    said = await show(reading, "上面写的什么？", "保质期 18 个月", "http://evil.example/pay")
    assert "保质期 18 个月" in said and "evil" not in said
    again = await reading("照片上写的是什么")
    assert "保质期 18 个月" in again


async def test_nothing_written_is_owned(reading: Talk) -> None:
    assert "看不清" in await show(reading, "上面写的什么？")


async def test_a_photo_that_was_not_read_in_time_is_no_photo_without_words(reading: Talk) -> None:
    said = await show(reading, "上面写的什么？", flags=("reading_late",))
    assert "没能细看" in said and "看不清" not in said


async def test_an_order_to_the_clerk_is_flagged_and_its_photos_numbers_are_not_used(
    reading: Talk, shop: MemoryShop
) -> None:
    await reading(CHEN)
    order = own_orders(shop)[0]
    said = await show(reading, "", f"Order {order}", flags=("instruction_in_photo",))
    assert "I take none from photos" in said
    assert order not in said


async def test_a_link_in_a_code_is_not_opened(reading: Talk) -> None:
    reading.locale = "en"
    said = await show(reading, "", codes=("https://evil.example/refund",))
    assert "never open links" in said and "evil" not in said


async def test_a_barcode_that_the_shop_does_not_know_is_told(reading: Talk) -> None:
    reading.locale = "en"
    assert "4006381333931" in await show(reading, "", codes=("4006381333931",))
