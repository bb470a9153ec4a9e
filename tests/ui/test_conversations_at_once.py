"""Fifty customers talk to one house at once; each ends in their own writes and hears nothing of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from core.config import load
from core.shop.records import Customer, Records
from core.types import ActionStatus, Turn
from learning.evaluation.cases import NOT_WRITES
from learning.evaluation.cases_judge import heard
from ui.app import Application, Needs
from ui.case_houses import open_houses
from ui.shop_folder import demo_records
from ui.terminal import Terminal

_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What one customer says, and the one write it must end in."""

    customer: Customer
    turns: tuple[str, ...]
    name: str
    arguments: dict[str, object]


def _errands(records: Records) -> Iterator[Errand]:
    """Yield cancellations of pending orders in turns of both languages, then changes of address, each another."""
    for at, customer in enumerate(records.customers.values()):
        pending = [key for key in customer.orders if records.orders[key].status == "pending"]
        if pending:
            zh = (customer.email, f"取消订单{pending[0]}，拍错了", "是的")
            en = (f"cancel order {pending[0]}, I ordered it by mistake", customer.email, "yes")
            arguments: dict[str, object] = {"order_id": pending[0], "reason": "ordered by mistake"}
            name = "cancel_pending_order"
            yield Errand(customer=customer, turns=zh if at % 2 else en, name=name, arguments=arguments)
    for at, customer in enumerate(records.customers.values(), 1):
        street = f"{at} Harbour Street"
        turns = (
            f"my e-mail is {customer.email}",
            f"please change my default address to {street}, Denver, CO 80280, USA",
            "yes",
        )
        place = {"city": "Denver", "state": "CO", "country": "USA", "zip": "80280"}
        yield Errand(
            customer=customer,
            turns=turns,
            name="modify_user_address",
            arguments={"user_id": customer.user_id, "address1": street, "address2": "", **place},
        )


async def _talk(house: Application, errand: Errand) -> list[Turn]:
    terminal = Terminal(engine=house.engine, channel="web")
    return [await terminal.say(text) for text in errand.turns]


@pytest.mark.models
async def test_fifty_conversations_at_once_settle_their_own_business_only() -> None:
    records = demo_records()
    errands = list(_errands(records))[:_AT_ONCE]
    assert len(errands) == _AT_ONCE and {errand.name for errand in errands} > {"cancel_pending_order"}

    async with open_houses(load(), Needs(hearing=False, seeing=False, speaking=False)) as houses:
        async with houses.house() as house:
            talks = await asyncio.gather(*(_talk(house, errand) for errand in errands))
            stored = await house.shop.export_records()

    for errand, turns in zip(errands, talks, strict=True):
        done = [action for turn in turns for action in turn.actions if action.status is ActionStatus.DONE]
        writes = [(action.name, dict(action.arguments)) for action in done if action.name not in NOT_WRITES]
        assert writes == [(errand.name, errand.arguments)], errand.turns
        said = "\n".join(line for turn in turns for line in heard(turn))
        others = [order for order in records.orders if order in said and order not in errand.customer.orders]
        assert not others, f"{errand.customer.user_id} heard of {others}"
    cancelled = {str(errand.arguments["order_id"]) for errand in errands if "order_id" in errand.arguments}
    changed = {key for key, order in records.orders.items() if stored.orders[key] != order}
    assert changed == cancelled
    moved = {errand.customer.user_id for errand in errands if "address1" in errand.arguments}
    assert {key for key, one in records.customers.items() if stored.customers[key].address != one.address} == moved
