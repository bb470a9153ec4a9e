"""The shop's catalogue and pages as the clerk knows them, read anew when the shop changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from core.knowledge.lexicon import Lexicon, load_lexicon
from core.knowledge.library import Hit, Library, build_library
from core.knowledge.passages import of_page, of_product
from core.ports import Shop, TextEncoder
from core.shop.records import Page, Product


@dataclass(slots=True)
class Facts:
    """Products and pages by id, with the library that finds them."""

    shop: Shop
    encoder: TextEncoder | None
    lexicon: Lexicon = field(default_factory=load_lexicon)
    products: dict[str, Product] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    _read: tuple[tuple[Product, ...], tuple[Page, ...]] | None = None
    _library: Library | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refresh(self) -> None:
        """Read the shop's records again when they changed."""
        now = (await self.shop.products(), await self.shop.pages())
        if now == self._read:
            return
        self.products = {product.product_id: product for product in now[0]}
        self.pages = {page.id: page for page in now[1]}
        self._read, self._library = now, None

    def product(self, product_id: str) -> Product | None:
        """Return a product as of the last refresh."""
        return self.products.get(product_id)

    async def search(self, question: str, *, prefix: str = "", k: int = 5, forgiving: bool = False) -> list[Hit]:
        """Return the passages nearest to a question, best first."""
        return await (await self.library()).search(question, prefix=prefix, k=k, forgiving=forgiving)

    async def library(self) -> Library:
        """Return the library of the records as of the last refresh.

        The first question after a change waits for it: some milliseconds a sentence with an encoder.
        """
        async with self._reading:
            if self._library is None:
                passages = [*map(of_product, self.products.values()), *map(of_page, self.pages.values())]
                self._library = await build_library(passages, self.lexicon, self.encoder)
            return self._library

    def named(self, token: str) -> frozenset[str]:
        """Return the ids of the passages that have a token ("thing:backpack") in their title."""
        return self._library.named(token) if self._library else frozenset()
