"""Another address: of a pending order, or the customer's own default one."""

from __future__ import annotations

from core.shop.policies.case import SEPARATOR, Case, first_denial
from core.shop.policies.standing import known_customer, own_order, own_profile, pending_for
from core.shop.records import Address
from core.shop.ruling import Ruling

FIELDS = ("address1", "address2", "city", "state", "country", "zip")
_LONGEST = 200
"""Characters that no line of an address needs, and no label holds."""


def may_modify_order_address(case: Case) -> Ruling:
    """Allow a whole address while the order is pending."""
    return first_denial(case, _OF_ORDER) or case.allow("address/pending")


def may_modify_own_address(case: Case) -> Ruling:
    """Allow customers a whole new default address; orders that were placed keep theirs."""
    return first_denial(case, _OF_CUSTOMER) or case.allow("profile/own_address")


def address_from(case: Case) -> Address:
    """Return the address that the action names."""
    return Address(**{name: case.text(name) for name in FIELDS})


def _whole(case: Case) -> Ruling | None:
    lacking = [name for name in case.world.terms.address.required if not case.text(name)]
    if lacking:
        return case.deny("address/needs_address", needs="address", lacking=SEPARATOR.join(lacking))
    for name in FIELDS:
        if len(case.text(name)) > _LONGEST or not case.text(name).isprintable():
            return case.deny("address/unreadable", lacking=name)
    return None


_OF_ORDER = (known_customer, own_order, pending_for("address"), _whole)
_OF_CUSTOMER = (known_customer, own_profile, _whole)
