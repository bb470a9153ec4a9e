"""Where a wish stands: the shop's action it comes to, what lacks, or why it cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.dialogue.draft import Draft
from core.dialogue.wishes.acting import action_name, arguments
from core.dialogue.wishes.choosing import chosen
from core.dialogue.wishes.means import lacking, methods_meant, original_method, whole_address
from core.dialogue.wishes.placing import Lack, Placed, find
from core.dialogue.wishes.wish import Wish
from core.knowledge.facts import Facts
from core.shop.records import Customer, Order, OrderItem, PaymentMethod, Product, Variant
from core.shop.ruling import Ruling
from core.types import Action, ActionStatus, confirmation_of
from core.understand.deeds import Deed

_MENDED_BY = MappingProxyType(
    {"method/": "payment_method_id", "return/refund_": "payment_method_id", "payment/same": "payment_method_id",
     "cancel/reason": "reason", "address/unreadable": "address"}
)  # fmt: skip
"""Denials that another answer mends, by how their clauses begin, with what to ask for."""


@dataclass(frozen=True, slots=True)
class Bought:
    """What a customer has ordered, as products with their variants."""

    products: Mapping[str, Product]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A wish with the action it comes to."""

    wish: Wish
    action: Action
    ruling: Ruling
    order: Order | None = None
    lack: Lack | None = None
    because: Ruling | None = None
    """The denial that makes us ask again."""
    denial: Ruling | None = None
    """Why it cannot be done at all."""
    chosen: tuple[str, ...] = ()
    """The new item of each line."""
    methods: Mapping[str, PaymentMethod] = field(default_factory=lambda: MappingProxyType({}))
    """The customer's own payment methods, by id."""

    @property
    def hash(self) -> str:
        """Return what a yes must be bound to."""
        return confirmation_of(self.action.name, self.action.arguments)

    @property
    def is_read_out(self) -> bool:
        """Return whether the customer has heard exactly this."""
        return self.lack is None and self.denial is None and self.wish.read_out == self.hash


def bought(orders: Sequence[Order], facts: Facts) -> Bought:
    """Return the products of all orders; one that left the catalogue is made up of its orders' lines."""
    found: dict[str, Product] = {}
    for item in (item for order in orders for item in order.items):
        known = facts.product(item.product_id) or found.get(item.product_id)
        found[item.product_id] = known or _gone(item)
    return Bought(MappingProxyType(found))


def _gone(item: OrderItem) -> Product:
    variant = Variant(item_id=item.item_id, options=item.options, price=item.price, available=False)
    return Product(product_id=item.product_id, names={"en": item.name}, variants={item.item_id: variant})


async def state(
    draft: Draft, one: Placed, orders: Sequence[Order], goods: Bought, *, after: Sequence[Stated] = ()
) -> Stated:
    """Return where a placed wish stands; the shop's policy decides, with what is known.

    `after` are the wishes that the same yes would settle before it.
    """
    wish, identity = one.wish, draft.identity
    customer = await draft.desk.shop.customer(identity.customer_id) if identity else None
    order = find(orders, wish.order_id)
    if customer is None:
        raise LookupError("a wish was looked at before its customer was known")
    before = (
        *(effect.action for effect in draft.effects if effect.action.status is ActionStatus.DONE),
        *(other.action for other in after if other.ruling.allowed and other.lack is None),
    )
    draw = _Drawing(draft=draft, wish=wish, order=order, customer=customer, orders=orders, goods=goods, before=before)
    if one.lack is not None and (order is None or one.lack.what != "items"):
        return await draw.stated(lack=one.lack)
    bare = await draw.stated()
    if bare.denial is not None or (wish.has_goods and bare.lack and bare.lack.what == "item_ids"):
        return bare
    return await draw.whole()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    draft: Draft
    wish: Wish
    order: Order | None
    customer: Customer
    orders: Sequence[Order]
    goods: Bought
    before: tuple[Action, ...]

    async def whole(self) -> Stated:
        """Return it with everything the customer said and what follows from it."""
        new_items, lack = self._new_items()
        if lack is not None:
            return await self.stated(lack=lack)
        payment, lack = self._payment()
        if lack is not None:
            return await self.stated(new_items=new_items, lack=lack)
        address, lack = self._address()
        return await self.stated(new_items=new_items, payment=payment, address=address, lack=lack)

    async def stated(
        self,
        *,
        new_items: tuple[str, ...] = (),
        payment: str = "",
        address: Mapping[str, str] | None = None,
        lack: Lack | None = None,
    ) -> Stated:
        """Put what was found into the deed's arguments, with what is still lacking."""
        known = arguments(
            self.wish,
            self.order,
            customer_id=self.customer.user_id,
            payment=payment,
            address=address or {},
            chosen=new_items,
        )
        if self.wish.order_id and self.order is None:
            known["order_id"] = self.wish.order_id
        action = Action(name=action_name(self.wish, self.order), arguments=known, idempotency_key="")
        ruling = await self.draft.desk.shop.review(action, identity=self.draft.identity, after=self.before)
        made = Stated(
            wish=self.wish,
            action=action,
            ruling=ruling,
            order=self.order,
            lack=lack,
            chosen=new_items,
            methods=self.customer.payment_methods,
        )
        if ruling.allowed or (lack is not None and (ruling.needs or self.order is None)):
            return made
        if ruling.needs:
            return replace(made, lack=lack or Lack(what=ruling.needs))
        mended = next((what for clause, what in _MENDED_BY.items() if ruling.clause.startswith(clause)), "")
        if mended and not (mended == "payment_method_id" and not ruling.facts.get("methods")):
            return replace(made, lack=Lack(what=mended), because=ruling)
        return replace(made, denial=ruling, lack=None)

    def _new_items(self) -> tuple[tuple[str, ...], Lack | None]:
        if self.wish.deed is not Deed.SWAP or self.order is None:
            return (), None
        found = []
        for at, line in enumerate(self.wish.lines):
            item = self.order.items[line.place or 0]
            choice = chosen(line, self.goods.products[item.product_id], item.item_id)
            if choice.item_id:
                found.append(choice.item_id)
                continue
            what = "nothing_fits" if choice.missing and not choice.offered else "near" if choice.missing else "new_item"
            return (), Lack(what=what, choices=choice.offered, line=at)
        return tuple(found), None

    def _payment(self) -> tuple[str, Lack | None]:
        wish, first = self.wish, original_method(self.order) if self.order else ""
        if wish.deed not in (Deed.RETURN, Deed.SWAP, Deed.PAYMENT):
            return "", None
        if wish.payment:
            meant = methods_meant(wish.payment, self.customer, self.order)
            others = tuple(key for key in meant if key != first) if wish.deed is Deed.PAYMENT else meant
            meant = others or meant
            if len(meant) == 1:
                return meant[0], None
            kept = meant or tuple(self.customer.payment_methods)
            return "", Lack(what="which_payment" if meant else "no_such_payment", choices=kept)
        if wish.deed is Deed.PAYMENT:
            others = tuple(key for key in self.customer.payment_methods if key != first)
            return (others[0], None) if len(others) == 1 else ("", None)
        return (first, None) if first in self.customer.payment_methods else ("", None)

    def _address(self) -> tuple[Mapping[str, str], Lack | None]:
        wish = self.wish
        if wish.deed not in (Deed.ADDRESS, Deed.PROFILE):
            return {}, None
        address = whole_address(wish.address, wish.address_ref, self.customer, self.orders)
        if address is None:
            return {}, Lack(what="unknown_address")
        missing = lacking(address) if address else ()
        return address, Lack(what="address", choices=missing) if missing else None
