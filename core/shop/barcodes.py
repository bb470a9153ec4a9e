"""Barcodes: which variant a code that was read in a photo belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from core.shop.records import Product
from core.types import SeenCode

_WEIGHTS_OF_ISBN = range(10, 0, -1)
_GTIN_IN_GS1 = re.compile(r"^(?:\(01\)|01)(\d{14})")
_WEB = re.compile(r"^https?://[^/\s]+/(?:.*/)?01/(\d{8,14})(?:[/?#]|$)", re.IGNORECASE)
_RETAIL = ("EAN", "UPC", "ISBN", "DataBar")

Sold = tuple[str, str]
"""Product id and sku."""


def gtin(code: str) -> str:
    """Return a trade number as fourteen digits, so that the same thing is the same in EAN, UPC and ISBN; "" for none.

    The check digit must be right (GS1 General Specifications, section 7.9); an ISBN of ten digits becomes the one of
    thirteen (ISO 2108). Blanks and hyphens do not count, and zeros that a table lost in front are put back.
    """
    digits = re.sub(r"[\s-]", "", code).upper()
    if re.fullmatch(r"\d{9}[\dX]", digits) and _is_isbn10(digits):
        digits = _with_check("978" + digits[:9])
    if not digits.isascii() or not digits.isdigit() or not 7 <= len(digits) <= 14:
        return ""
    return digits.zfill(14) if _with_check(digits[:-1]) == digits and digits.strip("0") else ""


def variants_by_code(products: Iterable[Product]) -> Mapping[str, tuple[Sold, ...]]:
    """Return who bears which code: trade numbers in fourteen digits, other codes and skus as they are printed."""
    found: dict[str, dict[Sold, None]] = {}
    for product in products:
        for variant in product.variants.values():
            for key in {gtin(variant.barcode) or variant.barcode.strip(), variant.item_id}:
                if key:
                    found.setdefault(key, {})[product.product_id, variant.item_id] = None
    return {key: tuple(each) for key, each in found.items()}


def bearers(code: SeenCode, sold: Mapping[str, tuple[Sold, ...]]) -> tuple[Sold, ...]:
    """Return the variants that a code in a photo may belong to, empty for a code that the shop does not know.

    What is no trade number counts only as a whole, as on a label with the shop's own number of an article.
    """
    inside = _GTIN_IN_GS1.match(code.value) or _WEB.match(code.value)
    number = gtin(inside[1] if inside else code.value)
    if (number and number in sold) or code.symbology.startswith(_RETAIL):
        return sold.get(number, ())
    return sold.get(code.value, ())


def _with_check(body: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return f"{body}{-total % 10}"


def _is_isbn10(digits: str) -> bool:
    values = [10 if digit == "X" else int(digit) for digit in digits]
    return sum(weight * value for weight, value in zip(_WEIGHTS_OF_ISBN, values, strict=True)) % 11 == 0
