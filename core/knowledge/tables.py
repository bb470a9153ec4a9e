"""The tables of imported documents: their versions, and which of them counts."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, LargeBinary, String, Table, Text

from core.journal.store import METADATA

DOCUMENTS = Table(
    "kb_documents",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("source", String, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
)
"""`source` is the address or the file's name; `version` is the one that is searched."""

VERSIONS = Table(
    "kb_versions",
    METADATA,
    Column("document_id", String, ForeignKey("kb_documents.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("sha256", String, nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("title", String, nullable=False),
    Column("format", String, nullable=False),
    Column("body", Text, nullable=False),
)
"""`body` holds the passages as JSON: [{"section", "headings", "text", "left_out"}]."""

REVISION = Table(
    "kb_revision",
    METADATA,
    Column("id", Integer, primary_key=True),  # one row, 1
    Column("revision", Integer, nullable=False),
)
"""Grows with every change, so that a clerk at work sees what another process imported."""

VECTORS = Table(
    "kb_vectors",
    METADATA,
    Column("encoder", String, primary_key=True),
    Column("sha256", String, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)
"""What an encoder made of a sentence, so that a restart costs no encoding; float16, in the machine's byte order."""
