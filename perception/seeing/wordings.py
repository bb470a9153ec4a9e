"""What a catalogue's own records say of its pictures: names, options, kinds and descriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.shop.records import Product
from core.types import Language
from perception.seeing.finder import Owner

_LONGEST = 200
"""Characters of a description that are read; what it looks like is told first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A text, and the pictures that show what it says."""

    text: str
    base: str
    """The words of the record that it is made of: "red X" and "X" have the same."""
    pictures: tuple[str, ...]
    """Keys of the finder's pictures."""


def wordings(products: Mapping[str, Product], owners: Mapping[str, Sequence[Owner]]) -> list[Wording]:
    """Return every text once, with all pictures that it fits; `owners` are those of each picture.

    Only options that a picture has in common for all variants of a product are said: a red shirt's
    picture is shared by its sizes, so it is red, and of no size.
    """
    shown: dict[tuple[str, str], dict[str, None]] = {}
    for picture, who in owners.items():
        for product_id in dict.fromkeys(owner for owner, _ in who):
            product = products.get(product_id)
            for text, base in _said(product, [sku for owner, sku in who if owner == product_id]) if product else ():
                shown.setdefault((text, base), {})[picture] = None
    return [Wording(text=text, base=base, pictures=tuple(keys)) for (text, base), keys in shown.items()]


def _said(product: Product, skus: Sequence[str]) -> list[tuple[str, str]]:
    """Return texts of one picture, each with its base."""
    languages: list[Language] = list(product.names)
    said: list[tuple[str, str]] = []
    for language in languages:
        options = _in_common(product, skus, language)
        name, kind = product.names[language], product.category_names.get(language) or _last(product.category)
        gap = "" if language == "zh" else " "
        said += [(name, name), (f"{options}{gap}{name}", name), (f"{options}{gap}{kind}", kind), (options, options)]
        description = product.descriptions.get(language, "")[:_LONGEST]
        said.append((description, description))
    return [(text.strip(), base) for text, base in said if text.strip()]


def _in_common(product: Product, skus: Sequence[str], language: Language) -> str:
    variants = [product.variants[sku].options for sku in skus if sku in product.variants]
    every = [
        value
        for name, value in (variants[0] if variants else {}).items()
        if all(v.get(name) == value for v in variants)
    ]
    gap = "" if language == "zh" else " "
    return gap.join(product.option_texts.get(value, {}).get(language, value) for value in every)


def _last(category: str) -> str:
    """Return the narrowest of nested categories: "Men/Tops/Jackets"."""
    return category.split("|")[0].split("/")[-1].replace("_", " ").replace("-", " ")
