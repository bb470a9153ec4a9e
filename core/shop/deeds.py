"""What allowed actions write. Each runs on the turn's connection, once per idempotency key."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from core.errors import ConflictError, ShopError
from core.ports import Effect
from core.shop.changes import changed, has_changed
from core.shop.guards import WRITES, guard_deed
from core.shop.lookup import Bench, put_back
from core.shop.tables import DEEDS, HANDOFFS, TICKETS
from core.types import Action, ActionStatus, Identity

Facts: TypeAlias = Mapping[str, str]
Deed: TypeAlias = Callable[[Connection, Action, str | None, float], None]
"""(connection, action, customer id, seconds since 1970)."""


def proposed(
    connection: Connection, action: Action, identity: Identity | None, bench: Bench, after: Sequence[Action]
) -> Effect:
    """Return the effect of an action as the records on this connection allow it, once those `after` were done.

    Raises `ShopError` when an allowed action has no idempotency key, or one that was used for something else.
    """
    ticket = {"ticket": ticket_number(action.idempotency_key)} if action.name == "create_ticket" else {}
    world = bench.world(connection, action, identity, after)
    ruling = guard_deed(action, world)
    if action.idempotency_key and was_done(connection, action, identity):
        if ruling.allowed and action.name in WRITES and has_changed(action, world):
            raise ShopError(f"{action.name} was done, then undone: to do it again it needs a new idempotency key")
        return Effect(action=replace(action, status=ActionStatus.DONE), apply=_nothing, facts=ticket)
    status = ActionStatus.DONE if ruling.allowed else ActionStatus.DENIED
    judged = replace(action, status=status, clause=ruling.clause)
    if not ruling.allowed:
        return Effect(action=judged, apply=_nothing, facts=ruling.facts)
    if not action.idempotency_key:
        raise ShopError(f"the action {action.name} has no idempotency key")

    def apply(on: Connection) -> None:
        do_once(on, judged, identity, bench, ruling.facts)

    return Effect(action=judged, apply=apply, facts={**ruling.facts, **ticket})


def do_once(connection: Connection, action: Action, identity: Identity | None, bench: Bench, facts: Facts) -> bool:
    """Do an allowed action; False when its key was done before, and then nothing happens.

    A write is judged again on this connection: raises `ConflictError` when the records no longer allow it, or
    when they no longer make of it what the customer was told (`facts`).
    """
    customer_id, now = identity.customer_id if identity else None, time.time()
    row = {
        "key": action.idempotency_key,
        "name": action.name,
        "arguments": _text(action.arguments),
        "customer_id": customer_id,
        "at": now,
    }
    if connection.execute(insert_or_ignore(DEEDS).on_conflict_do_nothing(), row).rowcount == 0:
        return False
    if action.name in WRITES:
        _write(connection, action, identity, bench, facts)
    else:
        _DEEDS[action.name](connection, action, customer_id, now)
    return True


def was_done(connection: Connection, action: Action, identity: Identity | None) -> bool:
    """Return whether the action's key acted before; a ticket may be asked for again in other words.

    Raises `ShopError` when the key of a write did something else, which is a mistake of whoever made it.
    """
    found = connection.execute(select(DEEDS).where(DEEDS.c.key == action.idempotency_key)).one_or_none()
    if found is None or action.name not in WRITES:
        return found is not None
    customer_id = identity.customer_id if identity else None
    if (found.name, found.arguments, found.customer_id) != (action.name, _text(action.arguments), customer_id):
        raise ShopError(f"the idempotency key {action.idempotency_key!r} belongs to another action; make a new one")
    return True


def ticket_number(idempotency_key: str) -> str:
    """Return the number of the ticket that the action with this key writes: "T" and ten digits."""
    digest = hashlib.sha256(idempotency_key.encode()).digest()
    return f"T{int.from_bytes(digest[:8], 'big') % 10**10:010d}"


def _write(connection: Connection, action: Action, identity: Identity | None, bench: Bench, facts: Facts) -> None:
    world = bench.world(connection, action, identity)
    ruling = guard_deed(action, world)
    if not ruling.allowed:
        raise ConflictError(f"{action.name} is no longer allowed: {ruling.clause}")
    if dict(ruling.facts) != dict(facts):
        raise ConflictError(f"{action.name} would no longer do what the customer was told")
    put_back(connection, changed(action, world))


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
        "body": _text(action.arguments),
        "at": now,
    }
    connection.execute(insert(TICKETS), row)


def _nothing(_connection: Connection) -> None:
    """Change nothing: the action was denied, or done before."""


def _text(arguments: Mapping[str, object]) -> str:
    return json.dumps(dict(arguments), ensure_ascii=False, default=str)


_DEEDS: Mapping[str, Deed] = MappingProxyType(
    {"transfer_to_human_agents": _fetch_a_person, "create_ticket": _write_a_ticket}
)
"""What the actions do that change no order and no customer."""
