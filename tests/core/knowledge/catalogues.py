"""Catalogues of one language and the questions that are asked of them in the other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from core.knowledge.lexicon import Lexicon, load_lexicon
from core.knowledge.library import Library, build_library
from core.knowledge.passages import of_product
from core.knowledge.question import read_question
from core.knowledge.variants import fitting
from core.ports import TextEncoder
from core.shop.records import Product, Variant
from core.understand.normalise import normalise
from core.understand.sentences import load_intents
from core.understand.vocabulary import build_vocabulary

FOLDER = Path(__file__).parent / "crosslingual"
LANGUAGES = {"english": "en", "chinese": "zh"}


@dataclass(frozen=True, slots=True)
class Asked:
    text: str
    product_id: str
    options: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    asked: int
    first: float
    """Part of the questions whose product comes first."""
    among_five: float
    variants: float
    """Part of the questions from whose words exactly the variants that are meant are chosen, of the right product."""
    missed: tuple[str, ...]


def catalogue(shop: str) -> dict[str, Product]:
    listed = yaml.safe_load((FOLDER / f"{shop}_shop.yaml").read_text(encoding="utf-8"))
    return {one["id"]: _product(one, LANGUAGES[shop]) for one in listed}


def _product(record: dict[str, Any], language: str) -> Product:
    names = list(record["options"])
    combinations = itertools.product(*record["options"].values())
    variants = {
        f"{record['id']}-{at}": Variant(
            item_id=f"{record['id']}-{at}", options=dict(zip(names, values, strict=True)), price=10.0 * (at + 1)
        )
        for at, values in enumerate(combinations)
    }
    return Product(
        product_id=record["id"],
        names={language: record["name"]},
        category=record["category"],
        descriptions={language: record["about"]},
        attributes={key: {language: value} for key, value in record.get("attributes", {}).items()},
        variants=variants,
    )


def questions(name: str) -> list[Asked]:
    return [Asked(*row) for row in yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))]


async def library_of(products: dict[str, Product], encoder: TextEncoder | None) -> Library:
    return await build_library([of_product(product) for product in products.values()], load_lexicon(), encoder)


async def score(asked: Sequence[Asked], products: dict[str, Product], library: Library) -> Score:
    """Ask all questions, misspelled words mended as a customer's are."""
    first = five = exact = 0
    missed: list[str] = []
    words = build_vocabulary(library.lexicon, load_intents(), products.values())
    for one in asked:
        text = words.mended(normalise(one.text))
        hits = await library.search(text, prefix="product:", k=5)
        found = [hit.passage.id.partition(":")[2] for hit in hits]
        first += found[0] == one.product_id
        five += one.product_id in found
        chosen = _chosen(text, products[one.product_id], library.lexicon)
        meant = _meant(one, products[one.product_id])
        exact += chosen == meant
        if found[0] != one.product_id:
            missed.append(f"{one.text}: {found[:3]}")
        if chosen != meant:
            missed.append(f"{one.text}: {len(chosen)} variants, not {len(meant)}")
    count = len(asked)
    return Score(
        asked=count, first=first / count, among_five=five / count, variants=exact / count, missed=tuple(missed)
    )


def _chosen(text: str, product: Product, lexicon: Lexicon) -> set[str]:
    return {variant.item_id for variant in fitting(product, read_question(text, lexicon), lexicon)}


def _meant(one: Asked, product: Product) -> set[str]:
    return {variant.item_id for variant in product.variants.values() if one.options.items() <= variant.options.items()}
