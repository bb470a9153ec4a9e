"""What each write leaves in the records: documents compared key by key, and never twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from core.errors import ConflictError, ShopError
from core.journal.store import Store
from core.ports import Effect
from core.shop.formats.json_out import records_to
from core.shop.local import LocalShop
from core.shop.lookup import Bench
from core.shop.tables import DEEDS
from core.types import Action, ActionStatus, Identity
from tests.core.shop.small_shop import ANN, AWAY, BOB, TODAY, asked, document, records, terms

PAID = {"transaction_type": "payment", "amount": 39.0, "payment_method_id": "paypal_1"}


@pytest.fixture
async def small(store: Store, tmp_path: Path) -> AsyncIterator[LocalShop]:
    shop = LocalShop(store, tmp_path / "shop", Bench(clock=lambda: TODAY))
    await shop.import_records(records(), origin="small")
    yield shop


async def do(shop: LocalShop, store: Store, *actions: Action, identity: Identity = ANN) -> list[Effect]:
    """Propose and apply actions one turn after the other, and return their effects."""
    effects = []
    for action in actions:
        effects.append(await shop.propose(action, identity=identity))
        await store.write(effects[-1].apply)
    return effects


async def stands(shop: LocalShop) -> dict[str, Any]:
    return records_to(await shop.export_records())


def expected(**changes: Any) -> dict[str, Any]:
    """Return the small shop's document with keys of an order ("W1") or a gift card changed."""
    made = document()
    for name, change in changes.items():
        if name.startswith("W"):
            made["orders"][f"#{name}"].update(change)
        elif name.startswith("gift_card"):
            owner = "ann_1" if name == "gift_card_1" else "bob_2"
            made["users"][owner]["payment_methods"][name]["balance"] = change
        else:
            made["users"][name].update(change)
    return made


def mug(item_id: str, price: float, color: str) -> dict[str, Any]:
    return {"name": "Mug", "product_id": "1", "item_id": item_id, "price": price, "options": {"color": color}}


SHIRT = {"name": "Shirt", "product_id": "2", "item_id": "21", "price": 20.0, "options": {"color": "black"}}


@pytest.mark.parametrize(
    ("action", "after"),
    [
        (
            asked("cancel_pending_order", order_id="#W1", reason="no longer needed"),
            expected(
                W1={
                    "status": "cancelled",
                    "cancel_reason": "no longer needed",
                    "payment_history": [PAID, {**PAID, "transaction_type": "refund"}],
                }
            ),
        ),
        (
            asked("cancel_pending_order", order_id="#W10", reason="ordered by mistake"),
            expected(
                W10={
                    "status": "cancelled",
                    "cancel_reason": "ordered by mistake",
                    "payment_history": [
                        {"transaction_type": "payment", "amount": 5.0, "payment_method_id": "gift_card_1"},
                        {"transaction_type": "refund", "amount": 5.0, "payment_method_id": "gift_card_1"},
                    ],
                },
                gift_card_1=15.0,
            ),
        ),
        (
            asked(
                "modify_pending_order_items",
                order_id="#W1", item_ids=["11"], new_item_ids=["12"], payment_method_id="gift_card_1",
            ),
            expected(
                W1={
                    "status": "pending (item modified)",
                    "items": [mug("12", 12.1, "blue"), mug("11", 9.5, "red"), SHIRT],
                    "payment_history": [
                        PAID, {"transaction_type": "payment", "amount": 2.6, "payment_method_id": "gift_card_1"},
                    ],
                },
                gift_card_1=7.4,
            ),
        ),
        (
            asked(
                "modify_pending_order_items",
                order_id="#W1", item_ids=["11", "11"], new_item_ids=["15", "12"], payment_method_id="paypal_1",
            ),
            expected(
                W1={
                    "status": "pending (item modified)",
                    "items": [mug("15", 7.25, "white"), mug("12", 12.1, "blue"), SHIRT],
                    "payment_history": [
                        PAID, {"transaction_type": "payment", "amount": 0.35, "payment_method_id": "paypal_1"},
                    ],
                },
            ),
        ),
        (
            asked(
                "modify_pending_order_items",
                order_id="#W1", item_ids=["21"], new_item_ids=["22"], payment_method_id="gift_card_1",
            ),
            expected(
                W1={
                    "status": "pending (item modified)",
                    "items": [
                        mug("11", 9.5, "red"), mug("11", 9.5, "red"),
                        {**SHIRT, "item_id": "22", "options": {"color": "grey"}},
                    ],
                    "payment_history": [
                        PAID, {"transaction_type": "refund", "amount": 0.0, "payment_method_id": "gift_card_1"},
                    ],
                },
            ),
        ),
        (asked("modify_pending_order_address", order_id="#W1", **AWAY), expected(W1={"address": AWAY})),
        (asked("modify_user_address", user_id="ann_1", **AWAY), expected(ann_1={"address": AWAY})),
        (
            asked("modify_pending_order_payment", order_id="#W10", payment_method_id="paypal_1"),
            expected(
                W10={
                    "payment_history": [
                        {"transaction_type": "payment", "amount": 5.0, "payment_method_id": "gift_card_1"},
                        {"transaction_type": "payment", "amount": 5.0, "payment_method_id": "paypal_1"},
                        {"transaction_type": "refund", "amount": 5.0, "payment_method_id": "gift_card_1"},
                    ]
                },
                gift_card_1=15.0,
            ),
        ),
        (
            asked(
                "return_delivered_order_items",
                order_id="#W2", item_ids=["31", "11", "11"], payment_method_id="gift_card_1",
            ),
            expected(
                W2={
                    "status": "return requested",
                    "return_items": ["11", "11", "31"],
                    "return_payment_method_id": "gift_card_1",
                }
            ),
        ),
        (
            asked(
                "exchange_delivered_order_items",
                order_id="#W2", item_ids=["31", "11"], new_item_ids=["32", "11"], payment_method_id="paypal_1",
            ),
            expected(
                W2={
                    "status": "exchange requested",
                    "exchange_items": ["11", "31"],
                    "exchange_new_items": ["11", "32"],
                    "exchange_payment_method_id": "paypal_1",
                    "exchange_price_difference": 1.0,
                }
            ),
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Action) else "",
)  # fmt: skip
async def test_a_write_leaves_exactly_this(
    small: LocalShop, store: Store, action: Action, after: dict[str, Any]
) -> None:
    effect = await small.propose(action, identity=ANN)
    assert effect.action.status is ActionStatus.DONE, effect.action.clause
    assert await stands(small) == document(), "nothing happens before the turn commits"
    await store.write(effect.apply)
    assert await stands(small) == after


async def test_the_effect_tells_what_it_does(small: LocalShop) -> None:
    effect = await small.propose(asked("cancel_pending_order", order_id="#W1", reason="no longer needed"), identity=ANN)
    assert (effect.facts["refund"], effect.facts["method"], effect.facts["days"]) == ("39.00", "paypal_1", "5-7")
    ticket = await small.propose(asked("create_ticket", kind="x", summary="y"), identity=None)
    assert ticket.facts["ticket"].startswith("T")


async def test_the_order_may_be_named_as_people_do(small: LocalShop, store: Store) -> None:
    await do(small, store, asked("cancel_pending_order", order_id=" w1", reason="no longer needed"))
    assert (await stands(small))["orders"]["#W1"]["status"] == "cancelled"


async def test_a_denied_write_changes_nothing(small: LocalShop, store: Store) -> None:
    (effect,) = await do(small, store, asked("cancel_pending_order", order_id="#W3", reason="no longer needed"))
    assert (effect.action.status, effect.action.clause) == (ActionStatus.DENIED, "order/not_found")
    (effect,) = await do(
        small, store, asked("cancel_pending_order", order_id="#W1", reason="no longer needed", confirmed=False)
    )
    assert effect.action.clause == "confirmation/missing"
    assert await stands(small) == document()


async def test_the_same_key_never_acts_twice(small: LocalShop, store: Store) -> None:
    action = asked("return_delivered_order_items", order_id="#W2", item_ids=["11"], payment_method_id="credit_card_1")
    first = await small.propose(action, identity=ANN)
    await asyncio.gather(store.write(first.apply), store.write(first.apply))
    again = await small.propose(action, identity=ANN)
    await store.write(again.apply)
    assert again.action.status is ActionStatus.DONE
    assert (await stands(small))["orders"]["#W2"]["return_items"] == ["11"]
    assert await store.read(lambda on: on.execute(select(func.count()).select_from(DEEDS)).scalar_one()) == 1


async def test_a_key_of_another_write_is_refused(small: LocalShop, store: Store) -> None:
    await do(small, store, asked("cancel_pending_order", order_id="#W1", reason="no longer needed"))
    with pytest.raises(ShopError, match="belongs to another action"):
        await small.propose(asked("modify_user_address", user_id="ann_1", **AWAY), identity=ANN)


async def test_a_used_key_never_pretends_that_an_undone_change_was_done(small: LocalShop, store: Store) -> None:
    there = asked("modify_user_address", user_id="ann_1", **AWAY)
    back = asked("modify_user_address", key="k2", user_id="ann_1", **{**AWAY, "city": "Z"})
    await do(small, store, there, there, back)
    with pytest.raises(ShopError, match="a new idempotency key"):
        await small.propose(there, identity=ANN)


async def test_of_two_conversations_the_second_conflicts_and_writes_nothing(small: LocalShop, store: Store) -> None:
    cancel = asked("cancel_pending_order", key="a", order_id="#W1", reason="no longer needed")
    modify = asked("modify_pending_order_address", key="b", order_id="#W1", **AWAY)
    first, second = [await small.propose(action, identity=ANN) for action in (cancel, modify)]
    await store.write(first.apply)
    left = await stands(small)
    with pytest.raises(ConflictError, match="address/cancelled"):
        await store.write(second.apply)
    assert await stands(small) == left
    assert (await small.propose(modify, identity=ANN)).action.clause == "address/cancelled"


async def test_a_price_that_changed_after_it_was_told_conflicts(small: LocalShop, store: Store) -> None:
    action = asked(
        "modify_pending_order_items",
        order_id="#W1", item_ids=["11"], new_item_ids=["12"], payment_method_id="paypal_1",
    )  # fmt: skip
    effect = await small.propose(action, identity=ANN)
    dearer = document()
    dearer["products"]["1"]["variants"]["12"]["price"] = 99.0
    await small.import_records(records(products=dearer["products"]), origin="dearer")
    with pytest.raises(ConflictError, match="no longer do what the customer was told"):
        await store.write(effect.apply)


async def test_what_a_turn_spends_counts_for_its_next_action(small: LocalShop, store: Store) -> None:
    first = asked(
        "modify_pending_order_items",
        key="a", order_id="#W1", item_ids=["11", "11"], new_item_ids=["12", "12"], payment_method_id="gift_card_1",
    )  # fmt: skip
    second = asked(
        "exchange_delivered_order_items",
        key="b", order_id="#W2", item_ids=["11", "11"], new_item_ids=["12", "12"], payment_method_id="gift_card_1",
    )  # fmt: skip
    spent = await small.propose(first, identity=ANN)
    alone, later = [await small.propose(second, identity=ANN, after=after) for after in ((), (spent,))]
    assert alone.action.status is ActionStatus.DONE
    assert (later.action.clause, later.facts["balance"]) == ("method/balance_short", "4.80")
    address = asked("modify_pending_order_address", key="c", order_id="#W1", **AWAY)
    assert (await small.propose(address, identity=ANN, after=[spent])).action.clause == "address/items_modified"
    cancel = asked("cancel_pending_order", key="d", order_id="#W10", reason="no longer needed")
    credit = await small.propose(cancel, identity=ANN)
    richer = await small.propose(second, identity=ANN, after=[spent, credit])

    def turn(on: Connection) -> None:
        for effect in (spent, credit, richer):
            effect.apply(on)

    await store.write(turn)
    assert (await stands(small))["orders"]["#W2"]["status"] == "exchange requested"


async def test_an_order_whose_payment_was_changed_is_refunded_once(small: LocalShop, store: Store) -> None:
    await do(
        small, store,
        asked("modify_pending_order_payment", key="a", order_id="#W10", payment_method_id="paypal_1"),
        asked("cancel_pending_order", key="b", order_id="#W10", reason="no longer needed"),
    )  # fmt: skip
    left = await stands(small)
    assert left["orders"]["#W10"]["payment_history"][-1] == {
        "transaction_type": "refund", "amount": 5.0, "payment_method_id": "paypal_1",
    }  # fmt: skip
    assert left["users"]["ann_1"]["payment_methods"]["gift_card_1"]["balance"] == 15.0


async def test_a_second_return_adds_to_the_first_where_the_shop_allows_it(store: Store, tmp_path: Path) -> None:
    shop = LocalShop(store, tmp_path / "shop", Bench(terms=terms(returns={"once_only": False}), clock=lambda: TODAY))
    await shop.import_records(records(), origin="small")
    method = {"payment_method_id": "credit_card_1"}
    await do(
        shop, store,
        asked("return_delivered_order_items", key="a", order_id="#W2", item_ids=["31"], **method),
        asked("return_delivered_order_items", key="b", order_id="#W2", item_ids=["11"], **method),
    )  # fmt: skip
    assert (await stands(shop))["orders"]["#W2"]["return_items"] == ["11", "31"]


async def test_a_new_default_address_is_what_the_customer_is_found_by(small: LocalShop, store: Store) -> None:
    await do(small, store, asked("modify_user_address", user_id="ann_1", **AWAY))
    assert [found.user_id for found in await small.customers_by_name_zip("Ann Lee", "10001")] == ["ann_1"]
    assert await small.customers_by_name_zip("Ann Lee", "90001") == ()


async def test_review_sees_the_records_and_writes_nothing(small: LocalShop) -> None:
    action = Action(name="cancel_pending_order", arguments={"order_id": "#W1"}, idempotency_key="")
    ruling = await small.review(action, identity=ANN)
    assert (ruling.clause, ruling.needs) == ("cancel/needs_reason", "reason")
    assert (await small.review(action, identity=BOB)).clause == "order/not_found"
    whole = asked("cancel_pending_order", key="", confirmed=False, order_id="#W1", reason="no longer needed")
    assert (await small.review(whole, identity=ANN)).allowed
    assert await stands(small) == document()


async def test_the_shops_day_goes_on_from_the_day_its_records_describe(store: Store, tmp_path: Path) -> None:
    day = date(2030, 1, 1)
    shop = LocalShop(store, tmp_path / "shop", Bench(clock=lambda: day))
    await shop.import_records(records(as_of="2026-06-15", policy={"returns": {"days": 7}}), origin="small")
    action = Action(name="return_delivered_order_items", arguments={"order_id": "#W2"}, idempotency_key="")
    assert (await shop.review(action, identity=ANN)).clause == "goods/needs_item_ids"
    assert (await shop.terms())[0].returns.days == 7
    day = date(2030, 1, 4)
    assert (await shop.review(action, identity=ANN)).clause == "return/window_passed"
    assert (await shop.terms())[1] == date(2026, 6, 18)
