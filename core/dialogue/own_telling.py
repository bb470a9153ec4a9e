"""Tell verified customers what their own records hold: nothing is computed that the records do not say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from core.dialogue.draft import Draft
from core.dialogue.orders import find_own, own_orders, status
from core.dialogue.orders import items as goods_of
from core.dialogue.own_asking import filtered
from core.dialogue.tickets.goods import item_name, items_meant
from core.knowledge.passages import tokens
from core.knowledge.variants import describe
from core.shop.money import paid_by_method, paid_in_all
from core.shop.records import Address, Order, OrderItem, PaymentMethod
from core.types import Action
from core.wording.formats import day, listing, money

_SHOWN = 8
_RETURN = "return_delivered_order_items"


async def which_records(draft: Draft) -> str:
    """Return "order" when one order is asked about, else "customer"."""
    return "order" if draft.slots.get("asked_order") == "yes" else "customer"


async def tell_records(draft: Draft) -> str:
    """Answer all that was asked of the customer's records."""
    asked = draft.slots.pop("asked_of_records", "").split(",")
    for name in asked:
        if name in _TELLERS:
            await _TELLERS[name](draft)
    draft.forget("asked_words", "asked_order")
    return ""


async def _tell_paid(draft: Draft) -> None:
    order = await _order(draft)
    if order is None:
        return
    _say(draft, order, "own_paid", amount=_money(draft, paid_in_all(order)), methods=await _methods_of(draft, order))


async def _tell_paid_how(draft: Draft) -> None:
    order = await _order(draft)
    if order is not None:
        _say(draft, order, "own_paid_how", methods=await _methods_of(draft, order))


async def _tell_paid_in_all(draft: Draft) -> None:
    orders = await own_orders(draft)
    total = sum(paid_in_all(order) for order in orders)
    draft.say("own_paid_in_all", count=len(orders), amount=_money(draft, total))


async def _tell_tracking(draft: Draft) -> None:
    order = await _order(draft)
    if order is None:
        return
    numbers = [number for parcel in order.fulfilments for number in parcel.tracking_ids]
    if numbers:
        _say(draft, order, "own_tracking", numbers=listing(numbers, draft.language))
    else:
        _say(draft, order, "own_no_tracking", status=status(draft, order))


async def _tell_count(draft: Draft) -> None:
    order = await _order(draft)
    if order is not None:
        _say(draft, order, "own_count", count=len(order.items), items=goods_of(draft, order))


async def _tell_contents(draft: Draft) -> None:
    order = await _order(draft)
    if order is None:
        return
    _say(draft, order, "own_contents")
    draft.text("\n".join(_item_line(draft, at, item) for at, item in enumerate(order.items, 1)))


async def _tell_address(draft: Draft) -> None:
    order = await _order(draft) if draft.slots.get("asked_order") == "yes" else None
    customer = await draft.desk.shop.customer(draft.identity.customer_id) if draft.identity else None
    if order is not None:
        _say(draft, order, "own_order_address", address=_address(order.address))
    elif customer is not None:
        draft.say("own_address", address=_address(customer.address))


async def _tell_methods(draft: Draft) -> None:
    customer = await draft.desk.shop.customer(draft.identity.customer_id) if draft.identity else None
    methods = [_method(draft, method) for method in customer.payment_methods.values()] if customer else []
    if methods:
        draft.say("own_methods", methods=listing(methods, draft.language))
    else:
        draft.say("own_no_methods")


async def _tell_item_price(draft: Draft) -> None:
    found = await _named_items(draft)
    for order, item in found[:_SHOWN]:
        _say(draft, order, "own_item_price", item=item_name(draft, item), price=_money(draft, item.price))
    if not found:
        draft.say("own_item_unknown")


async def _tell_refund_if(draft: Draft) -> None:
    """Say what the shop's own judgement of a return says: the amount and the days, or the clause against it."""
    by_order: dict[str, tuple[Order, list[OrderItem]]] = {}
    for order, item in await _named_items(draft):
        by_order.setdefault(order.order_id, (order, []))[1].append(item)
    if not by_order:
        spoken_of = await find_own(draft, draft.slots.get("order_id", ""))
        by_order = {spoken_of.order_id: (spoken_of, list(spoken_of.items))} if spoken_of else {}
    for order, lines in by_order.values():
        await _judge_return(draft, order, lines)
    if not by_order:
        draft.say("own_item_unknown")


async def _judge_return(draft: Draft, order: Order, lines: list[OrderItem]) -> None:
    method = next(iter(paid_by_method(order.payments)), "")
    arguments = {
        "order_id": order.order_id,
        "item_ids": [line.item_id for line in lines],
        "payment_method_id": method,
    }
    action = Action(name=_RETURN, arguments=arguments, idempotency_key="")
    ruling = await draft.desk.shop.review(action, identity=draft.identity)
    names = listing(list(dict.fromkeys(item_name(draft, line) for line in lines)), draft.language)
    if ruling.allowed and "refund" in ruling.facts:
        amount = _money(draft, float(ruling.facts["refund"]))
        days = ruling.facts.get("days", "0")
        key = "own_refund_if" if days != "0" else "own_refund_if_now"
        _say(draft, order, key, items=names, amount=amount, methods=await _methods_of(draft, order), days=days)
        return
    key = f"deny.{ruling.clause.replace('/', '_')}"
    words = draft.word(key, **{"order": order.order_id, **ruling.facts}) if draft.desk.templates.has(key) else ""
    draft.text(words or draft.word("deny.other"))
    draft.cite(f"policy:{ruling.clause}")


async def _tell_orders(draft: Draft) -> None:
    """List the orders of the state and the time that were asked for."""
    orders = await own_orders(draft)
    today = draft.message.received_at.date()
    kept, narrowed = filtered(orders, draft.slots.get("asked_words", ""), today)
    if not orders:
        draft.say("no_orders")
    elif not kept:
        draft.say("own_orders_none", count=len(orders))
    else:
        shown = kept[: draft.at_most(_SHOWN)]
        draft.list_shown("order_id", [order.order_id for order in shown])
        draft.say("own_orders_some" if narrowed else "own_orders_all", count=len(kept))
        draft.text("\n".join(_order_line(draft, at, order) for at, order in enumerate(shown, 1)))
        draft.more_there(len(kept) - len(shown))
        for order in shown:
            draft.cite(f"order:{order.order_id}")


_TELLERS: Mapping[str, Callable[[Draft], Awaitable[None]]] = MappingProxyType(
    {
        "paid": _tell_paid,
        "paid_how": _tell_paid_how,
        "paid_in_all": _tell_paid_in_all,
        "tracking": _tell_tracking,
        "count": _tell_count,
        "contents": _tell_contents,
        "address": _tell_address,
        "methods": _tell_methods,
        "item_price": _tell_item_price,
        "refund_if": _tell_refund_if,
        "orders": _tell_orders,
    }
)


async def _order(draft: Draft) -> Order | None:
    return await find_own(draft, draft.slots.get("order_id", ""))


async def _named_items(draft: Draft) -> list[tuple[Order, OrderItem]]:
    """Return the goods that the words name, the newest order first; an order that was named counts alone."""
    words = draft.slots.get("asked_words", "")
    orders = await own_orders(draft)
    if "order_id" in draft.heard:
        orders = tuple(order for order in orders if order.order_id == draft.slots.get("order_id"))
    found = []
    for order in orders:
        meant = items_meant(draft, order, words)
        sure = (
            len({item.item_id for item in order.items}) > 1 or "order_id" in draft.heard or _names(draft, order, words)
        )
        found += [(order, item) for item in meant if sure]
    return found


def _names(draft: Draft, order: Order, words: str) -> bool:
    """Return whether words name the only thing of an order, which would be meant without a name, too."""
    lexicon = draft.desk.facts.lexicon
    wanted = set(tokens(words, lexicon, query=True))
    names = [item_name(draft, order.items[0]), order.items[0].name]
    product = draft.desk.facts.product(order.items[0].product_id)
    names += list(product.names.values()) if product else []
    return any(wanted & set(tokens(name, lexicon, query=False)) for name in names)


async def _methods_of(draft: Draft, order: Order) -> str:
    customer = await draft.desk.shop.customer(order.user_id)
    known = customer.payment_methods if customer else {}
    ids = list(paid_by_method(order.payments)) or [payment.payment_method_id for payment in order.payments]
    told = [
        _method(draft, known[key]) if key in known else draft.word("own_method_unknown") for key in dict.fromkeys(ids)
    ]
    return listing(told, draft.language) or draft.word("own_method_unknown")


def _method(draft: Draft, method: PaymentMethod) -> str:
    key = f"payment.{method.source}"
    kind = draft.word(key) if draft.desk.templates.has(key) else method.source
    detail = " ".join(part for part in (method.brand, method.last_four) if part)
    if method.balance is not None:
        detail = draft.word("own_balance", amount=_money(draft, method.balance))
    return draft.word("settle_method", method=kind, detail=detail) if detail else kind


def _item_line(draft: Draft, at: int, item: OrderItem) -> str:
    product = draft.desk.facts.product(item.product_id)
    variant = product.variants.get(item.item_id) if product else None
    lexicon = draft.desk.facts.lexicon
    options = describe(product, variant, lexicon, draft.language) if product and variant else ""
    price = _money(draft, item.price)
    return draft.word(
        "own_item_line",
        place=at,
        item=item_name(draft, item),
        detail=listing([p for p in (options, price) if p], draft.language),
    )


def _order_line(draft: Draft, at: int, order: Order) -> str:
    line = draft.word(
        "order_line", place=at, order=order.order_id, items=goods_of(draft, order), status=status(draft, order)
    )
    if not order.placed_at:
        return line
    return draft.word("own_order_line", line=line.rstrip("。."), day=day(order.placed_at, draft.language))


def _say(draft: Draft, order: Order, key: str, **values: object) -> None:
    draft.say(key, order=order.order_id, **values)
    draft.cite(f"order:{order.order_id}")


def _money(draft: Draft, amount: float) -> str:
    return money(amount, draft.desk.currency, draft.language)


def _address(address: Address) -> str:
    parts = [address.address1, address.address2, address.city, address.state, address.country, address.zip]
    return ", ".join(dict.fromkeys(part for part in parts if part))
