"""A task's actions as a customer sees them: what they would name, and how, before it is put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.retail.tasks import Action, Database, Task

_NAMES_METHOD = 0.3
"""How often a payment method is named by its id."""
_LEAVES_ORDER_OUT = 0.4
"""How often an order that is clear without its number goes without it."""
_SAYS_MORE = 0.25
"""How often an item that its name makes clear is described all the same."""
_POINTS = 0.3
"""How often an address that is on record is pointed to instead of written out."""

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item as it is told apart from the others."""

    name: str
    """As recorded."""
    options: Options
    """What must be said beside the name; empty when the name says all."""
    count: int = 1
    """2 for both of two that are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """An item and what it shall become."""

    item: Item
    changed: Options
    """The options that differ; empty for the very same again."""
    vague: frozenset[str]
    """Values that more than one option of the product may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment method by one of its descriptions: "id", "digits", "source" or "original"."""

    by: str
    id: str
    source: str
    brand: str = ""
    digits: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing that a customer wants done."""

    deed: str
    """The action's name."""
    order_id: str = ""
    """Empty when it is left out."""
    items: tuple[Item, ...] = ()
    swaps: tuple[Swap, ...] = ()
    whole: bool = False
    """Whether all items of the order are meant."""
    spared: Item | None = None
    """The one item of the order that is not meant."""
    payment: Payment | None = None
    reason: str = ""
    address: Mapping[str, str] | None = None
    as_in: str = ""
    """Where the address stands already: "profile" or an order id."""


def requests_of(task: Task, database: Database, random: Random) -> tuple[Request, ...]:
    """Return the task's actions as requests, in its order."""
    orders = {order_id: database.orders[order_id] for order_id in task.customer["orders"]}
    return tuple(_request(action, task, orders, database, random) for action in task.asked)


def _request(action: Action, task: Task, orders: Mapping[str, Any], database: Database, random: Random) -> Request:
    name, arguments = action["name"], action["arguments"]
    if name == "modify_user_address":
        return Request(deed=name, **_address(arguments, task, {}, random))
    order = orders[arguments["order_id"]]
    clear = _clear_without_id(name, arguments, orders) and len(task.asked) == 1
    order_id = "" if clear and random.random() < _LEAVES_ORDER_OUT else arguments["order_id"]
    scope = order["items"] if order_id else [item for one in orders.values() for item in one["items"]]
    if "address1" in arguments:
        return Request(deed=name, order_id=order_id, **_address(arguments, task, orders, random))
    if "reason" in arguments:
        return Request(deed=name, order_id=order_id, reason=arguments["reason"])
    payment = _payment(arguments["payment_method_id"], task.customer, order, name, random)
    if name == "modify_pending_order_payment":
        return Request(deed=name, order_id=order_id, payment=payment)
    if "new_item_ids" in arguments:
        swaps = _swaps(arguments, order, scope, database, random)
        return Request(deed=name, order_id=order_id, swaps=swaps, payment=payment)
    return Request(deed=name, order_id=order_id, payment=payment, **_goods(arguments, order, scope, order_id, random))


def _clear_without_id(name: str, arguments: Mapping[str, Any], orders: Mapping[str, Any]) -> bool:
    """Return whether nobody could mistake the order: the only one in its state, or the only one with these goods."""
    order = orders[arguments["order_id"]]
    same_state = [one for one in orders.values() if one["status"] == order["status"]]
    if "item_ids" not in arguments:
        return len(same_state) == 1
    elsewhere = {item["product_id"] for one in orders.values() if one is not order for item in one["items"]}
    wanted = {item["product_id"] for item in order["items"] if item["item_id"] in arguments["item_ids"]}
    return not wanted & elsewhere


def _goods(
    arguments: Mapping[str, Any], order: Mapping[str, Any], scope: Sequence[Any], order_id: str, random: Random
) -> dict[str, Any]:
    wanted = Counter(arguments["item_ids"])
    rest = Counter(item["item_id"] for item in order["items"]) - wanted
    if order_id and not rest and random.random() < 0.5:
        return {"whole": True}
    if order_id and rest.total() == 1 and len(order["items"]) > 2 and random.random() < 0.5:
        return {"spared": _item(next(iter(rest)), 1, order, scope, random)}
    items = [_item(item_id, count, order, scope, random) for item_id, count in wanted.items()]
    random.shuffle(items)
    return {"items": tuple(items)}


def _item(item_id: str, count: int, order: Mapping[str, Any], scope: Sequence[Any], random: Random) -> Item:
    item = next(one for one in order["items"] if one["item_id"] == item_id)
    twins = [one for one in scope if one["product_id"] == item["product_id"] and one["item_id"] != item_id]
    telling = {
        key: value for key, value in item["options"].items() if any(twin["options"].get(key) != value for twin in twins)
    }
    if not telling and random.random() < _SAYS_MORE:
        key = random.choice(sorted(item["options"]))
        telling = {key: item["options"][key]}
    return Item(name=item["name"], options=telling, count=count)


def _swaps(
    arguments: Mapping[str, Any], order: Mapping[str, Any], scope: Sequence[Any], database: Database, random: Random
) -> tuple[Swap, ...]:
    pairs = Counter(zip(arguments["item_ids"], arguments["new_item_ids"], strict=True))
    swaps = []
    for (old, new), count in pairs.items():
        product_id = next(item["product_id"] for item in order["items"] if item["item_id"] == old)
        before = next(item["options"] for item in order["items"] if item["item_id"] == old)
        after = database.variant(product_id, new)["options"]
        swaps.append(
            Swap(
                item=_item(old, count, order, scope, random),
                changed={key: value for key, value in after.items() if before.get(key) != value},
                vague=_vague(database.products[product_id]),
            )
        )
    random.shuffle(swaps)
    return tuple(swaps)


def _vague(product: Mapping[str, Any]) -> frozenset[str]:
    """Return the values that stand under several options of a product: black for strap and dial."""
    under: dict[str, set[str]] = {}
    for variant in product["variants"].values():
        for key, value in variant["options"].items():
            under.setdefault(value.lower(), set()).add(key)
    return frozenset(value for value, keys in under.items() if len(keys) > 1)


def _payment(
    method_id: str, customer: Mapping[str, Any], order: Mapping[str, Any], deed: str, random: Random
) -> Payment:
    method = customer["payment_methods"][method_id]
    alike = [one for one in customer["payment_methods"].values() if one["source"] == method["source"]]
    known = {"id": method_id, "source": method["source"], "brand": method.get("brand", "")}
    if random.random() < _NAMES_METHOD:
        return Payment(by="id", **known)
    original = order["payment_history"][0]["payment_method_id"] == method_id
    if original and deed != "modify_pending_order_payment" and random.random() < 0.3:
        return Payment(by="original", **known)
    if "last_four" in method and random.random() < 0.6:
        return Payment(by="digits", digits=method["last_four"], **known)
    if len(alike) == 1:
        return Payment(by="source", **known)
    return (
        Payment(by="digits", digits=method["last_four"], **known)
        if "last_four" in method
        else Payment(by="id", **known)
    )


def _address(arguments: Mapping[str, Any], task: Task, orders: Mapping[str, Any], random: Random) -> dict[str, Any]:
    address = {key: arguments[key] for key in ("address1", "address2", "city", "state", "country", "zip")}
    places = [("profile", task.customer["address"])] if orders else []
    places += [
        (order_id, order["address"]) for order_id, order in orders.items() if order_id != arguments.get("order_id")
    ]
    same = [where for where, known in places if {key: known.get(key, "") for key in address} == address]
    as_in = random.choice(same) if same and random.random() < _POINTS else ""
    return {"address": address, "as_in": as_in}
