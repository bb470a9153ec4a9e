"""Move a shop's dates, so that records of a fixed day look as if they were made today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from core.errors import ShopError
from core.shop.records import Order, Records


def shifted(records: Records, as_of: date) -> Records:
    """Return the records with all dates of orders moved by the days from their own day to `as_of`.

    Raises `ShopError` when the records do not say which day they describe.
    """
    if not records.as_of:
        raise ShopError("the records have no as_of date, so their dates cannot be moved; leave out --as-of")
    by = as_of - date.fromisoformat(records.as_of)
    orders = {key: _order(order, by) for key, order in records.orders.items()}
    return replace(records, as_of=as_of.isoformat(), orders=orders)


def _order(order: Order, by: timedelta) -> Order:
    parcels = tuple(
        replace(
            parcel,
            expected=_moved(parcel.expected, by),
            events=tuple(replace(event, at=_moved(event.at, by)) for event in parcel.events),
        )
        for parcel in order.fulfilments
    )
    return replace(order, placed_at=_moved(order.placed_at, by), fulfilments=parcels)


def _moved(moment: str, by: timedelta) -> str:
    if not moment:
        return ""
    if len(moment) == len("2026-06-15"):
        return (date.fromisoformat(moment) + by).isoformat()
    return (datetime.fromisoformat(moment) + by).isoformat()
