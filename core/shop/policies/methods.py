"""Rules about the payment method that an action names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.shop.money import GIFT_CARD, balance_of, covers, paid_by_method, refund_days, written
from core.shop.policies.case import SEPARATOR, Case, Check
from core.shop.records import PaymentMethod
from core.shop.ruling import Ruling


def method_named(case: Case, fitting: Iterable[PaymentMethod], **facts: str) -> Ruling | None:
    """Deny a method that lacks or is not the customer's own; the fact `methods` names those that would do."""
    methods = SEPARATOR.join(method.id for method in fitting)
    if not case.text("payment_method_id"):
        return case.deny("method/needs_payment_method_id", needs="payment_method_id", methods=methods, **facts)
    if case.method() is None:
        return case.deny("method/not_yours", methods=methods, **facts)
    return None


def covering(amount_of: Callable[[Case], float], *, other_than: Callable[[Case], str] = lambda _: "") -> Check:
    """Return the rule that a method must be the customer's own and hold what is to be paid.

    `other_than` is the id of a method that is not to be offered instead.
    """

    def rule(case: Case) -> Ruling | None:
        amount, unfit = amount_of(case), other_than(case)
        own = case.customer.payment_methods.values()
        fitting = [method for method in own if method.id != unfit and covers(method, amount)]
        denial = method_named(case, fitting, difference=written(amount))
        method = case.method()
        if denial is not None or method is None or covers(method, amount):
            return denial
        return case.deny(
            "method/balance_short",
            amount=written(amount),
            balance=written(balance_of(method) or 0.0),
            method=method.id,
            methods=SEPARATOR.join(fit.id for fit in fitting),
        )

    return rule


def refundable_to(case: Case) -> tuple[PaymentMethod, ...]:
    """Return the methods of the customer to which the money of a return may go, those that paid first."""
    allowed, methods = case.world.terms.returns.refund_to, case.customer.payment_methods
    originals = [methods[key] for key in paid_by_method(case.order.payments) if key in methods]
    cards = [method for method in methods.values() if method.source == GIFT_CARD]
    fitting = [*(originals if "original" in allowed else ()), *(cards if "gift_card" in allowed else ())]
    return tuple({method.id: method for method in fitting}.values())


def days_to(case: Case, *method_ids: str) -> str:
    """Return the working days until refunds to these methods are there."""
    methods = case.customer.payment_methods
    sources = [methods[key].source for key in method_ids if key in methods]
    return refund_days(sources, case.world.terms.refunds)
