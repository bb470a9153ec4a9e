"""The words about wishes: what lacks, what would be done, what was done, and why something cannot be."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue.draft import Draft
from core.dialogue.orders import items as items_of
from core.dialogue.orders import status
from core.dialogue.wishes.means import described
from core.dialogue.wishes.stating import Bought, Stated
from core.knowledge.variants import describe
from core.shop.records import Order, Product, in_language
from core.shop.ruling import Ruling
from core.understand.deeds import Deed
from core.wording.formats import listing, money

_OFFERED = 5
_PLAIN_FACTS = frozenset({"amount", "balance", "refund", "difference", "total"})


def tell_ready(draft: Draft, stated: Sequence[Stated], goods: Bought) -> None:
    """Read out all that would be done, with its warnings, and ask for a yes."""
    before = len(draft.bubbles[-1].parts) if draft.bubbles else 0
    if len(stated) > 1:
        draft.say("settle_several", count=len(stated))
    for place, one in enumerate(stated, start=1):
        words = _summary(draft, one, goods)
        draft.text(f"{place}. {words}" if len(stated) > 1 else words)
    for warning in dict.fromkeys(warning for one in stated for warning in one.ruling.warnings):
        draft.say(f"warn.{_key(warning)}")
    for one in stated:
        if one.wish.deed is Deed.CANCEL and one.wish.lines and one.order and len(one.order.items) > len(one.wish.lines):
            draft.say("settle_whole_order", order=one.order.order_id)
    draft.bound_since(before)
    draft.say("settle_confirm")
    draft.buttons(
        (draft.word("button.confirm"), draft.word("press.confirm")), (draft.word("button.no"), draft.word("press.no"))
    )
    for one in stated:
        if one.order is not None:
            draft.cite(f"order:{one.order.order_id}", f"status: {one.order.status}")


def tell_done(draft: Draft, one: Stated, goods: Bought) -> None:
    """Say that it was done, and what the money does."""
    order = one.order.order_id if one.order else ""
    draft.say(f"settle_done.{_kind(one)}", order=order, goods=_goods(draft, one, goods), **_address_words(one))
    _tell_money(draft, one)


def tell_denied(draft: Draft, one: Stated) -> None:
    """Say the clause that forbids it, in plain words, and what is possible instead."""
    ruling = one.denial or one.ruling
    draft.text(_clause_words(draft, one, ruling))
    if one.order is not None:
        draft.cite(f"order:{one.order.order_id}", f"status: {one.order.status}")
    draft.cite(f"policy:{ruling.clause}")


def _clause_words(draft: Draft, one: Stated, ruling: Ruling) -> str:
    """Return the sentence of a ruling's clause, its facts in the customer's words."""
    key = f"deny.{_key(ruling.clause)}"
    facts = {name: _fact(draft, one, name, value) for name, value in ruling.facts.items()}
    if not draft.desk.templates.has(key):
        return draft.word("deny.other")
    return draft.word(key, **{"order": one.wish.order_id, **facts})


def tell_nothing_there(draft: Draft, one: Stated) -> None:
    """Say that what was named is not there: not bought, or nothing that fits."""
    if one.lack is not None and one.lack.what == "unknown_address":
        draft.say("settle_unknown_address")
    elif one.lack is not None and one.lack.what == "not_bought":
        named = one.wish.foreign or _called(draft, one.wish.lines[one.lack.line].product_id)
        draft.say("settle_not_bought", product=named)
    else:
        draft.say("settle_nothing_fits")


def ask(draft: Draft, one: Stated, orders: Sequence[Order], goods: Bought) -> None:
    """Ask for the one thing that a wish lacks."""
    lack = one.lack
    if lack is None:
        return
    if one.because is not None:
        draft.text(_clause_words(draft, one, one.because))
    if lack.what == "order_id":
        _ask_order(draft, one, orders, lack.choices)
    elif lack.what in ("items", "item_ids"):
        _ask_items(draft, one)
    elif lack.what == "which_item":
        _ask_which_item(draft, one, orders, goods)
    elif lack.what in ("new_item", "near", "new_item_ids"):
        _ask_new_item(draft, one, goods)
    elif lack.what in ("payment_method_id", "which_payment", "no_such_payment"):
        _ask_payment(draft, one)
    elif lack.what == "address":
        _ask_address(draft, one)
    else:
        draft.say(f"settle_ask.{lack.what}")


def _ask_order(draft: Draft, one: Stated, orders: Sequence[Order], choices: Sequence[str]) -> None:
    shown = [order for order in orders if order.order_id in choices] or list(orders)
    if not shown:
        draft.say("no_orders")
        return
    left, shown = len(shown), shown[: draft.at_most(_OFFERED)]
    draft.say("settle_ask.order_id", deed=draft.word(f"settle_deed.{one.wish.deed}"))
    lines = [
        draft.word("order_line", place=place, order=o.order_id, items=items_of(draft, o), status=status(draft, o))
        for place, o in enumerate(shown, start=1)
    ]
    draft.text("\n".join(lines))
    draft.more_there(left - len(shown))
    draft.list_shown("order_id", [order.order_id for order in shown])
    draft.buttons(*((order.order_id, order.order_id) for order in shown))


def _ask_items(draft: Draft, one: Stated) -> None:
    if one.order is None:
        return
    draft.say("settle_ask.items", deed=draft.word(f"settle_deed.{one.wish.deed}"), order=one.order.order_id)
    places = range(draft.at_most(len(one.order.items)))
    _list(draft, [_item(draft, one.order, place) for place in places])
    draft.more_there(len(one.order.items) - len(places))
    draft.list_shown("item_place", [f"{one.order.order_id}/{place}" for place in places])


def _ask_which_item(draft: Draft, one: Stated, orders: Sequence[Order], goods: Bought) -> None:
    every = one.lack.choices if one.lack else ()
    choices = every[: draft.at_most(len(every))]
    draft.say("settle_ask.which_item")
    by_id = {order.order_id: order for order in orders}
    lines = []
    for choice in choices:
        order_id, _, place = choice.partition("/")
        lines.append(f"{order_id} {_item(draft, by_id[order_id], int(place))}")
    _list(draft, lines)
    draft.more_there(len(every) - len(choices))
    draft.list_shown("item_place", choices)


def _ask_new_item(draft: Draft, one: Stated, goods: Bought) -> None:
    if one.order is None or one.lack is None or not one.wish.lines:
        return
    line = one.wish.lines[one.lack.line]
    product = goods.products[line.product_id]
    draft.slots["product_id"] = product.product_id  # "which colours are there?" asks about this one
    item = _item(draft, one.order, line.place or 0)
    offered = one.lack.choices[: draft.at_most(_OFFERED)]
    if offered:
        draft.say("settle_near" if one.lack.what == "near" else "settle_choose", item=item)
        _list(draft, [_variant(draft, product, key) for key in offered])
        draft.more_there(len(one.lack.choices) - len(offered))
        draft.list_shown("new_item", offered)
        return
    draft.say("settle_ask.new_item_ids", item=item)
    other = [
        v.item_id
        for v in product.variants.values()
        if v.available and v.item_id != one.order.items[line.place or 0].item_id
    ]
    shown = other[: draft.at_most(_OFFERED)]
    _list(draft, [_variant(draft, product, key) for key in shown])
    draft.more_there(len(other) - len(shown))
    draft.list_shown("new_item", shown)


def _list(draft: Draft, things: Sequence[str]) -> None:
    draft.text("\n".join(draft.word("item_line", place=n, item=thing) for n, thing in enumerate(things, start=1)))


def _ask_payment(draft: Draft, one: Stated) -> None:
    methods = _methods(draft, one)
    if one.lack is not None and one.lack.what == "no_such_payment":
        draft.say("settle_no_such_payment")
    draft.say(
        "settle_ask.payment_method_id",
        methods=listing([_method_word(draft, one, key) for key in methods], draft.language),
    )
    draft.buttons(*((_method_word(draft, one, key), key) for key in methods))


def _ask_address(draft: Draft, one: Stated) -> None:
    missing = one.lack.choices if one.lack else ()
    if missing and one.wish.address:
        words = [draft.word(f"address.{part}") for part in missing]
        draft.say("settle_ask.address_part", parts=listing(words, draft.language))
    else:
        draft.say("settle_ask.address")


def _summary(draft: Draft, one: Stated, goods: Bought) -> str:
    order = one.order.order_id if one.order else ""
    facts = one.ruling.facts
    values = {
        "order": order,
        "goods": _goods(draft, one, goods),
        "reason": draft.word(f"reason.{_key(str(one.action.arguments.get('reason', '')))}")
        if one.wish.deed is Deed.CANCEL
        else "",
        "method": _method_word(draft, one, str(one.action.arguments.get("payment_method_id", facts.get("method", "")))),
        **_address_words(one),
    }
    words = draft.word(f"settle_do.{_kind(one)}", **values)
    amount = facts.get("refund", "") if one.wish.deed in (Deed.CANCEL, Deed.RETURN) else facts.get("difference", "")
    if one.wish.deed in (Deed.CANCEL, Deed.RETURN, Deed.SWAP) and amount:
        words += ("" if draft.language == "zh" else " ") + _money_words(draft, one, amount)
    return words


def _money_words(draft: Draft, one: Stated, amount: str) -> str:
    value = float(amount)
    facts = one.ruling.facts
    shown = money(abs(value), draft.desk.currency, draft.language)
    method = listing(
        [_method_word(draft, one, key) for key in facts.get("method", "").split("|") if key], draft.language
    )
    if one.wish.deed is Deed.SWAP and value == 0:
        return draft.word("settle_money.even")
    if one.wish.deed is Deed.SWAP and value > 0:
        return draft.word("settle_money.pay", amount=shown, method=method)
    days = facts.get("days", "")
    if days in ("", "0", "0-0"):
        return draft.word("settle_money.back_now", amount=shown, method=method)
    return draft.word("settle_money.back", amount=shown, method=method, days=days)


def _tell_money(draft: Draft, one: Stated) -> None:
    facts = one.ruling.facts
    amount = facts.get("refund", "") if one.wish.deed in (Deed.CANCEL, Deed.RETURN) else facts.get("difference", "")
    if one.wish.deed in (Deed.CANCEL, Deed.RETURN, Deed.SWAP) and amount:
        draft.text(_money_words(draft, one, amount))


def _kind(one: Stated) -> str:
    return {
        "exchange_delivered_order_items": "exchange",
        "modify_pending_order_items": "modify",
    }.get(one.action.name, str(one.wish.deed))


def _goods(draft: Draft, one: Stated, goods: Bought) -> str:
    if one.order is None:
        return ""
    if one.wish.deed is Deed.CANCEL:
        return items_of(draft, one.order)
    words = []
    for at, line in enumerate(one.wish.lines):
        item = _item(draft, one.order, line.place or 0)
        new = one.chosen[at] if at < len(one.chosen) else ""
        if new:
            product = goods.products[one.order.items[line.place or 0].product_id]
            item = draft.word("settle_from_to", old=item, new=_options_of(draft, product, new))
        words.append(item)
    return "；".join(words) if draft.language == "zh" else "; ".join(words)


def _item(draft: Draft, order: Order, place: int) -> str:
    item = order.items[place]
    product = draft.desk.facts.product(item.product_id)
    name = in_language(product.names, draft.language) if product else item.name
    variant = product.variants.get(item.item_id) if product else None
    options = (
        describe(product, variant, draft.desk.facts.lexicon, draft.language)
        if product and variant
        else ", ".join(item.options.values())
    )
    return (
        draft.word(
            "settle_item", name=name, options=options, price=money(item.price, draft.desk.currency, draft.language)
        )
        if options
        else name
    )


def _options_of(draft: Draft, product: Product, item_id: str) -> str:
    return describe(product, product.variants[item_id], draft.desk.facts.lexicon, draft.language)


def _variant(draft: Draft, product: Product, item_id: str) -> str:
    price = money(product.variants[item_id].price, draft.desk.currency, draft.language)
    return draft.word("settle_variant", options=_options_of(draft, product, item_id), price=price)


def _called(draft: Draft, product_id: str) -> str:
    product = draft.desk.facts.product(product_id.partition("|")[0])
    return in_language(product.names, draft.language) if product else draft.word("topic.other")


def _methods(draft: Draft, one: Stated) -> list[str]:
    if one.lack is not None and one.lack.choices:
        return list(one.lack.choices)
    facts = one.because.facts if one.because else one.ruling.facts
    listed = [key for key in facts.get("methods", "").split("|") if key]
    return listed or list(one.methods)


def _method_word(draft: Draft, one: Stated, key: str) -> str:
    method = one.methods.get(key)
    if method is None:
        return key
    source, detail = described(method)
    word = draft.word(f"payment.{source}") if draft.desk.templates.has(f"payment.{source}") else source
    alike = [other for other in one.methods.values() if other.source == source]
    return (
        draft.word("settle_method", method=word, detail=detail)
        if detail and (len(alike) > 1 or source == "credit_card")
        else word
    )


def _address_words(one: Stated) -> dict[str, str]:
    if one.wish.deed not in (Deed.ADDRESS, Deed.PROFILE):
        return {"address": ""}
    parts = [
        str(one.action.arguments.get(name, "")) for name in ("address1", "address2", "city", "state", "zip", "country")
    ]
    return {"address": ", ".join(part for part in parts if part)}


def _fact(draft: Draft, one: Stated, name: str, value: str) -> str:
    if name in _PLAIN_FACTS:
        return money(abs(float(value)), draft.desk.currency, draft.language)
    if name == "status":
        return status(draft, one.order) if one.order else value
    if name in ("method", "methods", "refund_method"):
        return listing([_method_word(draft, one, key) for key in value.split("|") if key], draft.language)
    if name == "reasons":
        words = [draft.word(f"reason.{_key(reason)}") for reason in value.split("|")]
        return listing(words, draft.language)
    if name == "item":
        return (
            next(
                (_item(draft, one.order, at) for at, item in enumerate(one.order.items) if item.item_id == value), value
            )
            if one.order
            else value
        )
    return value


def _key(words: str) -> str:
    return words.replace("/", "_").replace(" ", "_").replace("-", "_")
