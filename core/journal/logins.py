"""Login tokens that were used: each opens one conversation only."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Float, String, Table, delete, select
from sqlalchemy.dialects.sqlite import insert

from core.journal.store import METADATA, Store

LOGINS = Table(
    "logins",
    METADATA,
    Column("token_id", String, primary_key=True),
    Column("conversation_id", String, nullable=False),
    Column("expires_at", Float, nullable=False),
)


class StoreLogins:
    """`core.login.Used` on a `Store`."""

    def __init__(self, store: Store) -> None:
        """Remember in `store`."""
        self._store = store

    async def claim(self, token_id: str, conversation_id: str, *, expires_at: float, now: float) -> bool:
        """Bind a token to a conversation; False when it belongs to another one. Expired ones are swept out."""
        row = {"token_id": token_id, "conversation_id": conversation_id, "expires_at": expires_at}
        owner = select(LOGINS.c.conversation_id).where(LOGINS.c.token_id == token_id)

        def work(connection: Connection) -> bool:
            connection.execute(delete(LOGINS).where(LOGINS.c.expires_at < now))
            connection.execute(insert(LOGINS).values(row).on_conflict_do_nothing())
            return bool(connection.execute(owner).scalar() == conversation_id)

        return await self._store.write(work)
