"""The policy guards: every action passes its own before the shop does anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from core.shop.policies.anyone import may_fetch_a_person, may_write_a_ticket
from core.shop.policies.cancelling import may_cancel
from core.shop.policies.case import Case
from core.shop.policies.moving import may_modify_order_address, may_modify_own_address
from core.shop.policies.paying import may_modify_payment
from core.shop.policies.returning import may_return
from core.shop.policies.swapping import may_exchange, may_modify_items
from core.shop.ruling import Ruling
from core.shop.world import World
from core.types import Action

Guard: TypeAlias = Callable[[Case], Ruling]

WRITES: Mapping[str, Guard] = MappingProxyType(
    {
        "cancel_pending_order": may_cancel,
        "modify_pending_order_items": may_modify_items,
        "modify_pending_order_address": may_modify_order_address,
        "modify_pending_order_payment": may_modify_payment,
        "modify_user_address": may_modify_own_address,
        "return_delivered_order_items": may_return,
        "exchange_delivered_order_items": may_exchange,
    }
)
"""What changes orders or customers: only after a yes to exactly what was read out."""

GUARDS: Mapping[str, Guard] = MappingProxyType(
    {**WRITES, "transfer_to_human_agents": may_fetch_a_person, "create_ticket": may_write_a_ticket}
)
"""Every action name of the contract with its guard."""


def guard(action: Action, world: World) -> Ruling:
    """Return whether the records allow the action, as if the customer had said yes; an unknown name is denied.

    The rules are tried in one order: identity, order and owner, status, window, once only, then the arguments one
    by one. The first that is broken is the clause.
    """
    judge = GUARDS.get(action.name)
    case = Case(action, world)
    return judge(case) if judge else case.deny("unknown_action")


def guard_deed(action: Action, world: World) -> Ruling:
    """Return whether the action may be done now: what `guard` says, and the customer's yes to a write."""
    ruling = guard(action, world)
    if ruling.allowed and action.name in WRITES and not action.confirmed:
        return Ruling(allowed=False, clause="confirmation/missing", facts=ruling.facts, warnings=ruling.warnings)
    return ruling
