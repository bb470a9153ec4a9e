"""Payments, reasons, exceptions, quantities, invoices: what a wish is told with."""

from __future__ import annotations

import pytest

from core.understand.entities import find_entities
from core.understand.normalise import normalise


def values(text: str, *kinds: str) -> list[str]:
    found = find_entities(normalise(text), identifying=False, listing=False)
    return [entity.value for entity in found if entity.kind in kinds]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("refund it to my visa ending in 1234", ["credit_card:1234"]),
        ("the card ending 4321, please", ["credit_card:4321"]),
        ("退到尾号5678的信用卡", ["credit_card:5678"]),
        ("put it on my mastercard", ["credit_card:mastercard"]),
        ("退到我的银联卡", ["credit_card:unionpay"]),
        ("back to my card", ["credit_card"]),
        ("pay pal would be best", ["paypal"]),
        ("退回支付宝吧", ["alipay"]),
        ("用微信付", ["wechat_pay"]),
        ("I'd take store credit", ["gift_card"]),
        ("退到礼品卡", ["gift_card"]),
        ("use credit_card_4190576", ["credit_card_4190576"]),
        ("via gift_card_1725971", ["gift_card_1725971"]),
        ("to the original payment method", ["original"]),
        ("same card I paid with", ["original"]),
        ("原路退回就行", ["original"]),
        ("use the other card", ["other"]),
        ("换一张信用卡", ["other"]),
        ("change it from paypal to my gift card", ["gift_card"]),
        ("把付款方式从支付宝改成微信", ["wechat_pay"]),
        ("not PayPal, my amex", ["credit_card:amex"]),
        ("不要退到礼品卡，退信用卡", ["credit_card"]),
        ("paypal for the mug and the gift card for the lamp", ["paypal", "gift_card"]),
        ("加你微信可以吗", []),
        ("do you have memory cards", []),
    ],
)
def test_a_way_of_paying_is_named_unless_it_is_refused(text: str, expected: list[str]) -> None:
    assert values(text, "payment") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I no longer need it", ["no longer needed"]),
        ("I changed my mind", ["no longer needed"]),
        ("I don't want the blue mug any more", ["no longer needed"]),
        ("不想要了", ["no longer needed"]),
        ("用不上了", ["no longer needed"]),
        ("ordered by mistake", ["ordered by mistake"]),
        ("I clicked the wrong one", ["ordered by mistake"]),
        ("下错单了", ["ordered by mistake"]),
        ("不小心拍的", ["ordered by mistake"]),
        ("not by mistake, I just don't need it", ["no longer needed"]),
        ("found it cheaper elsewhere", ["other:found it cheaper elsewhere"]),
        ("太贵了", ["other:太贵了"]),
        ("发货太慢了", ["other:发货太慢了"]),
        ("because my dog hates it", ["other:my dog hates it"]),
        ("因为颜色跟家里不搭", ["other:颜色跟家里不搭"]),
        ("cancel my order", []),
        ("why do you need a reason?", []),
        ("do you need my address?", []),
        ("I want the large one", []),
    ],
)
def test_a_reason_is_one_of_the_shops_or_told_in_the_customers_words(text: str, expected: list[str]) -> None:
    assert values(text, "reason") == expected


@pytest.mark.parametrize(
    ("text", "everything", "excepted"),
    [
        ("return everything except the kettle", ["all"], ["kettle"]),
        ("all of it but not the mug please", ["all"], ["mug"]),
        ("cancel everything but the shoes and refund to paypal", ["all"], ["shoes"]),
        ("send it all back, I'm keeping the pet bed", [], ["pet bed"]),
        ("全部退掉，除了水壶", ["all"], ["水壶"]),
        ("除了水壶都退", ["all"], ["水壶"]),
        ("杯子不退，其他都退", ["all"], ["杯子"]),
        ("全退，水壶留下", ["all"], ["水壶"]),
        ("两个都退", ["both"], []),
        ("return both of them", ["both"], []),
        ("cancel all my pending orders", ["all"], []),
        ("that's all, thanks", [], []),
        ("is it all right", [], []),
        ("keep the same size", [], []),
        ("能不退货吗", [], []),
        ("首都和成都", [], []),
    ],
)
def test_all_and_what_is_excepted(text: str, everything: list[str], excepted: list[str]) -> None:
    assert values(text, "all") == everything
    assert values(text, "except") == excepted


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("two of them", "quantity", ["2"]),
        ("退两件", "quantity", ["2"]),
        ("数量改成三个", "quantity", ["3"]),
        ("I want 2 mugs", "quantity", ["2"]),
        ("第二个", "quantity", []),
        ("in two days", "quantity", []),
        ("¥129 的那款", "amount", ["129 CNY"]),
        ("一百二十块", "amount", ["120 CNY"]),
        ("under $1,299.50", "amount", ["1299.50 USD"]),
        ("抬头上海某某科技有限公司", "invoice_title", ["上海某某科技有限公司"]),
        ("发票抬头写个人", "invoice_title", ["个人"]),
        ("invoice title is Acme Trading Ltd", "invoice_title", ["Acme Trading Ltd"]),
        ("税号是91310000MA1K4XXX0X", "tax_number", ["91310000MA1K4XXX0X"]),
        ("91310000MA1K4XXX0X", "tax_number", ["91310000MA1K4XXX0X"]),
    ],
)
def test_counts_sums_and_what_an_invoice_needs(text: str, kind: str, expected: list[str]) -> None:
    assert values(text, kind) == expected
