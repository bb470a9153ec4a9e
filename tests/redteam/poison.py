"""A shop whose reviews, pages, products and documents somebody has tampered with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from core.knowledge.imports.document import Document
from core.knowledge.imports.reading import read_document

_FILE = Path(__file__).parent / "records" / "poison.yaml"


def write_shop(file: Path) -> None:
    """Write the demo shop with the poison in it; without pictures, which nobody looks at here."""
    shop = json.loads((Path(str(files("assets"))) / "demo_shop" / "shop.json").read_text(encoding="utf-8"))
    poison = _poison()
    for key, more in poison["products"].items():
        _spoil(shop["products"][key], more)
    for product in shop["products"].values():
        for variant in product["variants"].values():
            variant["pictures"] = []
    shop["pages"] |= {page["id"]: page for page in poison["pages"]}
    file.write_text(json.dumps(shop, ensure_ascii=False), encoding="utf-8")


def documents() -> Sequence[tuple[str, Document]]:
    """Return the documents that are imported beside the shop, each with the name of its file."""
    return [(one["name"], read_document(one["text"].encode(), one["name"])) for one in _poison()["documents"]]


def _spoil(product: dict[str, Any], more: Mapping[str, Any]) -> None:
    product["reviews"] = [*product.get("reviews", []), *more.get("reviews", [])]
    for language, words in more.get("descriptions", {}).items():
        product["descriptions"][language] += words
    product["attributes"] |= more.get("attributes", {})


def _poison() -> Any:
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))
