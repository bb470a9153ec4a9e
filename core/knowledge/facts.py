"""The shop's catalogue, pages and imported documents as the clerk knows them, read anew when they changed."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from dataclasses import dataclass, field
from typing import Protocol

from core.knowledge.affinity import Affinity
from core.knowledge.chunks import is_document, of_document
from core.knowledge.graph import Graph, build_graph
from core.knowledge.history import History, count_history
from core.knowledge.lexicon import Lexicon, load_lexicon
from core.knowledge.library import Hit, Library, Reranker, build_library
from core.knowledge.passages import Passage, of_page, of_product
from core.knowledge.sifting import sifted_page, sifted_product
from core.ports import Shop, TextEncoder
from core.resilience import in_worker
from core.shop.records import Page, Product

_LOG = logging.getLogger(__name__)
_COUNTED_FOR_S = 3600.0
"""After which the orders are counted anew: what is bought changes slowly."""


class Documents(Protocol):
    """Where imported documents come from; `core.knowledge.shelf.Shelf` is one."""

    async def pages(self) -> tuple[Page, ...]:
        """Return every passage as a page, the same tuple as long as nothing changed."""
        ...


@dataclass(slots=True)
class Facts:
    """Products and pages by id, with the library that finds them. An imported passage is a page, too."""

    shop: Shop
    encoder: TextEncoder | None
    documents: Documents | None = None
    passage_encoder: TextEncoder | None = None
    """Encodes passages where that differs from questions, such as by remembering them; else `encoder` does."""
    reranker: Reranker | None = None
    lexicon: Lexicon = field(default_factory=load_lexicon)
    products: dict[str, Product] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    _read: tuple[tuple[Product, ...], tuple[Page, ...], tuple[Page, ...]] | None = None
    _library: Library | None = None
    _graph: Graph | None = None
    _history: History = field(default_factory=History)
    _affinity: tuple[Library, History, Affinity] | None = None
    _counting: asyncio.Task[None] | None = None
    _counted_at: float = -math.inf
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refresh(self) -> None:
        """Read the shop's records and the documents again when they changed."""
        documents = await self.documents.pages() if self.documents else ()
        now = (await self.shop.products(), await self.shop.pages(), documents)
        counts = self._counting is not None and not self._counting.done()
        if not counts and time.monotonic() - self._counted_at > _COUNTED_FOR_S:
            self._counted_at = time.monotonic()
            self._counting = asyncio.create_task(self._count())
        if now == self._read:
            return
        self.products = {product.product_id: sifted_product(product) for product in now[0]}
        self.pages = {page.id: sifted_page(page) for page in (*now[1], *now[2])}
        self._read, self._library, self._graph = now, None, None

    async def counted(self) -> None:
        """Wait until the orders are counted; turns do not, they take what is counted already."""
        if self._counting is not None:
            await self._counting

    async def _count(self) -> None:
        try:
            self._history = await in_worker(count_history, await self.shop.baskets())
        except Exception as error:  # a shop whose orders cannot be read still sells
            _LOG.warning("the shop's orders could not be counted: %s", error)

    @property
    def history(self) -> History:
        """Return what is bought, and bought together, as far as it is counted."""
        return self._history

    async def affinity(self) -> Affinity:
        """Return the products as neighbours of each other."""
        library, history = await self.library(), self._history
        if self._affinity is None or self._affinity[0] is not library or self._affinity[1] is not history:
            own = {key.partition(":")[2]: vector for key, vector in library.vectors("product:").items()}
            self._affinity = (library, history, Affinity(graph=self.graph, history=history, vectors=own))
        return self._affinity[2]

    def product(self, product_id: str) -> Product | None:
        """Return a product as of the last refresh."""
        return self.products.get(product_id)

    @property
    def graph(self) -> Graph:
        """Return the products with what they have in common, as of the last refresh."""
        if self._graph is None:
            self._graph = build_graph(tuple(self.products.values()), tuple(self.pages.values()), self.lexicon)
        return self._graph

    async def search(self, question: str, *, prefix: str = "", k: int = 5, forgiving: bool = False) -> list[Hit]:
        """Return the passages nearest to a question, best first."""
        return await (await self.library()).search(question, prefix=prefix, k=k, forgiving=forgiving)

    async def library(self) -> Library:
        """Return the library of the records as of the last refresh.

        The first question after a change waits for it: some milliseconds a sentence with an encoder.
        """
        async with self._reading:
            if self._library is None:
                passages = [*map(of_product, self.products.values()), *map(_passage, self.pages.values())]
                self._library = await build_library(
                    passages,
                    self.lexicon,
                    self.encoder,
                    passage_encoder=self.passage_encoder,
                    reranker=self.reranker,
                )
            return self._library

    def named(self, token: str) -> frozenset[str]:
        """Return the ids of the passages that have a token ("thing:backpack") in their title."""
        return self._library.named(token) if self._library else frozenset()


def _passage(page: Page) -> Passage:
    return of_document(page) if is_document(page) else of_page(page)
