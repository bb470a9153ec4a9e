"""Dates, money and lists as people write them in each language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from core.types import Language

_SIGNS = {"USD": "$", "CNY": "¥", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$", "SGD": "S$"}
_WEEKDAYS_ZH = "一二三四五六日"


def money(amount: float, currency: str, language: Language) -> str:
    """Return an amount: "$46.85", "¥129"; whole amounts without decimals in Chinese prices."""
    sign = _SIGNS.get(currency)
    digits = f"{amount:,.0f}" if language == "zh" and amount == int(amount) else f"{amount:,.2f}"
    if sign is None:
        return f"{digits} {currency}"
    return f"{sign}{digits}"


def price_range(prices: Sequence[float], currency: str, language: Language) -> str:
    """Return one price, or the lowest and the highest; "" for no prices."""
    if not prices:
        return ""
    low, high = min(prices), max(prices)
    if low == high:
        return money(low, currency, language)
    return f"{money(low, currency, language)} - {money(high, currency, language)}"


def day(iso: str, language: Language) -> str:
    """Return the date of an ISO 8601 text as people say it; the text itself when it is no date."""
    try:
        when = datetime.fromisoformat(iso).date()
    except ValueError:
        return iso
    return _day(when, language)


def moment(iso: str, language: Language) -> str:
    """Return date and time of an ISO 8601 text; only the date when there is no time in it."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    if len(iso) <= len("2026-11-22"):
        return _day(when.date(), language)
    return f"{_day(when.date(), language)} {when:%H:%M}"


def _day(when: date, language: Language) -> str:
    if language == "zh":
        return f"{when.month}月{when.day}日（周{_WEEKDAYS_ZH[when.weekday()]}）"
    return f"{when:%A}, {when.day} {when:%B}"


def listing(things: Sequence[str], language: Language) -> str:
    """Return things one after another: "红色、蓝色", "red, blue and green"."""
    if language == "zh":
        return "、".join(things)
    if len(things) < 2:
        return "".join(things)
    return f"{', '.join(things[:-1])} and {things[-1]}"
