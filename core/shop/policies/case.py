"""One action before its judge: the arguments, the world, and the words for a ruling."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.shop.money import written
from core.shop.records import Customer, Order, OrderItem, PaymentMethod, Variant
from core.shop.ruling import Ruling
from core.shop.world import World
from core.types import Action

SEPARATOR = "|"
"""Between the values of a fact that holds several: "paypal_1|gift_card_2"."""


@dataclass(frozen=True, slots=True)
class Case:
    """An action with its world. `customer` and `order` may be asked for once the checks of standing passed."""

    action: Action
    world: World

    @property
    def customer(self) -> Customer:
        """Return the verified customer."""
        if self.world.customer is None:
            raise LookupError(f"{self.action.name} was judged before its customer was known")
        return self.world.customer

    @property
    def order(self) -> Order:
        """Return the customer's own order."""
        if self.world.order is None:
            raise LookupError(f"{self.action.name} was judged before its order was found")
        return self.world.order

    def text(self, name: str) -> str:
        """Return an argument in words, "" where it lacks or is no text."""
        value = self.action.arguments.get(name)
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an argument that is a list of texts, () where it lacks or holds anything else."""
        value = self.action.arguments.get(name)
        if not isinstance(value, Sequence) or isinstance(value, str):
            return ()
        return tuple(value) if all(isinstance(item, str) and item for item in value) else ()

    def method(self) -> PaymentMethod | None:
        """Return the customer's payment method that the action names."""
        return self.customer.payment_methods.get(self.text("payment_method_id"))

    def lines(self) -> tuple[OrderItem, ...]:
        """Return the lines of the order that `item_ids` names, each line once."""
        items = still_here(self.order)
        return tuple(items[place] for place in chosen(items, self.texts("item_ids")))

    def new_variants(self) -> tuple[Variant, ...]:
        """Return what `new_item_ids` names, place by place of the same product as the old one."""
        pairs = zip(self.lines(), self.texts("new_item_ids"), strict=True)
        return tuple(self.world.products[line.product_id].variants[new] for line, new in pairs)

    def difference(self) -> float:
        """Return what the new goods cost more than was paid for the old ones; negative when they cost less."""
        return sum(variant.price for variant in self.new_variants()) - sum(line.price for line in self.lines())

    def deny(self, clause: str, *, needs: str = "", **facts: str) -> Ruling:
        """Return a denial; what is known of the order stands in its facts."""
        return Ruling(allowed=False, clause=clause, needs=needs, facts={**self._known(), **facts})

    def allow(self, clause: str, *, warnings: Iterable[str] = (), **facts: str) -> Ruling:
        """Return that it may be done."""
        return Ruling(allowed=True, clause=clause, facts={**self._known(), **facts}, warnings=tuple(warnings))

    def _known(self) -> Mapping[str, str]:
        order, identity = self.world.order, self.world.identity
        if order is None or identity is None or order.user_id != identity.customer_id:
            return {}
        total = sum(item.price for item in order.items)
        return {"order_id": order.order_id, "status": order.status, "total": written(total)}


Check: TypeAlias = Callable[[Case], Ruling | None]
"""A rule: the denial, or None when it has nothing against it."""


def first_denial(case: Case, checks: Iterable[Check]) -> Ruling | None:
    """Return what the first rule that is broken says."""
    return next((ruling for ruling in (check(case) for check in checks) if ruling is not None), None)


def still_here(order: Order) -> tuple[OrderItem, ...]:
    """Return the lines of an order that are not on their way back already."""
    gone = [item for key in ("return_items", "exchange_items") for item in listed(order, key)]
    places = set(chosen(order.items, gone))
    return tuple(item for place, item in enumerate(order.items) if place not in places)


def listed(order: Order, key: str) -> tuple[str, ...]:
    """Return a list of item ids that an earlier action left on the order: "return_items", ..."""
    value = order.extra.get(key)
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def chosen(items: Sequence[OrderItem], item_ids: Iterable[str]) -> tuple[int, ...]:
    """Return the places of these items in the order, each place once; those not found are left out."""
    free = list(range(len(items)))
    places = []
    for item_id in item_ids:
        place = next((place for place in free if items[place].item_id == item_id), None)
        if place is not None:
            free.remove(place)
            places.append(place)
    return tuple(places)
