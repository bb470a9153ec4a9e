"""Sending delivered goods back."""

from __future__ import annotations

from core.shop.money import paid_in_all, written
from core.shop.policies.case import SEPARATOR, Case, Check, first_denial, still_here
from core.shop.policies.goods import goods_accepted, goods_named
from core.shop.policies.methods import days_to, method_named, refundable_to
from core.shop.policies.standing import delivered_for, known_customer, once_for, own_order
from core.shop.ruling import Ruling


def may_return(case: Case) -> Ruling:
    """Allow it for delivered goods, once; the money goes to what paid, or to a gift card."""
    return first_denial(case, _CHECKS) or _allowed(case)


def refund_for(case: Case) -> float:
    """Return what the goods that go back cost; never more than the customer has paid (a coupon is no money)."""
    cost = sum(line.price for line in case.lines())
    return min(cost, paid_in_all(case.order)) if case.order.payments else cost


def _refund_goes_back(case: Case) -> Ruling | None:
    fitting = refundable_to(case)
    denial = method_named(case, fitting, refund=written(refund_for(case)))
    if denial is not None:
        return denial
    if case.text("payment_method_id") not in {method.id for method in fitting}:
        return case.deny("return/refund_elsewhere", methods=SEPARATOR.join(method.id for method in fitting))
    first = case.order.extra.get("return_payment_method_id")
    if first is not None and case.text("payment_method_id") != first:
        return case.deny("method/like_the_first", method=str(first), methods=str(first))
    return None


_CHECKS: tuple[Check, ...] = (
    known_customer,
    own_order,
    delivered_for("return"),
    once_for("return"),
    goods_named,
    goods_accepted("return"),
    _refund_goes_back,
)


def _allowed(case: Case) -> Ruling:
    method_id = case.text("payment_method_id")
    keeps_some = len(case.lines()) < len(still_here(case.order))
    return case.allow(
        "return/delivered",
        warnings=("return/once_only",) if keeps_some and case.world.terms.returns.once_only else (),
        refund=written(refund_for(case)),
        method=method_id,
        days=days_to(case, method_id),
    )
