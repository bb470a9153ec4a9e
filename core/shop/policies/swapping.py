"""Other goods for those of an order: modifying a pending one, exchanging from a delivered one."""

from __future__ import annotations

from core.shop.money import cents, written
from core.shop.policies.case import Case, Check, first_denial
from core.shop.policies.goods import goods_accepted, goods_named, new_goods_named, really_new
from core.shop.policies.methods import covering, days_to
from core.shop.policies.standing import delivered_for, known_customer, once_for, own_order, pending_for
from core.shop.records import OrderStatus
from core.shop.ruling import Ruling


def may_modify_items(case: Case) -> Ruling:
    """Allow other variants of the same products while the order is pending, once."""
    denial = first_denial(case, _MODIFYING)
    if denial is not None:
        return denial
    terms = case.world.terms.items
    warned = ["items/once_only"] if terms.once_only else []
    if terms.locks_order:
        warned.append("items/locks_order")
    return _allowed(case, "items/pending", warned)


def may_exchange(case: Case) -> Ruling:
    """Allow other variants of the same products, or fresh ones of the very same, for delivered goods, once."""
    denial = first_denial(case, _EXCHANGING)
    if denial is not None:
        return denial
    warned = ["exchange/once_only"] if case.world.terms.exchanges.once_only else []
    return _allowed(case, "exchange/delivered", warned)


def difference_to_pay(case: Case) -> float:
    """Return the price difference to the cent, negative where the customer gets it back."""
    return cents(case.difference())


def _items_once(case: Case) -> Ruling | None:
    if case.order.status == OrderStatus.PENDING_MODIFIED and case.world.terms.items.once_only:
        return case.deny("items/once_only")
    return None


def _new_or_allowed(case: Case) -> Ruling | None:
    return None if case.world.terms.items.same_item else really_new(case)


def _other_or_allowed(case: Case) -> Ruling | None:
    return None if case.world.terms.exchanges.same_item else really_new(case)


def _like_the_first(case: Case) -> Ruling | None:
    first = case.order.extra.get("exchange_payment_method_id")
    if first is None or case.text("payment_method_id") == first:
        return None
    return case.deny("method/like_the_first", method=str(first), methods=str(first))


_COVERED = covering(difference_to_pay)
_MODIFYING: tuple[Check, ...] = (
    known_customer,
    own_order,
    _items_once,
    pending_for("items"),
    goods_named,
    new_goods_named,
    _new_or_allowed,
    _COVERED,
)
_EXCHANGING: tuple[Check, ...] = (
    known_customer,
    own_order,
    delivered_for("exchange"),
    once_for("exchange"),
    goods_named,
    goods_accepted("exchange"),
    new_goods_named,
    _other_or_allowed,
    _COVERED,
    _like_the_first,
)


def _allowed(case: Case, clause: str, warnings: list[str]) -> Ruling:
    difference, method_id = difference_to_pay(case), case.text("payment_method_id")
    return case.allow(
        clause,
        warnings=warnings,
        difference=written(difference),
        refund=written(max(-difference, 0.0)),
        method=method_id,
        days=days_to(case, method_id),
    )
