"""Who asks, and for which order: the rules that come before all others."""

from __future__ import annotations

from core.shop.policies.case import Case, Check
from core.shop.records import OrderStatus
from core.shop.ruling import Ruling
from core.shop.terms import ExchangeTerms, ReturnTerms
from core.shop.world import delivered_on

_AFTER_SALES = frozenset({OrderStatus.RETURN_REQUESTED, OrderStatus.EXCHANGE_REQUESTED})


def known_customer(case: Case) -> Ruling | None:
    """Deny where nobody was verified, or whom the records do not know."""
    identity, customer = case.world.identity, case.world.customer
    if identity is None or customer is None or customer.user_id != identity.customer_id:
        return case.deny("identity/needed")
    return None


def own_order(case: Case) -> Ruling | None:
    """Deny an order that is not there and one of somebody else in the same words, so that nothing is leaked."""
    if not case.text("order_id"):
        return case.deny("order/needs_order_id", needs="order_id")
    if case.world.order is None or case.world.order.user_id != case.customer.user_id:
        return case.deny("order/not_found")
    return None


def own_profile(case: Case) -> Ruling | None:
    """Deny a change of another customer's record."""
    user_id = case.text("user_id")
    if not user_id:
        return case.deny("profile/needs_user_id", needs="user_id")
    return None if user_id == case.customer.user_id else case.deny("profile/not_yours")


def pending_for(area: str) -> Check:
    """Return the rule that an order must not have been taken up by the warehouse."""

    def rule(case: Case) -> Ruling | None:
        status = case.order.status
        if status == OrderStatus.PENDING:
            return None
        if status == OrderStatus.PENDING_MODIFIED:
            locked = area != "items" and case.world.terms.items.locks_order
            return case.deny(f"{area}/items_modified") if locked else None
        if status == OrderStatus.CANCELLED:
            return case.deny(f"{area}/cancelled")
        if status == OrderStatus.DELIVERED or status in _AFTER_SALES:
            return case.deny(f"{area}/delivered")
        return case.deny(f"{area}/not_pending")

    return rule


def delivered_for(area: str) -> Check:
    """Return the rule that an order must have arrived, and not so long ago ("return" or "exchange")."""

    def rule(case: Case) -> Ruling | None:
        status = case.order.status
        if status in (OrderStatus.PENDING, OrderStatus.PENDING_MODIFIED):
            return case.deny(f"{area}/{'pending' if status == OrderStatus.PENDING else 'not_delivered'}")
        if status == OrderStatus.CANCELLED:
            return case.deny(f"{area}/cancelled")
        if status != OrderStatus.DELIVERED and status not in _AFTER_SALES:
            return case.deny(f"{area}/not_delivered")
        return _within(case, area)

    return rule


def once_for(area: str) -> Check:
    """Return the rule that goods go back once per order ("return" or "exchange")."""

    def rule(case: Case) -> Ruling | None:
        if case.order.status in _AFTER_SALES and terms_of(case, area).once_only:
            return case.deny(f"{area}/once_only")
        return None

    return rule


def terms_of(case: Case, area: str) -> ReturnTerms | ExchangeTerms:
    """Return the terms of "return" or "exchange"."""
    return case.world.terms.returns if area == "return" else case.world.terms.exchanges


def _within(case: Case, area: str) -> Ruling | None:
    days = terms_of(case, area).days
    if days is None:
        return None
    arrived = delivered_on(case.order)
    if arrived is None:
        return case.deny(f"{area}/delivery_unknown", days=str(days))
    if (case.world.today - arrived).days > days:
        return case.deny(f"{area}/window_passed", days=str(days), delivered=arrived.isoformat())
    return None
