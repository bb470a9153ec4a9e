"""The policy guards: every action passes its own before the shop does anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from core.shop.ruling import Ruling
from core.types import Action, Identity

Guard: TypeAlias = Callable[[Action, Identity | None], Ruling]


def judge(action: Action, identity: Identity | None) -> Ruling:
    """Return the ruling of the guard that the action's name has; an unknown name is denied."""
    guard = GUARDS.get(action.name)
    return guard(action, identity) if guard else Ruling(allowed=False, clause="unknown_action")


def may_fetch_a_person(action: Action, _identity: Identity | None) -> Ruling:
    """Allow anybody to reach a person; the person must be told why."""
    if not _words(action, "summary"):
        return Ruling(allowed=False, clause="handoff/needs_summary")
    return Ruling(allowed=True, clause="handoff/anyone")


def may_write_a_ticket(action: Action, _identity: Identity | None) -> Ruling:
    """Allow anybody to leave a ticket that says what it is about."""
    if not (_words(action, "kind") or _words(action, "topic")):
        return Ruling(allowed=False, clause="tickets/needs_kind")
    if not isinstance(action.arguments.get("summary"), str):
        return Ruling(allowed=False, clause="tickets/needs_summary")
    return Ruling(allowed=True, clause="tickets/anyone")


def not_supported_yet(_action: Action, _identity: Identity | None) -> Ruling:
    """Deny: the clerk may not change orders or addresses; people do that from a ticket."""
    return Ruling(allowed=False, clause="not_supported_yet")


def _words(action: Action, key: str) -> str:
    value = action.arguments.get(key)
    return value.strip() if isinstance(value, str) else ""


GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        "transfer_to_human_agents": may_fetch_a_person,
        "create_ticket": may_write_a_ticket,
        "cancel_pending_order": not_supported_yet,
        "modify_pending_order_items": not_supported_yet,
        "modify_pending_order_address": not_supported_yet,
        "modify_pending_order_payment": not_supported_yet,
        "modify_user_address": not_supported_yet,
        "return_delivered_order_items": not_supported_yet,
        "exchange_delivered_order_items": not_supported_yet,
    }
)
"""Every action name of the contract with its guard."""
