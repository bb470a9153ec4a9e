"""What a policy looks at: everything about one action that the shop's records know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from core.shop.records import Customer, Order, Product
from core.shop.terms import Terms
from core.types import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The records at one moment, as far as they touch an action."""

    terms: Terms
    today: date
    """The shop's own day."""
    identity: Identity | None = None
    customer: Customer | None = None
    """The verified one."""
    order: Order | None = None
    """The one that the action names, whoever owns it."""
    products: Mapping[str, Product] = field(default_factory=lambda: MappingProxyType({}))
    """Those that the order holds, by id."""


def delivered_on(order: Order) -> date | None:
    """Return the day on which the last parcel of a delivered order arrived, None where the records do not say."""
    moments = [parcel.events[-1].at for parcel in order.fulfilments if parcel.events]
    days = [datetime.fromisoformat(moment).date() for moment in moments if moment]
    return max(days, default=None)
