"""Requests in English, as different people would put them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.retail.requests import Item, Options, Payment, Request, Swap

_REASONS = {
    "no longer needed": (
        "I no longer need it",
        "I don't need it any more",
        "it's no longer needed",
        "we don't need it anymore",
    ),
    "ordered by mistake": (
        "I ordered it by mistake",
        "it was ordered by mistake",
        "I bought it by accident",
        "I placed it by mistake",
    ),
}
_CANCEL = (
    "Please cancel order {order}, {reason}.",
    "I want to cancel {order} because {reason}.",
    "cancel {order} - {reason}",
    "{Reason}, can you cancel order {order}?",
    "Could you cancel my order {order} please? {Reason}.",
)
_RETURN = (
    "I'd like to return {goods} from order {order} and get the refund to {pay}.",
    "Please return {goods} ({order}), refund to {pay}.",
    "I want to send back {goods} of order {order}. Money back to {pay} please.",
    "return {goods} in {order}, refund via {pay}",
    "Can I return {goods}? It's order {order}, and I want the refund on {pay}.",
)
_EXCHANGE = (
    "I'd like to exchange {pairs} in order {order}, using {pay} for the difference.",
    "For order {order}: exchange {pairs}. Use {pay} for the price difference.",
    "Please swap {pairs} (order {order}), and charge or refund {pay}.",
    "order {order}, exchange {pairs}, via {pay}",
)
_MODIFY = (
    "Please change {pairs} in order {order}, and use {pay} for any difference.",
    "In my pending order {order} I want to change {pairs}. Pay or refund the difference with {pay}.",
    "For {order}, modify {pairs}; via {pay}",
    "Can you switch {pairs} in order {order}? Any difference goes through {pay}.",
)
_PAYMENT = (
    "Please change the payment method of order {order} to {pay}.",
    "I want to pay for order {order} with {pay} instead.",
    "switch the payment on {order} to {pay}",
    "Can you charge {pay} for order {order} instead?",
)
_ADDRESS = (
    "Please change the shipping address of order {order} to {address}.",
    "Send order {order} to {address} instead, please.",
    "The delivery address of {order} should be {address}.",
    "for order {order}, change address to {address}",
)
_PROFILE = (
    "Please change my default address to {address}.",
    "I've moved, update the address in my profile to {address}.",
    "set my default address to {address}",
)
_SOURCES = {"credit_card": "credit card", "gift_card": "gift card", "paypal": "PayPal"}
_BRANDS = {"visa": "Visa", "mastercard": "Mastercard"}
_TWO_SIDED = {"waterproof": "waterproof", "water resistance": "water resistant"}
_NEEDS_OPTION = frozenset(
    {"low", "high", "medium", "small", "large", "standard", "full", "half", "dark", "light", "basic", "full size"}
)

AND_THEN = (" Also, ", " And ", " Next: ", " I also have another request: ")
YES = ("yes", "Yes, please.", "yes, go ahead", "correct, do it", "Yes")
OPENINGS = ("Hi!", "Hello,", "Hey there,", "")
REQUEST_FIRST = (
    "I need help with an order.",
    "I want to change something about my orders.",
    "Hi, I need some help please",
)


def identity(customer: object, by_email: bool, random: Random) -> str:
    """Return who speaks."""
    assert isinstance(customer, dict)
    name = f"{customer['name']['first_name']} {customer['name']['last_name']}"
    if by_email:
        return random.choice(("My email is {e}.", "{e}", "I'm {n}, email {e}.", "you can find me under {e}")).format(
            e=customer["email"], n=name
        )
    zip_code = customer["address"]["zip"]
    return random.choice(("I'm {n}, zip code {z}.", "My name is {n} and my zip code is {z}.", "{n}, {z}")).format(
        n=name, z=zip_code
    )


def ask(request: Request, random: Random, *, without: str = "") -> str:
    """Return the request in words; `without` leaves "payment", "reason" or "order_id" out."""
    templates = {
        "cancel_pending_order": _CANCEL,
        "return_delivered_order_items": _RETURN,
        "exchange_delivered_order_items": _EXCHANGE,
        "modify_pending_order_items": _MODIFY,
        "modify_pending_order_payment": _PAYMENT,
        "modify_pending_order_address": _ADDRESS,
        "modify_user_address": _PROFILE,
    }[request.deed]
    if without == "payment":
        return _without_payment(request, random)
    if without == "reason":
        return random.choice(("Please cancel order {o}.", "I want to cancel {o}", "cancel {o}")).format(
            o=request.order_id
        )
    words = random.choice(templates)
    if not request.order_id and request.deed != "modify_user_address":
        words = _without_order(request.deed, random)
    why = reason(request, random) if request.reason else ""
    return words.format(
        order=request.order_id,
        goods=_goods(request, random),
        pairs=_listed([_swap(one, random) for one in request.swaps]),
        pay=payment(request.payment) if request.payment else "",
        reason=why,
        Reason=why[:1].upper() + why[1:],
        address=_address(request, random),
    )


def reason(request: Request, random: Random) -> str:
    """Return why an order is cancelled."""
    return random.choice(_REASONS[request.reason])


def payment(method: Payment) -> str:
    """Return a payment method as its owner would call it."""
    if method.by == "id":
        return method.id
    if method.by == "original":
        return "the original payment method"
    if method.by == "digits":
        return f"my {_BRANDS.get(method.brand, method.brand)} ending in {method.digits}"
    return f"my {_SOURCES[method.source]}"


def _without_order(deed: str, random: Random) -> str:
    return random.choice(
        {
            "cancel_pending_order": (
                "Please cancel my pending order, {reason}.",
                "I want to cancel the order that hasn't shipped yet, {reason}.",
            ),
            "return_delivered_order_items": (
                "I'd like to return {goods}, refund to {pay}.",
                "I want to send back {goods} and get the money on {pay}.",
            ),
            "exchange_delivered_order_items": (
                "I'd like to exchange {pairs}, using {pay} for the difference.",
                "The goods arrived, but please swap {pairs}; {pay} for the difference.",
            ),
            "modify_pending_order_items": (
                "In my pending order, please change {pairs}, and use {pay} for any difference.",
                "I ordered the wrong thing: change {pairs}. Difference via {pay}.",
            ),
            "modify_pending_order_payment": ("Please change the payment method of my pending order to {pay}.",),
            "modify_pending_order_address": (
                "Please send my pending order to {address} instead.",
                "Change the shipping address of my pending order to {address}.",
            ),
        }[deed]
    )


def _without_payment(request: Request, random: Random) -> str:
    goods, pairs = _goods(request, random), _listed([_swap(one, random) for one in request.swaps])
    words = {
        "return_delivered_order_items": (
            "I'd like to return {goods} from order {order}.",
            "return {goods}, order {order}",
        ),
        "exchange_delivered_order_items": (
            "I'd like to exchange {pairs} in order {order}.",
            "Please exchange {pairs}, order {order}",
        ),
        "modify_pending_order_items": (
            "Please change {pairs} in my pending order {order}.",
            "for {order} modify {pairs}",
        ),
    }[request.deed]
    return random.choice(words).format(goods=goods, pairs=pairs, order=request.order_id)


def _goods(request: Request, random: Random) -> str:
    if request.whole:
        return random.choice(("everything", "all items", "the whole order"))
    if request.spared:
        return f"everything except the {_named(request.spared, random)}"
    return _listed([_the(item, random) for item in request.items])


def _swap(swap: Swap, random: Random) -> str:
    return f"{_the(swap.item, random)} {random.choice(('to', 'for'))} {_target(swap, random)}"


def _target(swap: Swap, random: Random) -> str:
    if not swap.changed:
        return random.choice(("a new one that is exactly the same", "the same one again"))
    values = [_value(key, value, swap.vague, random) for key, value in swap.changed.items()]
    if len(values) == 1 and set(swap.changed) & {"color", "size"}:
        return random.choice(("one in {v}", "the {v} one")).format(v=values[0])
    return random.choice(("one with {v}", "the one with {v}", "the {c} version")).format(
        v=_listed(values), c=", ".join(values)
    )


def _the(item: Item, random: Random) -> str:
    named = _named(item, random)
    if item.count > 1:
        return f"both {named}s"
    return f"{random.choice(('the', 'my'))} {named}"


def _named(item: Item, random: Random) -> str:
    name = item.name if random.random() < 0.5 or item.name.isupper() else item.name.lower()
    if not item.options:
        return name
    values = [_value(key, value, frozenset(), random) for key, value in item.options.items()]
    return f"{name} ({', '.join(values)})" if random.random() < 0.5 else f"{name} with {_listed(values)}"


def _value(option: str, value: str, vague: frozenset[str], random: Random) -> str:
    if option in _TWO_SIDED and value in ("yes", "no"):
        return _TWO_SIDED[option] if value == "yes" else f"not {_TWO_SIDED[option]}"
    if value == "none":
        return f"no {option}"
    if option == "bagged/bagless":
        return value
    if value in ("yes", "no") or value.isdigit() or value.isupper() and len(value) <= 3 and option == "size":
        return f"{value} {option}" if option == "pieces" else f"{option} {value}"
    if value.lower() in _NEEDS_OPTION or value.lower() in vague:
        return random.choice((f"{value} {option}", f"{option} {value}"))
    return random.choice((value, value, value, f"{value} {option}", f"{option} {value}"))


def _address(request: Request, random: Random) -> str:
    if request.as_in == "profile":
        return random.choice(("my default address", "the address in my profile"))
    if request.as_in:
        return f"the same address as order {request.as_in}"
    if request.address is None:
        return ""
    a = request.address
    street = ", ".join(part for part in (a["address1"], a["address2"]) if part)
    return random.choice(
        (
            "{s}, {city}, {state} {zip}, {country}",
            "{s}, {city}, {state}, {country}, {zip}",
            "{s}, {city}, {state}, {country}, zip {zip}",
        )
    ).format(s=street, **a)


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1] if parts else "")))


__all__ = ["AND_THEN", "OPENINGS", "REQUEST_FIRST", "YES", "Options", "ask", "identity", "payment", "reason"]
