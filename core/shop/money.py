"""Money: amounts to the cent, what was paid with what, and how long a refund takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.shop.records import Order, Payment, PaymentMethod
from core.shop.terms import RefundTerms

PAYMENT = "payment"
REFUND = "refund"
GIFT_CARD = "gift_card"


def cents(amount: float) -> float:
    """Return an amount rounded to cents, never -0.0."""
    return round(amount, 2) + 0.0


def written(amount: float) -> str:
    """Return an amount as a plain number: "158.90", "-12.00"."""
    return f"{cents(amount):.2f}"


def paid_by_method(payments: Iterable[Payment]) -> Mapping[str, float]:
    """Return what each method has paid less what it got back, in the order of their first use; settled ones left out.

    An order whose payment was changed holds both methods, and only one of them still carries it.
    """
    net: dict[str, float] = {}
    for payment in payments:
        sign = -1 if payment.transaction_type == REFUND else 1
        net[payment.payment_method_id] = cents(net.get(payment.payment_method_id, 0.0) + sign * payment.amount)
    return {method_id: amount for method_id, amount in net.items() if amount > 0}


def paid_in_all(order: Order) -> float:
    """Return what the customer has paid for the order less what was paid back."""
    return cents(sum(payment.amount * (-1 if payment.transaction_type == REFUND else 1) for payment in order.payments))


def balance_of(method: PaymentMethod) -> float | None:
    """Return the money on a gift card, None for what is no gift card and has no balance of its own."""
    return (method.balance or 0.0) if method.source == GIFT_CARD else None


def covers(method: PaymentMethod, amount: float) -> bool:
    """Return whether the method can pay `amount`; only a gift card can be too small."""
    balance = balance_of(method)
    return balance is None or cents(balance) >= cents(amount)


def refund_days(sources: Iterable[str], terms: RefundTerms) -> str:
    """Return the working days until refunds to these kinds of payment are there: "0" for at once, "5-7", "3"."""
    spans = [terms.days.get(source, terms.days["other"]) for source in sources] or [terms.days["other"]]
    fewest, most = max(spans, key=lambda span: (span[1], span[0]))
    return str(most) if fewest == most else f"{fewest}-{most}"
