"""The neighbours of a shop's products under measurement."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TypeAlias

from core.knowledge.affinity import Affinity
from core.knowledge.graph import build_graph
from core.knowledge.history import count_history
from core.knowledge.lexicon import load_lexicon
from core.knowledge.library import build_library
from core.knowledge.passages import of_product
from core.ports import TextEncoder
from core.shop.records import Records
from learning.evaluation.recommend import Held, held_links, held_purchases, rankers, score_ranker

Table: TypeAlias = dict[str, object]
"""How many cases there are, and the scores of each ranking."""


async def scores_of(records: Records, encoder: TextEncoder | None) -> dict[str, Table]:
    """Return a table for the purchases and one for the links, as far as the shop has either."""
    purchases, baskets = held_purchases(records)
    links, every = held_links(records), (_basket(order.items) for order in records.orders.values())
    tables: dict[str, Table] = {}
    if purchases:
        tables["purchases"] = _table(records, await _affinity(records, encoder, baskets), purchases, ())
    if links:
        tables["links"] = _table(records, await _affinity(records, encoder, every), links, ("linked",))
    return tables


def _basket(items: Iterable[object]) -> frozenset[str]:
    return frozenset(str(getattr(item, "product_id", "")) for item in items)


async def _affinity(records: Records, encoder: TextEncoder | None, baskets: Iterable[frozenset[str]]) -> Affinity:
    lexicon, products = load_lexicon(), tuple(records.products.values())
    library = await build_library([of_product(product) for product in products], lexicon, encoder)
    vectors = {key.partition(":")[2]: vector for key, vector in library.vectors("product:").items()}
    return Affinity(graph=build_graph(products, (), lexicon), history=count_history(baskets), vectors=vectors)


def _table(records: Records, affinity: Affinity, held: list[Held], without: tuple[str, ...]) -> Table:
    catalogue = tuple(records.products)
    scores = {
        name: dataclasses.asdict(score_ranker(ranker, held, catalogue))
        for name, ranker in rankers(affinity, without=without).items()
    }
    return {"cases": len(held), "products": len(catalogue), "rankings": scores}
