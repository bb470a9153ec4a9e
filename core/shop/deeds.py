"""What allowed actions write. Each runs on the turn's connection, once per idempotency key."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from sqlalchemy import Connection, insert
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from core.shop.tables import DEEDS, HANDOFFS, TICKETS
from core.types import Action, Identity

Deed: TypeAlias = Callable[[Connection, Action, str | None, float], None]
"""(connection, action, customer id, seconds since 1970)."""


def do_once(connection: Connection, action: Action, identity: Identity | None) -> bool:
    """Do an allowed action; False when its key was done before, and then nothing happens."""
    customer_id, now = identity.customer_id if identity else None, time.time()
    row = {
        "key": action.idempotency_key,
        "name": action.name,
        "arguments": json.dumps(dict(action.arguments), ensure_ascii=False, default=str),
        "customer_id": customer_id,
        "at": now,
    }
    if connection.execute(insert_or_ignore(DEEDS).on_conflict_do_nothing(), row).rowcount == 0:
        return False
    _DEEDS[action.name](connection, action, customer_id, now)
    return True


def ticket_number(idempotency_key: str) -> str:
    """Return the number of the ticket that the action with this key writes: "T" and ten digits."""
    digest = hashlib.sha256(idempotency_key.encode()).digest()
    return f"T{int.from_bytes(digest[:8], 'big') % 10**10:010d}"


def _fetch_a_person(connection: Connection, action: Action, customer_id: str | None, now: float) -> None:
    row = {
        "key": action.idempotency_key,
        "summary": str(action.arguments["summary"]),
        "customer_id": customer_id,
        "at": now,
    }
    connection.execute(insert(HANDOFFS), row)


def _write_a_ticket(connection: Connection, action: Action, customer_id: str | None, now: float) -> None:
    row = {
        "number": ticket_number(action.idempotency_key),
        "kind": str(action.arguments.get("kind") or action.arguments["topic"]),
        "summary": str(action.arguments["summary"]),
        "customer_id": customer_id,
        "body": json.dumps(dict(action.arguments), ensure_ascii=False, default=str),
        "at": now,
    }
    connection.execute(insert(TICKETS), row)


_DEEDS: Mapping[str, Deed] = MappingProxyType(
    {"transfer_to_human_agents": _fetch_a_person, "create_ticket": _write_a_ticket}
)
"""What each allowed action does; an action without an entry has a guard that denies it."""
