"""Forty customers, from people.yaml and a fixed seed."""

from __future__ import annotations

import unicodedata
from random import Random
from typing import Any

from assets.demo_shop.catalogue import read
from core.shop.records import Address, Customer, PaymentMethod

_PHONES = {
    "中国": "+86 120 5550 {:04d}",
    "USA": "+1 415-555-{:04d}",
    "Canada": "+1 416-555-{:04d}",
    "United Kingdom": "+44 7700 90{:04d}",
    "Australia": "+61 491 57{:04d}",
    "Germany": "+49 30 2312 5{:03d}",
    "France": "+33 6 39 98 {:04d}",
}
"""A pattern per country, filled with 100, 101, ..."""


def customers() -> dict[str, Customer]:
    """Return the customers by id, without their orders yet."""
    book = read("people.yaml")
    made = [_customer(number, person, book["places"]) for number, person in enumerate(book["people"])]
    return {customer.user_id: customer for customer in made}


def _customer(number: int, person: dict[str, str], places: dict[str, Any]) -> Customer:
    place = places[person["at"]]
    lot = Random(f"customer {person['first']} {person['last']}")  # noqa: S311 - demo data
    first, last = _plain(person["first"]), _plain(person["last"])
    chinese = "zh" in person
    tail = 2040 if number == 0 else 1000 + int(lot.random() * 9000)
    methods = _methods(lot, chinese)
    return Customer(
        user_id=f"{first}_{last}_{tail}",
        first_name=person["first"],
        last_name=person["last"],
        other_names=(person["zh"],) if chinese else (),
        email=person.get("email") or (f"{last}.{first}@example.com" if chinese else f"{first}.{last}@example.com"),
        address=_address(lot, place, chinese),
        phone=_PHONES[place["country"]].format(100 + number),
        payment_methods={method.id: method for method in methods},
        language="zh" if chinese else "en",
    )


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in decomposed if letter.isalpha()).casefold()


def _address(lot: Random, place: dict[str, Any], chinese: bool) -> Address:
    street = place["streets"][int(lot.random() * len(place["streets"]))]
    house = 1 + int(lot.random() * 900)
    if chinese:
        room = 101 + 100 * int(lot.random() * 18) + int(lot.random() * 4)
        first, second = f"{street} {house} 号", f"{1 + int(lot.random() * 9)} 号楼 {room} 室"
    else:
        first, second = f"{house} {street}", f"Apt {1 + int(lot.random() * 40)}" if lot.random() < 0.6 else ""
    return Address(
        address1=first,
        address2=second,
        city=place["city"],
        state=place.get("state", ""),
        country=place["country"],
        zip=place["zip"],
    )


def _methods(lot: Random, chinese: bool) -> list[PaymentMethod]:
    def number() -> int:
        return 1_000_000 + int(lot.random() * 9_000_000)

    wallet = ("alipay" if lot.random() < 0.5 else "wechat_pay") if chinese else "paypal"
    methods = [PaymentMethod(id=f"{wallet}_{number()}", source=wallet)]
    if lot.random() < 0.5:
        brand = "unionpay" if chinese else ("visa" if lot.random() < 0.5 else "mastercard")
        last_four = f"{int(lot.random() * 10_000):04d}"
        methods.append(
            PaymentMethod(id=f"credit_card_{number()}", source="credit_card", brand=brand, last_four=last_four)
        )
    if lot.random() < 0.4:
        balance = float((100, 200, 500)[int(lot.random() * 3)])
        methods.append(PaymentMethod(id=f"gift_card_{number()}", source="gift_card", balance=balance))
    return methods
