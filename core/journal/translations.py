"""Translations of what was said, kept with the record for the shop's people."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, String, Table, Text, select
from sqlalchemy.dialects.sqlite import insert

from core.journal.store import METADATA, Store
from core.types import Language

TRANSLATIONS = Table(
    "translations",
    METADATA,
    Column("conversation_id", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("text", Text, primary_key=True),
    Column("translation", Text, nullable=False),
)


class StoreTranslations:
    """`core.generation.desk.Translations` on a `Store`."""

    def __init__(self, store: Store) -> None:
        """Keep the translations in `store`."""
        self._store = store

    async def known(self, conversation_id: str, language: Language) -> Mapping[str, str]:
        """Return texts of a conversation with their translations."""
        query = select(TRANSLATIONS.c.text, TRANSLATIONS.c.translation).where(
            TRANSLATIONS.c.conversation_id == conversation_id, TRANSLATIONS.c.language == language
        )
        rows = await self._store.read(lambda connection: connection.execute(query).all())
        return {text: translation for text, translation in rows}

    async def keep(self, conversation_id: str, language: Language, text: str, translation: str) -> None:
        """Keep a translation; the first one stays."""
        row = {"conversation_id": conversation_id, "language": language, "text": text, "translation": translation}
        statement = insert(TRANSLATIONS).on_conflict_do_nothing()
        await self._store.write(lambda connection: connection.execute(statement, row))
