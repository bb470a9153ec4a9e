"""The tables of the record."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from core.journal.store import METADATA

CONVERSATIONS = Table(
    "conversations",
    METADATA,
    Column("id", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("locale", String),
    Column("opened_at", Float, nullable=False),
    Column("session", Text),
    Column("version", Integer, nullable=False, default=0),
)

INBOX = Table(
    "inbox",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("channel", String, nullable=False),
    Column("external_id", String, nullable=False),
    Column("conversation_id", String, ForeignKey("conversations.id"), nullable=False),
    Column("body", Text, nullable=False),
    Column("turn_id", String),
    UniqueConstraint("channel", "external_id"),
)

TURNS = Table(
    "turns",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("message_id", String, nullable=False, unique=True),
    Column("conversation_id", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("outcome", String, nullable=False),
    Column("body", Text, nullable=False),
    Index("turns_of_conversation", "conversation_id", "seq"),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("reply_id", String, nullable=False, unique=True),
    Column("turn_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("delivered_at", Float),
)
Index(
    "outbox_waiting", OUTBOX.c.channel, OUTBOX.c.seq, sqlite_where=OUTBOX.c.delivered_at.is_(None)
)  # the table keeps what was delivered; only the waiting rows are ever searched
Index("inbox_waiting", INBOX.c.seq, sqlite_where=INBOX.c.turn_id.is_(None))
