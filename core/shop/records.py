"""The shop's records: products with variants, customers, orders, shop pages.

The shape follows ../shared/data/retail/db.json (tau2-bench retail), widened by what a bilingual
catalogue needs. Every text a customer may read is a `Texts`: one string per language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from core.types import Language

Texts: TypeAlias = Mapping[Language, str]
"""The same words per language, at least one: {"zh": "保温杯", "en": "Vacuum flask"}."""

_EMPTY: Mapping[str, str] = MappingProxyType({})


def in_language(texts: Texts, language: Language) -> str:
    """Return the words in `language`, else in English, else in whatever there is ("" for none)."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A catalogue picture of one variant."""

    file: str
    """Path relative to the shop folder."""
    view: str = "main"
    """"main", "back", "side", "closeup", ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One thing that can be bought."""

    item_id: str
    """The SKU."""
    options: Mapping[str, str]
    """Canonical option names and values, as the records write them: {"color": "blue"}."""
    price: float
    available: bool = True
    stock: int | None = None
    """Pieces in stock; None where the shop only knows available or not."""
    pictures: tuple[Picture, ...] = ()
    barcode: str = ""
    """EAN, UPC or ISBN, or whatever else is printed on it as bars; empty where the shop knows none."""
    extra: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Keys of the shop's own that nothing here reads; an export writes them back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a customer wrote about a product. Untrusted."""

    rating: int
    """1 (bad) to 5 (good)."""
    title: str
    text: str
    reviewer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product with its variants."""

    product_id: str
    names: Texts
    category: str = ""
    category_names: Texts = field(default_factory=lambda: _EMPTY)
    descriptions: Texts = field(default_factory=lambda: _EMPTY)
    attributes: Mapping[str, Texts] = field(default_factory=lambda: MappingProxyType({}))
    """Facts: {"material": {"zh": "不锈钢", "en": "stainless steel"}}."""
    variants: Mapping[str, Variant]
    related: tuple[str, ...] = ()
    """Product ids that go with it."""
    option_texts: Mapping[str, Texts] = field(default_factory=lambda: MappingProxyType({}))
    """Option names and values in each language, by canonical word: {"blue": {"zh": "蓝色", "en": "Blue"}}."""
    reviews: tuple[Review, ...] = ()
    extra: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Keys of the shop's own that nothing here reads; an export writes them back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a parcel goes."""

    address1: str
    address2: str = ""
    city: str
    state: str = ""
    country: str
    zip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """How a customer pays."""

    id: str
    source: str
    """"credit_card", "gift_card", "paypal", "alipay", "wechat_pay"."""
    brand: str = ""
    last_four: str = ""
    balance: float | None = None
    """Of a gift card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Someone who shops here."""

    user_id: str
    first_name: str
    last_name: str
    email: str
    address: Address
    phone: str = ""
    payment_methods: Mapping[str, PaymentMethod] = field(default_factory=lambda: MappingProxyType({}))
    orders: tuple[str, ...] = ()
    """Order ids, oldest first."""
    language: Language | None = None
    other_names: tuple[str, ...] = ()
    """The full name in other scripts: ("陈静",)."""
    extra: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Keys of the shop's own that nothing here reads; an export writes them back."""


class OrderStatus(StrEnum):
    """Where an order stands; the names are those of the retail data."""

    PENDING = "pending"
    PENDING_MODIFIED = "pending (item modified)"
    PROCESSED = "processed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURN_REQUESTED = "return requested"
    EXCHANGE_REQUESTED = "exchange requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItem:
    """One line of an order."""

    name: str
    product_id: str
    item_id: str
    price: float
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """What the carrier saw."""

    at: str
    """ISO 8601 date and time."""
    place: Texts
    what: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    """A parcel."""

    tracking_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    carrier: str = ""
    carrier_names: Texts = field(default_factory=lambda: _EMPTY)
    """What customers call the carrier, where that differs between languages."""
    expected: str = ""
    """ISO 8601 date of the expected delivery; empty when the carrier gave none."""
    events: tuple[TrackingEvent, ...] = ()
    """Oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment or a refund."""

    transaction_type: str
    amount: float
    payment_method_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a customer bought."""

    order_id: str
    user_id: str
    address: Address
    items: tuple[OrderItem, ...]
    status: str
    """One of `OrderStatus`, or what a foreign shop calls it."""
    fulfilments: tuple[Fulfilment, ...] = ()
    payments: tuple[Payment, ...] = ()
    placed_at: str = ""
    """ISO 8601; empty where the records do not say."""
    cancel_reason: str = ""
    extra: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Keys of the shop's own that nothing here reads; an export writes them back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Something that a colleague was asked to settle."""

    number: str
    topic: str
    order_id: str = ""
    items: tuple[str, ...] = ()
    """Item ids of the goods that it is about."""
    summary: str = ""
    """The customer's own words."""
    at: str = ""
    """ISO 8601 date on which it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A question with its answer, or a page of policy."""

    id: str
    titles: Texts
    bodies: Texts
    questions: Mapping[Language, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Other ways in which customers ask for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A whole shop, as one value: what is imported and exported."""

    name: Texts
    currency: str = "USD"
    """ISO 4217."""
    products: Mapping[str, Product] = field(default_factory=lambda: MappingProxyType({}))
    customers: Mapping[str, Customer] = field(default_factory=lambda: MappingProxyType({}))
    orders: Mapping[str, Order] = field(default_factory=lambda: MappingProxyType({}))
    pages: Mapping[str, Page] = field(default_factory=lambda: MappingProxyType({}))
    as_of: str = ""
    """ISO 8601 date of the day these records describe; empty where they do not say."""
    policy: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Where the shop's terms differ from the built-in ones, as `core.shop.terms` reads them."""
