"""Read a catalogue folder of CSV files: products, variants, and where there are any images, reviews, pages, links."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import replace
from pathlib import Path

from core.shop.formats.html_text import plain
from core.shop.formats.table import Line, table
from core.shop.records import Page, Picture, Product, Records, Review, Variant

_PRODUCTS = ("sku", "name", "categories", "price", "description", "attributes")
_VARIANTS = ("variant_sku", "parent_sku", "size", "color", "price", "qty")
_OPTIONS = ("color", "size")
_INTERNAL = {"has_options", "required_options", "visibility", "attribute_set", "url_key", "erin_recommends"}
"""Attributes that steer the shop system and mean nothing to a customer."""


def read_folder(folder: Path) -> Records:
    """Return the catalogue; raises `ShopError` naming file, line and column of the first mistake."""
    variants = _grouped(table(folder / "variants.csv", _VARIANTS), "parent_sku")
    images = _grouped(_optional(folder / "images.csv", ("file", "sku", "view")), "sku")
    reviews = _grouped(_optional(folder / "reviews.csv", ("sku", "rating_value", "title", "review")), "sku")
    related = _links(folder / "links_related.csv", folder / "links_crosssell.csv")
    products: dict[str, Product] = {}
    for line in table(folder / "products.csv", _PRODUCTS):
        sku = line.required("sku")
        if sku in products:
            raise line.wrong("sku", "a sku that no line above has")
        products[sku] = _product(line, variants[sku], images[sku], reviews[sku], related[sku])
    for sku, lines in variants.items():
        if lines and sku not in products:
            raise lines[0].wrong("parent_sku", "a sku of products.csv")
    # Links may name products that the folder does not carry.
    known = {sku: _related_only_to(product, products) for sku, product in products.items()}
    return Records(name={}, products=known, pages=_pages(folder / "pages.csv"))


def _product(
    line: Line, variants: list[Line], images: list[Line], reviews: list[Line], related: tuple[str, ...]
) -> Product:
    sku = line.text("sku")
    category = line.text("categories").partition("|")[0]
    made = [_variant(row, images) for row in variants] or [_only_variant(line, images)]
    description = plain(line.text("description"))
    return Product(
        product_id=sku,
        names={"en": " ".join(line.required("name").split())},
        category=category,
        category_names={"en": category.rpartition("/")[2]} if category else {},
        descriptions={"en": description} if description else {},
        attributes=_attributes(line.text("attributes")),
        variants={variant.item_id: variant for variant in made},
        related=related,
        reviews=tuple(_review(row) for row in reviews),
    )


def _variant(line: Line, images: list[Line]) -> Variant:
    options = {name: line.text(name) for name in _OPTIONS if line.text(name)}
    stock = line.count("qty")
    return Variant(
        item_id=line.required("variant_sku"),
        options=options,
        price=line.price("price"),
        available=stock is None or stock > 0,
        stock=stock,
        pictures=_pictures(images, options.get("color", "")),
        barcode=line.text("barcode"),
    )


def _only_variant(line: Line, images: list[Line]) -> Variant:
    """Return the variant of a product that is sold in one form only."""
    return Variant(
        item_id=line.text("sku"),
        options={},
        price=line.price("price"),
        pictures=_pictures(images, ""),
        barcode=line.text("barcode"),
    )


def _pictures(images: list[Line], color: str) -> tuple[Picture, ...]:
    """Return the pictures of a colour; those that name no colour show every one."""
    fitting = [row for row in images if row.text("color").casefold() in ("", color.casefold())]
    return tuple(
        Picture(file=row.required("file"), view=row.text("view") or "main") for row in (fitting if color else images)
    )


def _attributes(written: str) -> dict[str, dict[str, str]]:
    """Return the facts of "material=Wool|Nylon,pattern=Solid" (some shops write ; for the comma)."""
    facts: dict[str, dict[str, str]] = {}
    for pair in re.split(r"[;,](?=\w+=)", written):
        name, _, value = pair.partition("=")
        if value and name not in _INTERNAL:
            facts[name.strip()] = {"en": ", ".join(part.strip() for part in value.split("|"))}
    return facts


def _review(line: Line) -> Review:
    rating = line.count("rating_value")
    if rating is None or not 1 <= rating <= 5:
        raise line.wrong("rating_value", "a whole number from 1 to 5")
    return Review(
        rating=rating, title=plain(line.text("title")), text=plain(line.text("review")), reviewer=line.text("reviewer")
    )


def _pages(file: Path) -> dict[str, Page]:
    pages: dict[str, Page] = {}
    for line in _optional(file, ("identifier", "title", "content")):
        body = plain(line.text("content"))
        if body and line.text("is_active") != "0":
            key = line.required("identifier")
            pages[key] = Page(id=key, titles={"en": line.text("title")}, bodies={"en": body})
    return pages


def _links(*files: Path) -> defaultdict[str, tuple[str, ...]]:
    related: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for file in files:
        for line in _optional(file, ("sku", "linked_sku")):
            found = (*related[line.text("sku")], *line.text("linked_sku").split())
            related[line.text("sku")] = tuple(dict.fromkeys(found))
    return related


def _related_only_to(product: Product, products: Container[str]) -> Product:
    return replace(product, related=tuple(sku for sku in product.related if sku in products))


def _optional(file: Path, columns: tuple[str, ...]) -> list[Line]:
    return table(file, columns) if file.is_file() else []


def _grouped(lines: Iterable[Line], column: str) -> defaultdict[str, list[Line]]:
    groups: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.required(column)].append(line)
    return groups
