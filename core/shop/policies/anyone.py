"""What anybody may ask for, verified or not: a person, or a ticket for one."""

from __future__ import annotations

from core.shop.policies.case import Case
from core.shop.ruling import Ruling


def may_fetch_a_person(case: Case) -> Ruling:
    """Allow anybody to reach a person; the person must be told why."""
    return case.allow("handoff/anyone") if case.text("summary") else case.deny("handoff/needs_summary")


def may_write_a_ticket(case: Case) -> Ruling:
    """Allow anybody to leave a ticket that says what it is about."""
    if not (case.text("kind") or case.text("topic")):
        return case.deny("tickets/needs_kind")
    if not isinstance(case.action.arguments.get("summary"), str):
        return case.deny("tickets/needs_summary")
    return case.allow("tickets/anyone")
