"""A finder that is being built while the clerk already answers by text."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from core.ports import ImageEncoder, Picture, TextEncoder
from core.shop.records import Product
from core.types import ProductMatch
from perception.seeing.catalogue import CataloguePicture, build_finder
from perception.seeing.described import Descriptions, learn_descriptions
from perception.seeing.finder import Finder
from perception.seeing.wordings import wordings

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 20.0
"""How long a customer's photo waits for the catalogue; after that the clerk says that it cannot see yet."""


class Opening:
    """A `core.ports.ProductFinder` whose first photos wait until the catalogue has been looked at."""

    def __init__(
        self,
        pictures: Sequence[CataloguePicture],
        encoder: ImageEncoder,
        cache: Path,
        progress: Callable[[int, int], None] | None,
        *,
        products: Sequence[Product] = (),
        sentences: TextEncoder | None = None,
    ) -> None:
        """Begin to look at once; looks are kept in `cache`, so a second start takes a moment.

        `products` say what the pictures show, for those who describe what they seek.
        """
        self._encoder = encoder
        self._products = {product.product_id: product for product in products}
        self._sentences = sentences
        self._descriptions: asyncio.Task[Descriptions] | None = None
        self._finder: asyncio.Task[Finder] = asyncio.create_task(build_finder(encoder, pictures, cache, progress))

    async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
        """Return the likeliest products. Raises `TimeoutError` while the catalogue is still being looked at."""
        async with asyncio.timeout(_PATIENCE_S):
            finder = await self.ready()
        return await finder.find(photo, attachment_id=attachment_id)

    async def find_described(self, text: str, *, most: int = 4) -> tuple[tuple[str, float], ...]:
        """Return what looks as the text says; the first call learns it (seconds), and the others wait for that."""
        return await (await self.descriptions()).find(text, most=most)

    async def descriptions(self) -> Descriptions:
        """Wait until texts can be compared with pictures; the first call begins to learn it."""
        if self._descriptions is None or self._descriptions.cancelled():
            self._descriptions = asyncio.create_task(self._learned())
        return await asyncio.shield(self._descriptions)

    async def _learned(self) -> Descriptions:
        finder = await self.ready()
        said = wordings(self._products, finder.owners)
        return await learn_descriptions(finder, said, self._encoder, self._sentences)

    async def ready(self) -> Finder:
        """Wait until the catalogue has been looked at; raises what went wrong with it."""
        return await asyncio.shield(self._finder)

    async def close(self) -> None:
        """Stop looking."""
        tasks = [task for task in (self._descriptions, self._finder) if task is not None]
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for error in results:
            if isinstance(error, Exception):
                _LOG.error("the catalogue's pictures could not be looked at: %s", error)
