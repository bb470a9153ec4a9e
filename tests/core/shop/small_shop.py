"""A shop small enough to see through: two customers, orders in every state, documents as tau2 writes them."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from core.shop.formats.json_in import records_from
from core.shop.records import Records
from core.shop.terms import Terms, terms_from
from core.shop.world import World
from core.types import Action, Identity, confirmation_of

TODAY = date(2026, 6, 15)
ANN = Identity(customer_id="ann_1", proved_by="email")
BOB = Identity(customer_id="bob_2", proved_by="email")
HOME = {"address1": "1 A", "address2": "", "city": "X", "country": "USA", "state": "CA", "zip": "90001"}
AWAY = {"address1": "2 B", "address2": "Flat 3", "city": "Y", "country": "USA", "state": "NY", "zip": "10001"}


def _variant(item_id: str, price: float, color: str, **more: Any) -> dict[str, Any]:
    return {"item_id": item_id, "options": {"color": color}, "available": True, "price": price, **more}


def _product(product_id: str, name: str, *variants: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "product_id": product_id,
        **more,
        "variants": {variant["item_id"]: variant for variant in variants},
    }


PRODUCTS = [
    _product(
        "1", "Mug", _variant("11", 9.5, "red"), _variant("12", 12.1, "blue"), _variant("15", 7.25, "white"),
        _variant("13", 9.5, "green", available=False), _variant("14", 30.0, "gold", stock=1),
    ),
    _product("2", "Shirt", _variant("21", 20.0, "black"), _variant("22", 20.0, "grey")),
    _product("3", "Pen", _variant("31", 5.0, "blue"), _variant("32", 6.0, "black"), category="pens"),
]  # fmt: skip
_PRICES = {key: variant["price"] for product in PRODUCTS for key, variant in product["variants"].items()}
_HOLDERS = {key: product for product in PRODUCTS for key in product["variants"]}


def order(
    order_id: str, status: str, items: str, method: str, user_id: str = "ann_1", arrived: str = "", **more: Any
) -> dict[str, Any]:
    """Return an order of these item ids, paid at once."""
    ids = items.split()
    parcel: dict[str, Any] = {"tracking_id": ["5"], "item_ids": ids}
    if arrived:
        parcel["events"] = [{"at": arrived, "place": {"en": "X"}, "what": {"en": "Delivered"}}]
    total = round(sum(_PRICES[item] for item in ids), 2)
    return {
        "order_id": order_id,
        "user_id": user_id,
        "address": HOME,
        "items": [
            {
                "name": _HOLDERS[item]["name"],
                "product_id": _HOLDERS[item]["product_id"],
                "item_id": item,
                "price": _PRICES[item],
                "options": _HOLDERS[item]["variants"][item]["options"],
            }
            for item in ids
        ],
        "status": status,
        "fulfillments": [parcel] if arrived else [],
        "payment_history": [{"transaction_type": "payment", "amount": total, "payment_method_id": method}],
        **more,
    }


ORDERS = [
    order("#W1", "pending", "11 11 21", "paypal_1"),
    order("#W2", "delivered", "11 21 31 11", "credit_card_1", arrived="2026-06-10T09:00:00+08:00"),
    order("#W3", "pending", "11", "gift_card_9", user_id="bob_2"),
    order("#W4", "processed", "11", "paypal_1"),
    order("#W5", "shipped", "11", "paypal_1"),
    order("#W6", "cancelled", "11", "paypal_1"),
    order("#W7", "pending (item modified)", "11", "paypal_1"),
    order("#W8", "return requested", "11 21", "paypal_1", arrived="2026-06-10", return_items=["11"],
          return_payment_method_id="paypal_1"),
    order("#W9", "exchange requested", "11 21", "paypal_1", arrived="2026-06-10", exchange_items=["11"],
          exchange_new_items=["12"], exchange_payment_method_id="paypal_1", exchange_price_difference=2.6),
    order("#W10", "pending", "31", "gift_card_1"),
    order("#W11", "delivered", "11", "paypal_1"),
    order("#W12", "on hold", "11", "paypal_1"),
]  # fmt: skip


def document() -> dict[str, Any]:
    """Return the whole shop as one JSON document of its own."""
    own = [made["order_id"] for made in ORDERS if made["user_id"] == "ann_1"]
    ann = {
        "paypal_1": {"source": "paypal", "id": "paypal_1"},
        "gift_card_1": {"source": "gift_card", "id": "gift_card_1", "balance": 10.0},
        "credit_card_1": {"source": "credit_card", "id": "credit_card_1", "brand": "visa", "last_four": "1234"},
    }
    bob = {"gift_card_9": {"source": "gift_card", "id": "gift_card_9", "balance": 90.0}}
    whole = {
        "products": {product["product_id"]: product for product in PRODUCTS},
        "users": {
            "ann_1": _user("ann_1", "Ann", "ann@example.com", ann, own),
            "bob_2": _user("bob_2", "Bob", "bob@example.com", bob, ["#W3"]),
        },
        "orders": {made["order_id"]: made for made in ORDERS},
    }
    return copy.deepcopy(whole)


def _user(user_id: str, first: str, email: str, methods: dict[str, Any], orders: list[str]) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "name": {"first_name": first, "last_name": "Lee"},
        "address": HOME,
        "email": email,
        "payment_methods": methods,
        "orders": orders,
    }


def records(**more: Any) -> Records:
    """Return the whole shop as records."""
    return records_from({**document(), **more}, file="small.json")


def terms(**sections: Any) -> Terms:
    """Return the retail terms with these sections stated otherwise."""
    return terms_from(sections, where="test")


def asked(name: str, *, key: str = "k1", confirmed: bool = True, **arguments: Any) -> Action:
    """Return an action that the customer said yes to."""
    confirmation = confirmation_of(name, arguments) if confirmed else ""
    return Action(name=name, arguments=arguments, idempotency_key=key, confirmation=confirmation)


def world(
    action: Action, *, identity: Identity | None = ANN, stated: Terms | None = None, shop: Records | None = None
) -> World:
    """Return the small shop as it touches an action."""
    shop = shop or records()
    return World(
        terms=stated or terms(),
        today=TODAY,
        identity=identity,
        customer=shop.customers.get(identity.customer_id) if identity else None,
        order=shop.orders.get(str(action.arguments.get("order_id"))),
        products=shop.products,
    )
