"""The hand-written catalogue and pages become records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product as combinations
from pathlib import Path
from random import Random
from typing import Any

import yaml

from core.shop.records import Page, Picture, Product, Review, Texts, Variant

HERE = Path(__file__).parent
VIEWS = ("main", "side", "detail")
_SEED = 20260615


def products() -> dict[str, Product]:
    """Return the catalogue by product id, in the order of the files."""
    words, written = read("words.yaml"), read("reviews.yaml")
    return {
        entry["id"]: _product(entry, sheet["category"], words, written.get(entry["id"], ()))
        for sheet in _sheets("catalogue")
        for entry in sheet["products"]
    }


def pages() -> dict[str, Page]:
    """Return the questions and policies by id, in the order of the files."""
    return {
        entry["id"]: Page(
            id=entry["id"],
            titles=entry["titles"],
            bodies=entry["bodies"],
            questions={language: tuple(asked) for language, asked in entry["questions"].items()},
        )
        for sheet in _sheets("pages")
        for entry in sheet
    }


def paints() -> dict[str, str]:
    """Return how each colour is painted, as "#rrggbb"."""
    return {name: entry["paint"] for name, entry in read("words.yaml")["colors"].items()}


def picture_file(product_id: str, color: str, view: str) -> str:
    """Return where the picture lies, relative to the shop folder."""
    return f"pictures/{product_id}-{color}-{view}.jpg"


def read(name: str) -> Any:
    """Return what a YAML file of the demo shop holds."""
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def _sheets(folder: str) -> Iterator[Any]:
    for file in sorted((HERE / folder).glob("*.yaml")):
        yield read(f"{folder}/{file.name}")


def _product(
    entry: dict[str, Any], category: dict[str, str], words: dict[str, Any], written: Sequence[tuple[int, str, str]]
) -> Product:
    return Product(
        product_id=entry["id"],
        names=entry["name"],
        category=category["id"],
        category_names={"zh": category["zh"], "en": category["en"]},
        descriptions=entry["description"],
        attributes=entry["attributes"],
        variants={variant.item_id: variant for variant in _variants(entry)},
        related=tuple(entry["related"]),
        option_texts=_option_texts(entry["options"], words),
        reviews=tuple(Review(rating=stars, title="", text=text, reviewer=name) for stars, text, name in written),
    )


def _variants(entry: dict[str, Any]) -> Iterator[Variant]:
    options: dict[str, list[str]] = entry["options"]
    surcharge: dict[str, float] = entry.get("surcharge", {})
    for values in combinations(*options.values()):
        item_id = "-".join([entry["sku"], *values]).upper()
        stock = _stock(item_id)
        chosen = dict(zip(options, values, strict=True))
        yield Variant(
            item_id=item_id,
            options=chosen,
            price=float(entry["price"] + sum(surcharge.get(value, 0) for value in values)),
            available=stock > 0,
            stock=stock,
            pictures=tuple(Picture(file=picture_file(entry["id"], chosen["color"], view), view=view) for view in VIEWS),
        )


def _stock(item_id: str) -> int:
    lot = Random(f"{_SEED} stock {item_id}").random()  # noqa: S311 - the demo shop's stock is no secret
    return 0 if lot < 0.08 else int(lot * 120)


def _option_texts(options: dict[str, list[str]], words: dict[str, Any]) -> dict[str, Texts]:
    texts: dict[str, Texts] = {name: words["options"][name] for name in options}
    for name, values in options.items():
        for value in values:
            known = words["colors" if name == "color" else "values"].get(value, {"zh": value, "en": value})
            texts[value] = {"zh": known["zh"], "en": known["en"]}
    return texts
