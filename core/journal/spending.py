"""The book of what was spent on language models."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Float, Integer, String, Table, func, select
from sqlalchemy.dialects.sqlite import insert

from core.generation.spending import Spent
from core.journal.store import METADATA, Store
from core.types import Usage

SPENDING = Table(
    "spending",
    METADATA,
    Column("day", String, primary_key=True),
    Column("conversation_id", String, primary_key=True, index=True),
    Column("prompts", Integer, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("money", Float, nullable=False),
)
_KEY = ("day", "conversation_id")
_TOKENS = func.coalesce(func.sum(SPENDING.c.prompt_tokens + SPENDING.c.completion_tokens), 0)


class StoreSpending:
    """`core.generation.spending.Spending` on a `Store`."""

    def __init__(self, store: Store) -> None:
        """Keep the book in `store`."""
        self._store = store

    async def spent(self, conversation_id: str, day: str) -> Spent:
        """Return what a conversation has spent in all, and everybody on a day."""
        own = select(_TOKENS).where(SPENDING.c.conversation_id == conversation_id)
        every = select(_TOKENS, func.coalesce(func.sum(SPENDING.c.money), 0.0)).where(SPENDING.c.day == day)

        def read(connection: Connection) -> Spent:
            tokens = connection.execute(own).scalar_one()
            day_tokens, money = connection.execute(every).one()
            return Spent(conversation_tokens=tokens, day_tokens=day_tokens, day_money=money)

        return await self._store.read(read)

    async def add(self, conversation_id: str, day: str, usage: Usage, money: float) -> None:
        """Enter an answer."""
        row = {
            "day": day,
            "conversation_id": conversation_id,
            "prompts": 1,
            "prompt_tokens": usage.prompt,
            "cached_tokens": usage.cached,
            "completion_tokens": usage.completion,
            "money": money,
        }
        added = insert(SPENDING).values(row)
        counted = {name: SPENDING.c[name] + added.excluded[name] for name in row if name not in _KEY}
        statement = added.on_conflict_do_update(index_elements=_KEY, set_=counted)
        await self._store.write(lambda connection: connection.execute(statement))
