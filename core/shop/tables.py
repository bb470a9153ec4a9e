"""The tables of the local shop: one JSON document per record, with the columns it is looked up by."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, String, Table, Text

from core.journal.store import METADATA

SHOP = Table(
    "shop",
    METADATA,
    Column("id", Integer, primary_key=True),  # one row, 1
    Column("body", Text, nullable=False),
    Column("revision", Integer, nullable=False),
)
"""What holds for the whole shop. `revision` grows with every import."""

PRODUCTS = Table(
    "shop_products",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("body", Text, nullable=False),
)

CUSTOMERS = Table(
    "shop_customers",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("email", String, nullable=False, index=True),
    Column("zip", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

ORDERS = Table(
    "shop_orders",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("number", String, nullable=False, unique=True),
    Column("customer_id", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
)
"""`number` is the id as `core.shop.keys.order_key` folds it."""

PAGES = Table(
    "shop_pages",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("body", Text, nullable=False),
)

DEEDS = Table(
    "shop_deeds",
    METADATA,
    Column("key", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("customer_id", String),
    Column("at", Float, nullable=False),
)
"""Every action that was done, by its idempotency key: what stands here is not done again."""

TICKETS = Table(
    "shop_tickets",
    METADATA,
    Column("number", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("summary", Text, nullable=False),
    Column("customer_id", String),
    Column("body", Text, nullable=False),
    Column("at", Float, nullable=False),
)

HANDOFFS = Table(
    "shop_handoffs",
    METADATA,
    Column("key", String, primary_key=True),
    Column("summary", Text, nullable=False),
    Column("customer_id", String),
    Column("at", Float, nullable=False),
)
