from __future__ import annotations

import pytest

from core.understand.entities import find_entities, without
from core.understand.normalise import normalise


def found(text: str, *, identifying: bool = False, listing: bool = False) -> dict[str, str]:
    return {e.kind: e.value for e in find_entities(normalise(text), identifying=identifying, listing=listing)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#W1234567", {"order_id": "#W1234567"}),
        ("订单w1234567到哪了", {"order_id": "#W1234567"}),
        ("order number 3912701", {"order_id": "#W3912701"}),
        ("Shopify order #1001", {"order_id": "#1001"}),
        ("Mail Chen.Jing@Example.com.", {"email": "chen.jing@example.com"}),
        ("I am under a.b@example.com order W3912701", {"email": "a.b@example.com", "order_id": "#W3912701"}),
        ("我的手机13800138000", {"phone": "13800138000"}),
        ("邮编是200030", {"zip": "200030"}),
        ("my name is Maria Sousa", {"name": "Maria Sousa"}),
        ("我叫陈静", {"name": "陈静"}),
        ("我是陈静，查订单", {"name": "陈静"}),
        ("我是会员，查订单", {}),
        ("第二个", {"ordinal": "2"}),
        ("the third one", {"ordinal": "3"}),
        ("最后一个", {"ordinal": "-1"}),
        ("my last order", {"recent": "yes"}),
        ("¥129 的那款", {"amount": "129 CNY"}),
        ("我没有邮箱", {"no_email": "yes"}),
        ("I don't remember my e-mail", {"no_email": "yes"}),
        ("product:abc-1", {"product": "abc-1"}),
        ("12345", {}),
        ("2", {}),
    ],
)
def test_entities_are_found_and_normalised(text: str, expected: dict[str, str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Maria Sousa", {"name": "Maria Sousa"}),
        ("maria sousa, 28236", {"name": "maria sousa", "zip": "28236"}),
        ("陈静 200030", {"name": "陈静", "zip": "200030"}),
        ("why do you need it", {}),
        ("为什么要这个", {}),
        ("never mind", {}),
    ],
)
def test_a_bare_name_or_zip_counts_only_when_we_asked(text: str, expected: dict[str, str]) -> None:
    assert found(text, identifying=True) == expected
    assert "name" not in found(text) or text == "陈静 200030"  # name and zip together tell that they are


def test_a_bare_digit_is_an_ordinal_only_before_a_list() -> None:
    assert found("2", listing=True) == {"ordinal": "2"}
    assert found("2。", listing=True) == {"ordinal": "2"}


def test_labels_go_with_their_entities_and_an_order_leaves_its_word() -> None:
    text = "W3912701到哪了,我的邮箱是chen.jing@example.com"
    assert without(text, find_entities(text, identifying=False, listing=False)) == "订单 到哪了"
