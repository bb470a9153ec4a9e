import asyncio

import pytest
from sqlalchemy import func, select

from core.errors import ShopError
from core.journal.store import Store
from core.shop.deeds import ticket_number
from core.shop.guards import GUARDS
from core.shop.local import LocalShop
from core.shop.tables import DEEDS, HANDOFFS, TICKETS
from core.types import Action, ActionStatus, Identity

JING = Identity(customer_id="jing_chen_2040", proved_by="email")


def ticket(key: str = "k1", **arguments: object) -> Action:
    return Action(
        name="create_ticket", arguments={"kind": "return", "summary": "杯子碎了", **arguments}, idempotency_key=key
    )


async def rows(store: Store, table: object) -> int:
    return await store.read(lambda connection: connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]  # any table


async def test_a_ticket_is_written_once_however_often_it_is_asked_for(shop: LocalShop, store: Store) -> None:
    first = await shop.propose(ticket(), identity=JING)
    await asyncio.gather(store.write(first.apply), store.write(first.apply))
    again = await shop.propose(ticket(), identity=JING)
    await store.write(again.apply)
    assert first.action.status is again.action.status is ActionStatus.DONE
    assert await rows(store, TICKETS) == await rows(store, DEEDS) == 1
    row = await store.read(lambda connection: connection.execute(select(TICKETS)).one())
    assert (row.number, row.kind, row.summary, row.customer_id) == (
        ticket_number("k1"), "return", "杯子碎了", JING.customer_id,
    )  # fmt: skip


async def test_another_key_is_another_ticket(shop: LocalShop, store: Store) -> None:
    for key in ("k1", "k2"):
        await store.write((await shop.propose(ticket(key), identity=None)).apply)
    assert await rows(store, TICKETS) == 2


async def test_anybody_reaches_a_person(shop: LocalShop, store: Store) -> None:
    action = Action(name="transfer_to_human_agents", arguments={"summary": "wants a person"}, idempotency_key="h1")
    effect = await shop.propose(action, identity=None)
    assert await rows(store, HANDOFFS) == 0, "nothing happens before the turn commits"
    await store.write(effect.apply)
    assert effect.action.clause == "handoff/anyone"
    assert await rows(store, HANDOFFS) == 1


async def test_an_effect_shares_the_fate_of_its_transaction(shop: LocalShop, store: Store) -> None:
    effect = await shop.propose(ticket(), identity=None)

    def turn_that_fails(connection: object) -> None:
        effect.apply(connection)
        raise RuntimeError("the turn failed")

    with pytest.raises(RuntimeError):
        await store.write(turn_that_fails)
    assert await rows(store, TICKETS) == await rows(store, DEEDS) == 0
    await store.write(effect.apply)
    assert await rows(store, TICKETS) == 1


@pytest.mark.parametrize(
    ("action", "clause"),
    [
        (
            Action(name="cancel_pending_order", arguments={"order_id": "#W3912702"}, idempotency_key="a"),
            "cancel/needs_reason",
        ),
        (Action(name="drop_all_tables", arguments={}, idempotency_key="b"), "unknown_action"),
        (
            Action(name="transfer_to_human_agents", arguments={"summary": "  "}, idempotency_key="c"),
            "handoff/needs_summary",
        ),
        (Action(name="create_ticket", arguments={"summary": "x"}, idempotency_key="d"), "tickets/needs_kind"),
        (
            Action(name="create_ticket", arguments={"kind": "x", "summary": 7}, idempotency_key="e"),
            "tickets/needs_summary",
        ),
    ],
)
async def test_what_is_denied_names_its_clause_and_changes_nothing(
    shop: LocalShop, store: Store, action: Action, clause: str
) -> None:
    effect = await shop.propose(action, identity=JING)
    await store.write(effect.apply)
    assert (effect.action.status, effect.action.clause) == (ActionStatus.DENIED, clause)
    assert await rows(store, DEEDS) == 0


async def test_an_action_without_a_key_is_a_mistake_of_the_caller(shop: LocalShop) -> None:
    with pytest.raises(ShopError, match="no idempotency key"):
        await shop.propose(ticket(key=""), identity=JING)


def test_every_action_of_the_contract_has_a_guard() -> None:
    assert set(GUARDS) == {
        "cancel_pending_order",
        "modify_pending_order_items",
        "modify_pending_order_address",
        "modify_pending_order_payment",
        "modify_user_address",
        "return_delivered_order_items",
        "exchange_delivered_order_items",
        "transfer_to_human_agents",
        "create_ticket",
    }


def test_ticket_numbers_can_be_read_out() -> None:
    assert ticket_number("k1") == ticket_number("k1") != ticket_number("k2")
    assert ticket_number("k1")[0] == "T" and ticket_number("k1")[1:].isdigit() and len(ticket_number("k1")) == 11
