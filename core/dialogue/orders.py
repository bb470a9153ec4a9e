"""The customer's own orders: finding the one that is meant, and telling how it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.dialogue.draft import Draft
from core.dialogue.photo_orders import orders_showing
from core.dialogue.read_orders import focus_on_photo, orders_in_photo, tell_strange_order
from core.knowledge.passages import tokens, wider
from core.shop.keys import same_order
from core.shop.records import Fulfilment, Order, OrderStatus, in_language
from core.types import CardPart, spoken_text
from core.understand.normalise import normalise
from core.wording.formats import day, listing, moment, money

BEGUN = "begun"
"""The slot that marks the frame of a ticket's flow: what began it was said before, and is kept as its request."""
_UNDER_WAY = frozenset({OrderStatus.PENDING, OrderStatus.PENDING_MODIFIED, OrderStatus.PROCESSED, OrderStatus.SHIPPED})
_RETURNING = {
    "refund": frozenset({OrderStatus.RETURN_REQUESTED, OrderStatus.CANCELLED}),
    "return": frozenset({OrderStatus.RETURN_REQUESTED}),
    "exchange": frozenset({OrderStatus.EXCHANGE_REQUESTED}),
    "after_sales_progress": frozenset({OrderStatus.RETURN_REQUESTED, OrderStatus.EXCHANGE_REQUESTED}),
}
"""The statuses of an order whose progress a customer asks for, by topic."""
_TOLD_WITH_PARCELS = _UNDER_WAY | {OrderStatus.DELIVERED}
_REQUEST_CHARS = 200
_SHOWN = 5
"""Orders in a list of choices: more do not fit a phone's screen, nor a listener's head."""


async def choose_order(draft: Draft) -> str:
    """Find the order that is meant: "chosen" (slot order_id), "several" or "none".

    What was named wins; then the one whose number stands in a photo, "my last order", the order spoken of before,
    the only order, the only one under way.
    """
    orders = await own_orders(draft)
    words = spoken_text(draft.message, draft.percept)
    wished = draft.slots.pop("wished", "")
    recent = "recent" in draft.heard or bool(draft.slots.pop("wished_recent", ""))
    if "order_id" in draft.heard:
        return "chosen"
    if not orders:
        return "none"
    typed = recent or "other" in draft.heard
    shown = () if typed else orders_in_photo(draft, orders)
    if len(shown) > 1:
        draft.forget("order_id")
        return "several"
    if shown:
        focus_on_photo(draft, orders)
        picked: str | None = shown[0].order_id
    else:
        tell_strange_order(draft)
        picked = orders[0].order_id if recent else _picked(draft, orders, f"{wished} {words}")
    if picked is None:
        draft.forget("order_id")
        return "several"
    draft.slots["order_id"] = picked
    return "chosen"


async def remember_wish(draft: Draft) -> str:
    """Keep the words that began it until the customer is known: "where are the boots I bought" names the order."""
    business = any(frame.flow in ("business", "ticket") or BEGUN in frame.slots for frame in draft.stack)
    words = draft.slots.get("request", "") if business else spoken_text(draft.message, draft.percept)
    draft.slots["wished"] = words[:_REQUEST_CHARS]
    if "recent" in draft.heard:
        draft.slots["wished_recent"] = "yes"
    return ""


def _picked(draft: Draft, orders: Sequence[Order], words: str) -> str | None:
    other = "other" in draft.heard
    adds = draft.slots.get("topic") == "modify_order"  # "add a mug to my order" does not name the order by a mug
    named = [] if adds else orders_showing(draft, orders) or _named_in(draft, orders, words)
    if len(named) == 1:
        return named[0]
    if draft.slots.get("order_id") and not other:
        return draft.slots["order_id"]
    if len(orders) == 1:
        return orders[0].order_id
    others = [order.order_id for order in orders if order.order_id != draft.slots.get("order_id")]
    if other and len(others) == 1:
        return others[0]
    wanted = _RETURNING.get(draft.slots.get("topic", ""))
    returning = [order.order_id for order in orders if wanted and order.status in wanted]
    if len(returning) == 1:
        return returning[0]
    under_way = [order.order_id for order in orders if order.status in _UNDER_WAY]
    return under_way[0] if len(under_way) == 1 and not other else None


def _named_in(draft: Draft, orders: Sequence[Order], words: str) -> list[str]:
    """Return the orders whose goods share the most words with what the customer says; none when none does.

    Only where no words are shared, what the goods are a sort of counts: a kettle is a 水壶, too.
    """
    lexicon = draft.desk.facts.lexicon
    wanted = set(tokens(normalise(words), lexicon, query=True))
    called = {order.order_id: _called(draft, order) for order in orders}
    found = _most_shared(wanted, called)
    if found or not wanted:
        return found
    sorts = {key: {above for token in own for above in wider(token, lexicon)} for key, own in called.items()}
    return _most_shared(wanted, sorts)


def _called(draft: Draft, order: Order) -> set[str]:
    titles = [name for item in order.items for name in (item.name, *_names(draft, item.product_id))]
    return {token for title in titles for token in tokens(title, draft.desk.facts.lexicon, query=False)}


def _most_shared(wanted: set[str], called: Mapping[str, set[str]]) -> list[str]:
    hits = {order_id: len(wanted & own) for order_id, own in called.items()}
    most = max(hits.values(), default=0)
    return [order_id for order_id, count in hits.items() if count == most] if most else []


def _names(draft: Draft, product_id: str) -> tuple[str, ...]:
    product = draft.desk.facts.product(product_id)
    return tuple(product.names.values()) if product else ()


async def own_orders(draft: Draft) -> tuple[Order, ...]:
    """Return the verified customer's orders, newest first; none for anybody else."""
    return await draft.desk.shop.orders_of(draft.identity) if draft.identity else ()


async def own_order(draft: Draft, order_id: str) -> bool:
    """Return whether the order is one of the customer's own; other people's do not exist for them."""
    own = await find_own(draft, order_id) or await _by_digits(draft, order_id)
    if own is not None:
        draft.slots["order_id"] = own.order_id
    return own is not None


async def _by_digits(draft: Draft, order_id: str) -> Order | None:
    """Return the one own order whose digits were keyed without its letter."""
    fitting = [order for order in await own_orders(draft) if same_order(order_id, order.order_id)]
    return fitting[0] if len(fitting) == 1 else None


async def find_own(draft: Draft, order_id: str) -> Order | None:
    """Return an order if it is the verified customer's; None for anybody else's and for none at all."""
    order = await draft.desk.shop.order(order_id) if order_id and draft.identity else None
    if order is None or draft.identity is None or order.user_id != draft.identity.customer_id:
        return None
    return order


def is_under_way(order: Order) -> bool:
    """Return whether the goods have not arrived yet and still are to."""
    return order.status in _UNDER_WAY


async def list_orders(draft: Draft) -> str:
    """Show the orders of a photo, else the newest, those under way first, with a button each."""
    orders = await own_orders(draft)
    orders = orders_in_photo(draft, orders) or orders
    if not orders:
        draft.say("no_orders")
        return "none"
    ranked = sorted(orders, key=lambda order: order.status not in _UNDER_WAY)[: draft.at_most(_SHOWN)]
    before = draft.session.slots.get("listed", "")
    draft.list_shown("order_id", [order.order_id for order in ranked])
    if draft.slots["listed"] == before and draft.session.stack and "order_id" not in draft.heard:
        draft.say("which_order_again")  # the list still stands above; reading it out once more helps nobody
    else:
        draft.say("which_order", count=len(orders))
        lines = [_line(draft, place, order) for place, order in enumerate(ranked, start=1)]
        draft.text("\n".join(lines))
        draft.more_there(len(orders) - len(ranked))
    draft.buttons(*((f"{order.order_id} · {status(draft, order)}", order.order_id) for order in ranked))
    return ""


def _line(draft: Draft, place: int, order: Order) -> str:
    return draft.word(
        "order_line", place=place, order=order.order_id, items=items(draft, order), status=status(draft, order)
    )


async def show_order(draft: Draft) -> str:
    """Tell how the order in slot order_id stands: status, parcels, carrier, what the carrier saw, expected day."""
    order = await find_own(draft, draft.slots.get("order_id", ""))
    if order is None:
        draft.say("order_not_found")
        return "none"
    draft.say("order_status", order=order.order_id, items=items(draft, order), status=status(draft, order))
    explained = f"order_next.{_key(order.status)}"
    known = order.status in set(OrderStatus)
    parcels = order.fulfilments if order.status in _TOLD_WITH_PARCELS or not known else ()
    for parcel in parcels:
        _tell_parcel(draft, order, parcel)
    if draft.desk.templates.has(explained) and not any(parcel.expected or parcel.events for parcel in parcels):
        draft.say(explained)
    for payment in order.payments:
        if payment.transaction_type == "refund":
            draft.say("order_refunded", amount=money(payment.amount, draft.desk.currency, draft.language))
    draft.card(_card(draft, order))
    draft.cite(f"order:{order.order_id}", f"status: {order.status}")
    more = [order_id for order_id in draft.slots.pop("more_orders", "").split(",") if order_id]
    if more:
        draft.turn_page()
        draft.slots["order_id"], draft.slots["more_orders"] = more[0], ",".join(more[1:])
        return await show_order(draft)
    return ""


def _tell_parcel(draft: Draft, order: Order, parcel: Fulfilment) -> None:
    numbers = listing(parcel.tracking_ids, draft.language)
    if draft.is_heard and (parcel.events or parcel.expected):
        pass  # whoever carries it matters less than where it is
    elif numbers and parcel.carrier:
        carrier = in_language(parcel.carrier_names, draft.language) or parcel.carrier
        draft.say("parcel_by", carrier=carrier, tracking=numbers)
    elif numbers:
        draft.say("parcel", tracking=numbers)
    if parcel.events:
        last = parcel.events[-1]
        draft.say(
            "parcel_event",
            at=moment(last.at, draft.language),
            place=in_language(last.place, draft.language),
            what=in_language(last.what, draft.language),
        )
    if parcel.expected and order.status in _UNDER_WAY:
        draft.say("parcel_expected", day=day(parcel.expected, draft.language))


def _card(draft: Draft, order: Order) -> CardPart:
    total = money(sum(item.price for item in order.items), draft.desk.currency, draft.language)
    fields = [(draft.word("field.status"), status(draft, order)), (draft.word("field.total"), total)]
    if order.placed_at:
        fields.append((draft.word("field.placed"), day(order.placed_at, draft.language)))
    for parcel in order.fulfilments:
        fields += [(draft.word("field.tracking"), number) for number in parcel.tracking_ids]
        if parcel.expected and order.status in _UNDER_WAY:
            fields.append((draft.word("field.expected"), day(parcel.expected, draft.language)))
    return CardPart(title=order.order_id, subtitle=items(draft, order), fields=tuple(fields))


def items(draft: Draft, order: Order) -> str:
    """Return what an order holds, in short: "Flask and 2 more"."""
    if not order.items:
        return ""
    names = list(dict.fromkeys(_item_name(draft, item.product_id, item.name) for item in order.items))
    if len(names) <= 2:
        return listing(names, draft.language)
    return draft.word("items_more", first=names[0], more=len(names) - 1)


def _item_name(draft: Draft, product_id: str, name: str) -> str:
    product = draft.desk.facts.product(product_id)
    return in_language(product.names, draft.language) if product else name


def status(draft: Draft, order: Order) -> str:
    """Return an order's status in the customer's words; a foreign shop's own word as it is."""
    key = f"status.{_key(order.status)}"
    return draft.word(key) if draft.desk.templates.has(key) else order.status


def _key(status_name: str) -> str:
    return status_name.replace("(", "").replace(")", "").replace(" ", "_")
