"""Which order a wish is about, and which of its items: one order each, or what must be asked first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from core.dialogue.wishes.wish import Line, Wish
from core.shop.keys import order_key
from core.shop.records import Order, OrderItem, OrderStatus
from core.understand.deeds import Deed

EVERY = "*"
"""Stands for an order id where all orders that the deed fits are meant."""
RECENT = "recent"
"""Stands for the number of the newest order."""
_PENDING = (OrderStatus.PENDING,)
_DELIVERED = (OrderStatus.DELIVERED,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that the customer must say before a wish can be settled."""

    what: str
    """"order_id", "items", "which_item", "not_bought", or an argument's name."""
    choices: tuple[str, ...] = ()
    """Order ids, or places of items as "order/place"."""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A wish with its order and items, or with what lacks."""

    wish: Wish
    lack: Lack | None = None


def placed(wish: Wish, orders: Sequence[Order], *, focus: str = "") -> list[Placed]:
    """Return the wish, parted by order, with its items found.

    `orders` are the customer's own, newest first; `focus` is the order that was spoken of last.
    """
    if wish.deed is Deed.PROFILE:
        return [Placed(wish=wish)]
    if wish.order_id == EVERY:
        fitting = _fitting(wish, orders)
        return [
            Placed(wish=one) for order in fitting for one in _with_goods(replace(wish, order_id=order.order_id), order)
        ]
    if wish.has_goods and (wish.lines or "," in wish.order_id):
        return _by_line(wish, orders, focus)
    if wish.foreign and not wish.everything:
        return [Placed(wish=wish, lack=Lack(what="not_bought"))]
    order = find(orders, wish.order_id) if wish.order_id else _only_order(wish, orders, focus)
    if order is None and wish.order_id not in ("", RECENT):
        return [Placed(wish=wish)]  # none of the customer's own: the policy says so
    if order is None:
        return [
            Placed(wish=wish, lack=Lack(what="order_id", choices=tuple(o.order_id for o in _fitting(wish, orders))))
        ]
    return [
        Placed(wish=one, lack=None if one.lines or not one.has_goods else Lack(what="items"))
        for one in _with_goods(replace(wish, order_id=order.order_id), order)
    ]


def bent(one: Placed, orders: Sequence[Order]) -> Placed:
    """Return the wish as the order's state makes it: not wanting something that has arrived is a return."""
    wish, order = one.wish, find(orders, one.wish.order_id)
    if wish.deed is Deed.CANCEL and not wish.sure and order is not None and order.status in _DELIVERED:
        return placed(replace(wish, deed=Deed.RETURN, everything=not wish.lines), orders)[0]
    return one


def find(orders: Sequence[Order], order_id: str) -> Order | None:
    """Return the order with this number, however it is written."""
    if order_id == RECENT:
        return next(iter(orders), None)
    return next((order for order in orders if order_id and order_key(order.order_id) == order_key(order_id)), None)


def statuses(wish: Wish) -> tuple[str, ...]:
    """Return the states in which the deed is possible, the likelier meant first."""
    if wish.deed is Deed.RETURN:
        return _DELIVERED
    if wish.deed is Deed.SWAP:
        return (*_DELIVERED, *_PENDING) if wish.sure else (*_PENDING, *_DELIVERED)
    return (*_PENDING, *_DELIVERED) if wish.deed is Deed.CANCEL and not wish.sure else _PENDING


def _fitting(wish: Wish, orders: Sequence[Order]) -> list[Order]:
    return [order for status in statuses(wish) for order in orders if order.status == status]


def _only_order(wish: Wish, orders: Sequence[Order], focus: str) -> Order | None:
    """Return the order that is meant though none was named: by what it holds, as spoken of, or the only one."""
    fitting = _fitting(wish, orders)
    if wish.lines:
        holding = [order for order in fitting or orders if all(_items(order, line) for line in wish.lines)]
        fitting = holding or [order for order in orders if any(_items(order, line) for line in wish.lines)]
    spoken_of = find(fitting, focus)
    if spoken_of is not None:
        return spoken_of
    return fitting[0] if len(fitting) == 1 else None


def _with_goods(wish: Wish, order: Order) -> Iterator[Wish]:
    """Yield the wish with all items of its order, where all or the only one is meant."""
    whole = wish.everything or len(order.items) == 1
    if not wish.has_goods or wish.lines or not whole:
        yield wish
        return
    lines = tuple(
        Line(product_id=item.product_id, order_id=order.order_id, place=place)
        for place, item in enumerate(order.items)
        if item.product_id not in wish.spared
    )
    yield replace(wish, lines=lines, everything=False)


def _by_line(wish: Wish, orders: Sequence[Order], focus: str) -> list[Placed]:
    """Find each line's item; lines of several orders become a wish each."""
    named = [order for number in wish.order_id.split(",") if (order := find(orders, number))]
    if wish.order_id and not named:
        return [Placed(wish=wish)]
    taken: list[tuple[str, int | None]] = [(line.order_id, line.place) for line in wish.lines if line.place is not None]
    found: dict[int, list[Line]] = {at: [line] for at, line in enumerate(wish.lines) if line.place is not None}
    choices = {at: _choices(wish, line, named, orders, focus) for at, line in enumerate(wish.lines) if at not in found}
    for at in sorted(choices, key=lambda at: len(choices[at])):  # what is clear leaves less to choose for the rest
        if not choices[at] and _is_an_option(wish.lines[at], wish, named or orders, orders):
            continue
        same = _said_again(wish.lines[at], choices[at], found)
        if same is not None:
            found[same] = [_more(found[same][0], wish.lines[at])]
            continue
        found[at], lack = _place(wish.lines[at], choices[at], taken, at)
        if lack is not None:
            return [Placed(wish=wish, lack=lack)]
        taken += [(one.order_id, one.place) for one in found[at]]
    lines = [line for at in sorted(found) for line in found[at]]
    if wish.everything:
        lines += _rest(lines, orders, wish.spared)
    parted = dict.fromkeys(line.order_id for line in lines)
    return [
        Placed(
            wish=replace(
                wish, order_id=key, everything=False, lines=tuple(line for line in lines if line.order_id == key)
            )
        )
        for key in parted
    ]


def _is_an_option(line: Line, wish: Wish, named: Sequence[Order], orders: Sequence[Order]) -> bool:
    """Return whether a line's word is an option of another line's goods: the laptop compartment of a backpack."""
    others = {key for one in wish.lines if one is not line for key in one.product_id.split("|")}
    values = {v.lower() for o in named for item in o.items if item.product_id in others for v in item.options.values()}
    keys = line.product_id.split("|")
    return any(item.name.lower() in values for o in orders for item in o.items if item.product_id in keys)


def _said_again(line: Line, choices: Sequence[tuple[Order, int]], found: Mapping[int, Sequence[Line]]) -> int | None:
    """Return the place of the line whose item is the only one that this line can mean."""
    if not choices:
        return None
    meant = {(order.order_id, place) for order, place in choices}
    for at, lines in found.items():
        there = {(one.order_id, one.place) for one in lines}
        if len(lines) == 1 and meant <= there and lines[0].product_id in line.product_id.split("|"):
            return at
    return None


def _more(known: Line, line: Line) -> Line:
    """Return a placed line with what was said of it a second time."""
    wanted = {**dict(known.wanted), **dict(line.wanted)}
    return replace(
        known,
        wanted=tuple(wanted.items()),
        superlative=known.superlative or line.superlative,
        same=known.same or (line.same and not wanted),
    )


def _choices(
    wish: Wish, line: Line, named: Sequence[Order], orders: Sequence[Order], focus: str
) -> list[tuple[Order, int]]:
    """Return the items that a line may mean, of the likeliest orders that hold any."""
    found = [choice for order in named for choice in _items(order, line)]
    if found:
        return found
    others = {one.order_id for one in wish.lines if one.order_id}
    spoken_of = [order for order in orders if order.order_id in others or order.order_id == focus]
    fitting = statuses(wish)
    groups = [[order for order in spoken_of if order.status in fitting]]
    groups += [[order for order in orders if order.status == status] for status in fitting]
    for group in (*groups, orders):
        found = [choice for order in group for choice in _items(order, line)]
        if found:
            return found
    return []


def _items(order: Order, line: Line) -> list[tuple[Order, int]]:
    """Return the items of an order that fit a line's product and options; options no item has do not count."""
    kind = [(order, at) for at, item in enumerate(order.items) if item.product_id in line.product_id.split("|")]
    having = [(order, at) for _, at in kind if _has(order.items[at], line)] or kind
    seen = [(order, at) for _, at in having if all(order.items[at].options.get(k) == v for k, v in line.seen)]
    return seen or having


def _has(item: OrderItem, line: Line) -> bool:
    said = {name: {value for other, value in line.having if other == name} for name, _ in line.having}
    return all(item.options.get(name) in values for name, values in said.items() if name in item.options)


def _place(
    line: Line, choices: Sequence[tuple[Order, int]], taken: Sequence[tuple[str, int | None]], at: int
) -> tuple[list[Line], Lack | None]:
    free = [(order, place) for order, place in choices if (order.order_id, place) not in taken]
    if not free:
        return [], None if choices else Lack(what="not_bought", line=at)
    alike = {(order.order_id, order.items[place].item_id) for order, place in free}
    if len(alike) == 1 and not line.every:
        free = free[:1]
    if len(free) > 1 and not line.every:
        return [], Lack(what="which_item", choices=tuple(f"{order.order_id}/{place}" for order, place in free), line=at)
    return [_settled(line, order, place) for order, place in free], None


def _settled(line: Line, order: Order, place: int) -> Line:
    """Return the line on its item. Options that the item lacks are not what it is but what it should become."""
    item = order.items[place]
    said = [(name, value) for name, value in line.having if name in item.options]
    becoming = tuple(said) if any(item.options[name] != value for name, value in said) and not _has(item, line) else ()
    wanted = tuple((name, value) for name, value in line.wanted if name in item.options) or becoming
    return replace(line, product_id=item.product_id, order_id=order.order_id, place=place, wanted=wanted, having=())


def _rest(lines: Sequence[Line], orders: Sequence[Order], spared: Sequence[str]) -> list[Line]:
    """Return lines for all other items of the same orders: "everything, and the boots too"."""
    there = {(line.order_id, line.place) for line in lines}
    return [
        Line(product_id=item.product_id, order_id=order.order_id, place=place)
        for order in orders
        if order.order_id in {line.order_id for line in lines}
        for place, item in enumerate(order.items)
        if (order.order_id, place) not in there and item.product_id not in spared
    ]
