from datetime import date
from typing import Any

import pytest

from core.shop.guards import guard
from core.shop.policies.clauses import DENIALS
from core.shop.returnable import returnable
from tests.core.shop.small_shop import ANN, TODAY, asked, records, terms, world

SHOP = records()
OWN = [order for order in SHOP.orders.values() if order.user_id == ANN.customer_id]


def lines(**sections: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in returnable(OWN, SHOP.products, terms(**sections), TODAY):
        found.setdefault(line.order_id, []).append(line.item.item_id)
    return found


def test_what_was_delivered_and_did_not_go_back_can_go_back() -> None:
    assert lines() == {"#W2": ["11", "21", "31", "11"], "#W11": ["11"]}


def test_the_last_day_is_told() -> None:
    stated = terms(returns={"days": 7}, exchanges={"days": 15})
    (first, *_) = returnable(OWN, SHOP.products, stated, TODAY)
    assert (first.return_until, first.exchange_until) == (date(2026, 6, 17), date(2026, 6, 25))
    (later, *_) = returnable(OWN, SHOP.products, stated, date(2026, 6, 18))
    assert (later.may_return, later.may_exchange) == (False, True)


@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"returns": {"days": 5}},
        {"returns": {"days": 4}, "exchanges": {"days": 4}},
        {"returns": {"excluded": ["pens"]}, "exchanges": {"excluded": ["1"]}},
        {"returns": {"once_only": False}, "exchanges": {"once_only": False}},
    ],
)
def test_it_says_what_the_policy_would_allow(sections: dict[str, Any]) -> None:
    stated = terms(**sections)
    told = {
        (line.order_id, line.item.item_id, name)
        for line in returnable(OWN, SHOP.products, stated, TODAY)
        for name, may in (("return", line.may_return), ("exchange", line.may_exchange))
        if may
    }
    allowed = set()
    for order in OWN:
        for item in order.items:
            for area in ("return", "exchange"):
                action = asked(f"{area}_delivered_order_items", order_id=order.order_id, item_ids=[item.item_id])
                ruling = guard(action, world(action, stated=stated))
                assert ruling.clause in DENIALS
                if ruling.needs:  # everything else was found in order
                    allowed.add((order.order_id, item.item_id, area))
    assert told == allowed
