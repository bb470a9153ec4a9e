"""Parcels with what their carriers saw."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from random import Random

from assets.demo_shop.catalogue import read
from core.shop.records import Customer, Fulfilment, OrderItem, OrderStatus, Texts, TrackingEvent

_CARRIERS: tuple[tuple[Texts, str], ...] = (
    ({"zh": "顺丰速运", "en": "SF Express"}, "SF9"),
    ({"zh": "中通快递", "en": "ZTO Express"}, "75"),
    ({"zh": "圆通速递", "en": "YTO Express"}, "YT9"),
)
"""Names and how tracking numbers begin."""
_HOME = "中国"
_FIRST_HOUR = 7
"""Nobody carries parcels earlier in the morning."""
_SHANGHAI: Texts = {"zh": "上海青浦仓", "en": "Shanghai Qingpu warehouse"}
_AIRPORT: Texts = {"zh": "上海浦东国际机场", "en": "Shanghai Pudong Airport"}
_PACKED: Texts = {"zh": "商品已打包，等待快递揽收", "en": "Packed, waiting for the carrier"}
_COLLECTED: Texts = {"zh": "快递员已揽收", "en": "Collected by the carrier"}
_SORTED: Texts = {"zh": "到达转运中心，准备发往下一站", "en": "Arrived at the sorting centre"}
_EXPORTED: Texts = {"zh": "出口清关完成，已交航空公司", "en": "Cleared for export, handed to the airline"}
_IMPORTED: Texts = {"zh": "进口清关完成", "en": "Cleared customs"}
_ARRIVED: Texts = {"zh": "到达派送站点", "en": "Arrived at the delivery station"}
_OUT: Texts = {"zh": "快递员正在派送", "en": "Out for delivery"}
_DELIVERED: Texts = {"zh": "已签收，感谢使用", "en": "Delivered and signed for"}


def parcel(
    lot: Random,
    customer: Customer,
    items: tuple[OrderItem, ...],
    status: OrderStatus,
    placed: datetime,
    now: datetime,
    due: datetime | None,
) -> tuple[Fulfilment, ...]:
    """Return the parcels of an order: none before it is processed, then one with events up to `now`."""
    if status in {OrderStatus.PENDING, OrderStatus.PENDING_MODIFIED, OrderStatus.CANCELLED}:
        return ()
    abroad = customer.address.country != _HOME
    carrier, tracking_id = _carrier(lot, abroad)
    route = _route(customer)
    step = timedelta(hours=27 if abroad else 9)
    usual = placed + timedelta(hours=6) + step * (len(route) - 1)
    promised = due or usual + timedelta(days=1 + int(lot.random() * 2))
    if status is OrderStatus.PROCESSED:
        reached = 1
    elif status is OrderStatus.SHIPPED:
        before_the_last = len(route) - (1 if promised.date() <= now.date() else 2)
        reached = min(before_the_last, 2 + int((now - placed) / step))
    else:
        reached = len(route)
    events: list[TrackingEvent] = []
    at = placed
    for what, place in route[:reached]:
        at += timedelta(hours=3) if not events else step * (0.7 + 0.3 * lot.random())
        if at.hour < _FIRST_HOUR:
            at = at.replace(hour=_FIRST_HOUR)
        if at > now:
            break
        moment = at.replace(second=0, microsecond=0)
        events.append(TrackingEvent(at=moment.isoformat(), place=place, what=what))
    return (
        Fulfilment(
            tracking_ids=(tracking_id,),
            item_ids=tuple(item.item_id for item in items),
            carrier=carrier["en"],
            carrier_names=carrier,
            expected=promised.date().isoformat(),
            events=tuple(events),
        ),
    )


def _carrier(lot: Random, abroad: bool) -> tuple[Texts, str]:
    number = f"{int(lot.random() * 10**12):012d}"
    if abroad:
        return {"zh": "DHL 敦豪", "en": "DHL"}, number[:10]
    name, prefix = _CARRIERS[int(lot.random() * len(_CARRIERS))]
    return name, f"{prefix}{number}"


def _route(customer: Customer) -> list[tuple[Texts, Texts]]:
    city = _city(customer.address.city)
    station = {"zh": f"{city['zh']}派送站", "en": f"{city['en']} delivery station"}
    start = [(_PACKED, _SHANGHAI), (_COLLECTED, _SHANGHAI)]
    end = [(_ARRIVED, station), (_OUT, station), (_DELIVERED, city)]
    if customer.address.country == _HOME:
        hub = {"zh": f"{city['zh']}转运中心", "en": f"{city['en']} sorting centre"}
        return [*start, (_SORTED, hub), *end]
    return [*start, (_EXPORTED, _AIRPORT), (_IMPORTED, city), *end]


@cache
def _cities() -> dict[str, Texts]:
    places = read("people.yaml")["places"].values()
    return {
        place["city"]: {"zh": place.get("zh", place["city"]), "en": place.get("en", place["city"])} for place in places
    }


def _city(name: str) -> Texts:
    return _cities()[name]
