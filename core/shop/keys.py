"""Fold what customers type into what the records are looked up by."""

from __future__ import annotations

import unicodedata

from core.shop.records import Customer

_PHONE_DIGITS = 7
"""Fewer name an extension of a house, not a customer."""


def order_key(order_id: str) -> str:
    """Return "W3912701" for "#w3912701", " ＃W3912701" and the like."""
    folded = unicodedata.normalize("NFKC", order_id).upper()
    return "".join(folded.split()).lstrip("#")


def same_order(said: str, order_id: str) -> bool:
    """Return whether what was said names the order; digits alone, as they are keyed on a telephone, do as well."""
    key, own = order_key(said), order_key(order_id)
    return key == own or (key.isdigit() and key == "".join(sign for sign in own if sign.isdigit()))


def email_key(email: str) -> str:
    """Return the address in lower case, full-width letters made plain."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def zip_key(zip_code: str) -> str:
    """Return the zip without blanks and hyphens, in lower case: "n17aa" for "N1 7AA"."""
    folded = unicodedata.normalize("NFKC", zip_code).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def phone_key(phone: str) -> str:
    """Return the last ten digits, which no country's code or leading zero reaches; "" for fewer than seven."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", phone) if sign.isdigit()).lstrip("0")
    return digits[-10:] if len(digits) >= _PHONE_DIGITS else ""


def name_key(name: str) -> str:
    """Return the letters of a name, without case, accents, blanks and signs: "oconnor" for "O'Connor"."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def names_of(customer: Customer) -> frozenset[str]:
    """Return the full names, folded, that this customer goes by: either order, every script."""
    first, last = name_key(customer.first_name), name_key(customer.last_name)
    names = {first + last, last + first, *(name_key(name) for name in customer.other_names)}
    return frozenset(name for name in names if name)
