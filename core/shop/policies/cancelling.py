"""Cancelling a pending order."""

from __future__ import annotations

from core.shop.money import paid_by_method, written
from core.shop.policies.case import SEPARATOR, Case, first_denial
from core.shop.policies.methods import days_to
from core.shop.policies.standing import known_customer, own_order, pending_for
from core.shop.ruling import Ruling


def may_cancel(case: Case) -> Ruling:
    """Allow it while the order is pending, for a reason that counts; all that was paid goes back the way it came."""
    return first_denial(case, _CHECKS) or _allowed(case)


def _reason_counts(case: Case) -> Ruling | None:
    reasons = case.world.terms.cancel.reasons
    if not case.text("reason"):
        return case.deny("cancel/needs_reason", needs="reason", reasons=SEPARATOR.join(reasons))
    if case.text("reason") not in reasons:
        return case.deny("cancel/reason_not_accepted", reasons=SEPARATOR.join(reasons))
    return None


_CHECKS = (known_customer, own_order, pending_for("cancel"), _reason_counts)


def _allowed(case: Case) -> Ruling:
    net = paid_by_method(case.order.payments)
    return case.allow(
        "cancel/pending",
        refund=written(sum(net.values())),
        method=SEPARATOR.join(net),
        days=days_to(case, *net),
        reason=case.text("reason"),
    )
