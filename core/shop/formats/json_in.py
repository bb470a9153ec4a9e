"""Read a shop from JSON: the retail data's db.json, and our superset of it.

Ours adds `name`, `currency`, `as_of`, `policy` and `pages` at the top, names and descriptions per language,
pictures, stock, reviews, phones, parcels with a carrier and events. Keys that nothing here reads are
kept in `extra` and written back.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import ConfigError, ShopError
from core.shop.formats.row import Row
from core.shop.records import (
    Address,
    Customer,
    Fulfilment,
    Order,
    OrderItem,
    Page,
    Payment,
    PaymentMethod,
    Picture,
    Product,
    Records,
    Review,
    TrackingEvent,
    Variant,
)
from core.shop.terms import terms_from

_VARIANT = {"item_id", "options", "price", "available", "stock", "pictures", "barcode"}
_PRODUCT = {
    "product_id", "name", "names", "category", "category_names", "descriptions", "attributes", "variants", "related",
    "option_texts", "reviews",
}  # fmt: skip
_USER = {"user_id", "name", "address", "email", "payment_methods", "orders", "phone", "language", "other_names"}
_ORDER = {
    "order_id", "user_id", "address", "items", "status", "fulfillments", "payment_history", "placed_at",
    "cancel_reason",
}  # fmt: skip


def records_from(document: Mapping[str, object], *, file: str) -> Records:
    """Return the shop that a JSON document describes; `file` is how errors call it.

    Raises `ShopError` naming the file, the key and what was expected there.
    """
    top = Row(document, file)
    products = {key: product_from(_keyed(row, "product_id", key)) for key, row in top.rows("products")}
    customers = {key: customer_from(_keyed(row, "user_id", key)) for key, row in top.rows("users")}
    orders = {key: order_from(_keyed(row, "order_id", key)) for key, row in top.rows("orders")}
    for key, order in orders.items():
        if order.user_id not in customers:
            raise ShopError(f'{file}: orders["{key}"]: user_id {order.user_id!r} is nobody in users')
    return Records(
        name=top.texts("name"),
        currency=top.text("currency", "USD"),
        as_of=top.moment("as_of"),
        products=products,
        customers=customers,
        orders=orders,
        pages={key: page_from(_keyed(row, "id", key)) for key, row in top.rows("pages")},
        policy=_policy_from(top),
    )


def _policy_from(top: Row) -> Mapping[str, object]:
    if "policy" not in top.values:
        return {}
    stated = top.row("policy")
    try:
        terms_from(stated.values, where=stated.where)
    except ConfigError as error:
        raise ShopError(str(error)) from error
    return stated.values


def _keyed(row: Row, field: str, key: str) -> Row:
    if row.values.get(field) != key:
        raise row.wrong(field, f"{key!r}, as the key above it")
    return row


def product_from(row: Row) -> Product:
    """Return one product of the document."""
    names = row.texts("names") if "names" in row.values else row.texts("name")
    if not any(names.values()):
        raise row.wrong("name", "the product's name")
    variants = {key: _variant_from(_keyed(item, "item_id", key)) for key, item in row.rows("variants")}
    return Product(
        product_id=row.text("product_id"),
        names=names,
        category=row.text("category", ""),
        category_names=row.texts("category_names"),
        descriptions=row.texts("descriptions"),
        attributes=row.glossary("attributes"),
        variants=variants,
        related=row.strings("related"),
        option_texts=row.glossary("option_texts"),
        reviews=tuple(_review_from(item) for item in row.items("reviews")),
        extra=row.rest(_PRODUCT),
    )


def _variant_from(row: Row) -> Variant:
    return Variant(
        item_id=row.text("item_id"),
        options=row.words("options"),
        price=row.price("price"),
        available=row.flag("available", True),
        stock=row.count("stock"),
        pictures=tuple(
            Picture(file=item.text("file"), view=item.text("view", "main")) for item in row.items("pictures")
        ),
        barcode=_barcode_from(row),
        extra=row.rest(_VARIANT),
    )


def _barcode_from(row: Row) -> str:
    """Return the digits of a barcode, which many shop systems write as a number, or as null."""
    value = row.values.get("barcode")
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return "" if value is None else str(value)
    return row.text("barcode").strip()


def _review_from(row: Row) -> Review:
    rating = row.count("rating")
    if rating is None or not 1 <= rating <= 5:
        raise row.wrong("rating", "a whole number from 1 to 5")
    return Review(rating=rating, title=row.text("title"), text=row.text("text"), reviewer=row.text("reviewer", ""))


def customer_from(row: Row) -> Customer:
    """Return one customer of the document."""
    name = row.row("name")
    return Customer(
        user_id=row.text("user_id"),
        first_name=name.text("first_name"),
        last_name=name.text("last_name"),
        email=row.text("email"),
        address=_address_from(row.row("address")),
        phone=row.text("phone", ""),
        payment_methods={key: _method_from(_keyed(item, "id", key)) for key, item in row.rows("payment_methods")},
        orders=row.strings("orders"),
        language=row.text("language", "") or None,
        other_names=row.strings("other_names"),
        extra=row.rest(_USER),
    )


def _address_from(row: Row) -> Address:
    return Address(
        address1=row.text("address1"),
        address2=row.text("address2", ""),
        city=row.text("city"),
        state=row.text("state", ""),
        country=row.text("country"),
        zip=row.text("zip"),
    )


def _method_from(row: Row) -> PaymentMethod:
    return PaymentMethod(
        id=row.text("id"),
        source=row.text("source"),
        brand=row.text("brand", ""),
        last_four=row.text("last_four", ""),
        balance=row.number("balance") if row.values.get("balance") is not None else None,
    )


def order_from(row: Row) -> Order:
    """Return one order of the document."""
    return Order(
        order_id=row.text("order_id"),
        user_id=row.text("user_id"),
        address=_address_from(row.row("address")),
        items=tuple(_item_from(item) for item in row.items("items")),
        status=row.text("status"),
        fulfilments=tuple(_fulfilment_from(item) for item in row.items("fulfillments")),
        payments=tuple(
            Payment(
                transaction_type=item.text("transaction_type"),
                amount=item.number("amount"),
                payment_method_id=item.text("payment_method_id"),
            )
            for item in row.items("payment_history")
        ),
        placed_at=row.moment("placed_at"),
        cancel_reason=row.text("cancel_reason", ""),
        extra=row.rest(_ORDER),
    )


def _item_from(row: Row) -> OrderItem:
    return OrderItem(
        name=row.text("name"),
        product_id=row.text("product_id"),
        item_id=row.text("item_id"),
        price=row.price("price"),
        options=row.words("options"),
    )


def _fulfilment_from(row: Row) -> Fulfilment:
    return Fulfilment(
        tracking_ids=row.strings("tracking_id"),
        item_ids=row.strings("item_ids"),
        carrier=row.text("carrier", ""),
        carrier_names=row.texts("carrier_names"),
        expected=row.moment("expected"),
        events=tuple(
            TrackingEvent(at=event.moment("at"), place=event.texts("place"), what=event.texts("what"))
            for event in row.items("events")
        ),
    )


def page_from(row: Row) -> Page:
    """Return one page of the document."""
    questions = row.row("questions") if "questions" in row.values else Row({}, row.where)
    return Page(
        id=row.text("id"),
        titles=row.texts("titles"),
        bodies=row.texts("bodies"),
        questions={language: questions.strings(language) for language in questions.values},
    )
