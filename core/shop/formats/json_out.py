"""Write a shop as JSON that `json_in` reads back: the retail data's shape, more only where there is more."""

from __future__ import annotations

from typing import Any

from core.shop.records import (
    Address,
    Customer,
    Fulfilment,
    Order,
    Page,
    PaymentMethod,
    Product,
    Records,
    Variant,
    in_language,
)


def records_to(records: Records) -> dict[str, Any]:
    """Return the shop as one JSON document."""
    document: dict[str, Any] = _present(name=dict(records.name), as_of=records.as_of)
    if records.currency != "USD":
        document["currency"] = records.currency
    if records.policy:
        document["policy"] = dict(records.policy)
    document["products"] = {key: product_to(product) for key, product in records.products.items()}
    document["users"] = {key: customer_to(customer) for key, customer in records.customers.items()}
    document["orders"] = {key: order_to(order) for key, order in records.orders.items()}
    if records.pages:
        document["pages"] = {key: page_to(page) for key, page in records.pages.items()}
    return document


def product_to(product: Product) -> dict[str, Any]:
    """Return one product; `name` is the English one, `names` stands beside it when there are more."""
    only_english = set(product.names) == {"en"}
    return {
        "name": in_language(product.names, "en"),
        "product_id": product.product_id,
        **_present(
            names={} if only_english else dict(product.names),
            category=product.category,
            category_names=dict(product.category_names),
            descriptions=dict(product.descriptions),
            attributes={key: dict(texts) for key, texts in product.attributes.items()},
        ),
        "variants": {key: _variant_to(variant) for key, variant in product.variants.items()},
        **_present(
            related=list(product.related),
            option_texts={key: dict(texts) for key, texts in product.option_texts.items()},
            reviews=[
                {"rating": review.rating, "title": review.title, "text": review.text}
                | _present(reviewer=review.reviewer)
                for review in product.reviews
            ],
        ),
        **product.extra,
    }


def _variant_to(variant: Variant) -> dict[str, Any]:
    return {
        "item_id": variant.item_id,
        "options": dict(variant.options),
        "available": variant.available,
        "price": variant.price,
        **({} if variant.stock is None else {"stock": variant.stock}),
        **_present(
            pictures=[{"file": picture.file, "view": picture.view} for picture in variant.pictures],
            barcode=variant.barcode,
        ),
        **variant.extra,
    }


def customer_to(customer: Customer) -> dict[str, Any]:
    """Return one customer."""
    return {
        "user_id": customer.user_id,
        "name": {"first_name": customer.first_name, "last_name": customer.last_name},
        **_present(other_names=list(customer.other_names)),
        "address": _address_to(customer.address),
        "email": customer.email,
        **_present(phone=customer.phone, language=customer.language),
        "payment_methods": {key: _method_to(method) for key, method in customer.payment_methods.items()},
        "orders": list(customer.orders),
        **customer.extra,
    }


def _address_to(address: Address) -> dict[str, str]:
    return {
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "country": address.country,
        "state": address.state,
        "zip": address.zip,
    }


def _method_to(method: PaymentMethod) -> dict[str, Any]:
    return {
        "source": method.source,
        "id": method.id,
        **_present(brand=method.brand, last_four=method.last_four),
        **({} if method.balance is None else {"balance": method.balance}),
    }


def order_to(order: Order) -> dict[str, Any]:
    """Return one order."""
    return {
        "order_id": order.order_id,
        "user_id": order.user_id,
        **_present(placed_at=order.placed_at),
        "address": _address_to(order.address),
        "items": [
            {
                "name": item.name,
                "product_id": item.product_id,
                "item_id": item.item_id,
                "price": item.price,
                "options": dict(item.options),
            }
            for item in order.items
        ],
        "status": order.status,
        "fulfillments": [_fulfilment_to(fulfilment) for fulfilment in order.fulfilments],
        "payment_history": [
            {
                "transaction_type": payment.transaction_type,
                "amount": payment.amount,
                "payment_method_id": payment.payment_method_id,
            }
            for payment in order.payments
        ],
        **_present(cancel_reason=order.cancel_reason),
        **order.extra,
    }


def _fulfilment_to(fulfilment: Fulfilment) -> dict[str, Any]:
    return {
        "tracking_id": list(fulfilment.tracking_ids),
        "item_ids": list(fulfilment.item_ids),
        **_present(
            carrier=fulfilment.carrier,
            carrier_names=dict(fulfilment.carrier_names),
            expected=fulfilment.expected,
            events=[
                {"at": event.at, "place": dict(event.place), "what": dict(event.what)} for event in fulfilment.events
            ],
        ),
    }


def page_to(page: Page) -> dict[str, Any]:
    """Return one page."""
    return {
        "id": page.id,
        "titles": dict(page.titles),
        "bodies": dict(page.bodies),
        **_present(questions={language: list(asked) for language, asked in page.questions.items()}),
    }


def _present(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}
