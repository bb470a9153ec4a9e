"""The retail tasks as what a customer asks for, and what of it the shop's rules let happen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WRITES = (
    "modify_user_address",
    "modify_pending_order_address",
    "modify_pending_order_payment",
    "modify_pending_order_items",
    "cancel_pending_order",
    "return_delivered_order_items",
    "exchange_delivered_order_items",
)
"""Actions that change records."""
_FIRST = ("modify_pending_order_address", "modify_pending_order_payment")
"""What must be done before the items of the same order: afterwards nothing about it may be changed."""

Action = Mapping[str, Any]
"""{"name", "arguments"} as tau2 writes them."""


@dataclass(frozen=True, slots=True)
class Task:
    """One customer with all that they want."""

    id: str
    customer: Mapping[str, Any]
    asked: tuple[Action, ...]
    """What the customer asks for, in the task's order."""
    done: tuple[Action, ...]
    """What of it may be done; the rest must be refused."""


@dataclass(slots=True)
class Database:
    """db.json, with what the actions of one task changed so far."""

    products: Mapping[str, Any]
    users: Mapping[str, Any]
    orders: Mapping[str, Any]
    balances: dict[str, float] = field(default_factory=dict)

    def variant(self, product_id: str, item_id: str) -> Mapping[str, Any]:
        """Return a variant of a product."""
        found: Mapping[str, Any] = self.products[product_id]["variants"][item_id]
        return found

    def balance(self, customer: Mapping[str, Any], method: str) -> float:
        """Return what is left on a gift card, infinite for other methods."""
        known = customer["payment_methods"][method]
        return float(self.balances.get(method, known["balance"])) if known["source"] == "gift_card" else float("inf")

    def move(self, customer: Mapping[str, Any], method: str, amount: float) -> None:
        """Charge a gift card, or credit it with a negative amount."""
        if customer["payment_methods"].get(method, {}).get("source") == "gift_card":
            self.balances[method] = self.balance(customer, method) - amount


def read_database(folder: Path) -> Database:
    """Read db.json."""
    raw = json.loads((folder / "db.json").read_text(encoding="utf-8"))
    return Database(products=raw["products"], users=raw["users"], orders=raw["orders"])


def read_tasks(folder: Path, database: Database) -> tuple[Task, ...]:
    """Return all tasks that change records.

    A task is asked as it stands but for one thing: items that would be changed into themselves are left out,
    since a pending order cannot be changed into itself, and nobody asks for that. Tasks are left out whose end
    depends on what is done first (a cancelled order fills the gift card that pays for another): five of them.
    """
    tasks = []
    for task_id, actions in _raw(folder):
        wanted = [asked for action in actions if action["name"] in WRITES for asked in _sensible(action)]
        if not wanted:
            continue
        owner = _owner(wanted, database)
        ends = {_allowed(order, database.users[owner], database) for order in _orders(wanted)}
        if len(ends) > 1:
            continue
        (end,) = ends
        done = tuple(action for at, action in enumerate(wanted) if at in end)
        tasks.append(
            Task(id=task_id, customer=database.users[owner] | {"user_id": owner}, asked=tuple(wanted), done=done)
        )
    return tuple(tasks)


def _raw(folder: Path) -> Iterator[tuple[str, list[Action]]]:
    for task in json.loads((folder / "tasks_train.json").read_text(encoding="utf-8")):
        actions = task["evaluation_criteria"]["actions"]
        yield f"train-{task['id']}", [{"name": one["name"], "arguments": one["arguments"]} for one in actions]
    for number, task in enumerate(json.loads((folder / "tasks_synthetic.json").read_text(encoding="utf-8"))):
        actions = task["actions"]
        yield f"synthetic-{number}", [{"name": one["name"], "arguments": one["kwargs"]} for one in actions]


def _sensible(action: Action) -> Iterator[Action]:
    if action["name"] != "modify_pending_order_items":
        yield action
        return
    arguments = action["arguments"]
    pairs = zip(arguments["item_ids"], arguments["new_item_ids"], strict=True)
    changed = [(old, new) for old, new in pairs if old != new]
    if changed:
        items = {"item_ids": [old for old, _ in changed], "new_item_ids": [new for _, new in changed]}
        yield {"name": action["name"], "arguments": {**arguments, **items}}


def _owner(actions: list[Action], database: Database) -> str:
    arguments = actions[0]["arguments"]
    return str(arguments.get("user_id") or database.orders[arguments["order_id"]]["user_id"])


def _orders(actions: list[Action]) -> Iterator[list[tuple[int, Action]]]:
    """Yield the actions, each with its place, in sequences in which they might be done."""
    placed = list(enumerate(actions))
    yield placed
    yield placed[::-1]
    yield sorted(placed, key=lambda one: one[1]["name"] not in _FIRST)


def _allowed(in_turn: list[tuple[int, Action]], customer: Mapping[str, Any], database: Database) -> frozenset[int]:
    database.balances.clear()
    return frozenset(place for place, action in in_turn if _afford(action, customer, database))


def _afford(action: Action, customer: Mapping[str, Any], database: Database) -> bool:
    """Return whether the gift cards suffice, and book what the action moves at once."""
    name, arguments = action["name"], action["arguments"]
    if name == "cancel_pending_order":
        for payment in database.orders[arguments["order_id"]]["payment_history"]:
            database.move(customer, payment["payment_method_id"], -payment["amount"])
    elif name == "modify_pending_order_payment":
        paid = database.orders[arguments["order_id"]]["payment_history"][0]
        if database.balance(customer, arguments["payment_method_id"]) < paid["amount"]:
            return False
        database.move(customer, arguments["payment_method_id"], paid["amount"])
        database.move(customer, paid["payment_method_id"], -paid["amount"])
    elif "new_item_ids" in arguments:
        difference = _difference(arguments, database)
        if database.balance(customer, arguments["payment_method_id"]) < difference:
            return False
        if name == "modify_pending_order_items":
            database.move(customer, arguments["payment_method_id"], difference)
    return True


def _difference(arguments: Mapping[str, Any], database: Database) -> float:
    items = {item["item_id"]: item for item in database.orders[arguments["order_id"]]["items"]}
    pairs = zip(arguments["item_ids"], arguments["new_item_ids"], strict=True)
    return sum(database.variant(items[old]["product_id"], new)["price"] - items[old]["price"] for old, new in pairs)
