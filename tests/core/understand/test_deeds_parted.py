from __future__ import annotations

import pytest

from core.understand.deeds import Deed, outside, stretches, wishes
from core.understand.normalise import normalise


def deeds(text: str) -> list[tuple[Deed | None, str]]:
    text = normalise(text)
    return [(part.deed, text[part.start : part.end].strip()) for part in stretches(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("please cancel #W1234567", [Deed.CANCEL]),
        ("我要退掉水壶", [Deed.RETURN]),
        ("change the size to L", [Deed.SWAP]),
        ("把靴子换成9码", [Deed.SWAP]),
        ("ship it to 5 Main Street instead", [Deed.ADDRESS]),
        ("收货地址改成北京市朝阳区建国路1号", [Deed.ADDRESS]),
        ("switch the payment on #W2806889 to my PayPal", [Deed.PAYMENT]),
        ("把订单#W3510092换成我的PayPal支付", [Deed.PAYMENT]),
        ("我的默认地址改成上海市静安区南京西路100号", [Deed.PROFILE]),
        ("refund it to my gift card", []),
        ("多退少补用我的礼品卡", []),
        ("不要取消", []),
        ("yes please", []),
    ],
)
def test_a_deed_is_known_by_its_verb_and_what_it_is_about(text: str, expected: list[Deed]) -> None:
    assert [deed for deed, _ in deeds(text)] == expected


def test_each_deed_keeps_its_own_order_and_reason() -> None:
    found = deeds("取消#W3912701，下错单了；#W3912702改地址到上海市静安区南京西路100号")
    assert [deed for deed, _ in found] == [Deed.CANCEL, Deed.ADDRESS]
    assert "下错单" in found[0][1] and "W3912702" in found[1][1]


def test_words_before_their_verb_go_on_with_it() -> None:
    ((deed, words),) = deeds("For #W1205816, exchange the kettle for a glass one")
    assert deed is Deed.SWAP and "#W1205816" in words


def test_no_deed_spreads_to_an_order_of_another_sentence() -> None:
    found = deeds("订单#W1111111还没发货，吸尘器要无线的，差价用PayPal。再帮我办一件事：请帮我取消订单#W2222222")
    assert [(deed, "W1111111" in words) for deed, words in found] == [(Deed.SWAP, True), (Deed.CANCEL, False)]
    assert [
        words for deed, words in deeds("cancel #W1111111. Next: I wonder about #W2222222") if "W2222222" in words
    ] == []


def test_an_order_whose_address_is_taken_over_is_not_the_one_that_changes() -> None:
    found = deeds(
        "cancel #W1111111. Please pay #W2222222 by card instead. And for #W3333333, use the same address as #W4444444"
    )
    assert [deed for deed, _ in found] == [Deed.CANCEL, Deed.PAYMENT, Deed.ADDRESS]
    assert "W3333333" in found[2][1] and "W3333333" not in found[1][1]
    found = deeds("我要改订单#W1111111的地址，改为跟订单#W2222222一样的地址然后帮我修改默认收货地址：建国路1号")
    assert [(deed, "W2222222" in words) for deed, words in found] == [(Deed.ADDRESS, True), (Deed.PROFILE, False)]


def test_commas_in_brackets_part_nothing() -> None:
    ((_, words),) = deeds("把电动牙刷（黑色，可充电）换成白色的")
    assert "电动牙刷" in words and "白色" in words


@pytest.mark.parametrize(
    "text",
    ["how do I return something?", "怎么退货", "能寄到香港吗", "is it possible to exchange shoes?", "我的退款到账了吗"],
)
def test_asking_for_the_rules_or_the_progress_is_no_wish(text: str) -> None:
    text = normalise(text)
    assert not wishes(text, stretches(text), names_order=False)


def test_a_question_beside_a_wish_is_left_over() -> None:
    text = normalise("return everything from #W1234567. do you also sell mugs?")
    assert "mugs" in outside(text, stretches(text))
