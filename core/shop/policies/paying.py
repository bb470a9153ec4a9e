"""Another payment method for a pending order."""

from __future__ import annotations

from core.shop.money import PAYMENT, covers, written
from core.shop.policies.case import SEPARATOR, Case, Check, first_denial
from core.shop.policies.methods import covering, days_to
from core.shop.policies.standing import known_customer, own_order, pending_for
from core.shop.ruling import Ruling


def may_modify_payment(case: Case) -> Ruling:
    """Allow one other method of the customer's own for an order that one payment paid."""
    return first_denial(case, _CHECKS) or _allowed(case)


def _paid_at_once(case: Case) -> Ruling | None:
    payments = case.order.payments
    if len(payments) != 1 or payments[0].transaction_type != PAYMENT:
        return case.deny("payment/not_one_payment")
    return None


def _to_pay(case: Case) -> float:
    return case.order.payments[0].amount


def _paid_with(case: Case) -> str:
    return case.order.payments[0].payment_method_id


def _another(case: Case) -> Ruling | None:
    if case.text("payment_method_id") != _paid_with(case):
        return None
    own = case.customer.payment_methods.values()
    others = [method.id for method in own if method.id != _paid_with(case) and covers(method, _to_pay(case))]
    return case.deny("payment/same_method", methods=SEPARATOR.join(others))


_CHECKS: tuple[Check, ...] = (
    known_customer,
    own_order,
    pending_for("payment"),
    _paid_at_once,
    _another,
    covering(_to_pay, other_than=_paid_with),
)


def _allowed(case: Case) -> Ruling:
    paid = case.order.payments[0]
    return case.allow(
        "payment/pending",
        amount=written(paid.amount),
        method=case.text("payment_method_id"),
        refund=written(paid.amount),
        refund_method=paid.payment_method_id,
        days=days_to(case, paid.payment_method_id),
    )
