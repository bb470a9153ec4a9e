"""A finder that is being built while the clerk already answers by text, and again when the catalogue changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
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
_WATCHED_S = 15.0
"""Between two looks at whether the catalogue is still the same."""

Mark = Callable[[], Awaitable[object]]
"""Returns what changes when the catalogue does."""


class Opening:
    """A `core.ports.ProductFinder` whose first photos wait until the catalogue has been looked at.

    When a shop is imported or its pictures are indexed meanwhile, the old catalogue answers until the
    new one has been looked at.
    """

    def __init__(
        self,
        pictures_of: Callable[[], Awaitable[Sequence[CataloguePicture]]],
        mark: Mark,
        encoder: ImageEncoder,
        cache: Path,
        progress: Callable[[int, int], None] | None,
        *,
        memory: Path | None = None,
        learned: Path | None = None,
        things: int = 4,
        products_of: Callable[[], Awaitable[Sequence[Product]]] | None = None,
        sentences: TextEncoder | None = None,
    ) -> None:
        """Begin to look at once; looks are kept in `cache`, so a second start takes a moment.

        `memory` is where contents of the catalogue's files are remembered, beside the looks if not given, `learned`
        where `zhanggui train photos` keeps what it has learned, `things` how many are looked for in one photo at most.
        The products of `products_of` say what the pictures show, for those who describe what they seek.
        """
        self._pictures_of = pictures_of
        self._mark = mark
        self._encoder = encoder
        self._cache = cache
        self._memory = memory
        self._progress = progress
        self._learned = learned
        self._things = things
        self._products_of = products_of
        self._sentences = sentences
        self._descriptions: asyncio.Task[Descriptions] | None = None
        self._early: asyncio.Future[Finder] = asyncio.get_running_loop().create_future()
        self._finder: asyncio.Task[Finder] = asyncio.create_task(self._look())
        self._watch = asyncio.create_task(self._keep_up())

    async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
        """Return the likeliest products. Raises `TimeoutError` while the catalogue is still being looked at.

        Once its pictures have been looked at, and until the finder has learned how sure it may be, it only asks.
        """
        async with asyncio.timeout(_PATIENCE_S):
            await asyncio.wait({self._finder, self._early}, return_when=asyncio.FIRST_COMPLETED)
        finder = self._finder.result() if self._finder.done() else self._early.result()
        return await finder.find(photo, attachment_id=attachment_id)

    async def find_described(self, text: str, *, most: int = 4) -> tuple[tuple[str, float], ...]:
        """Return what looks as the text says; the first call learns it (seconds), and the others wait for that."""
        return await (await self.descriptions()).find(text, most=most)

    async def descriptions(self) -> Descriptions:
        """Wait until texts can be compared with pictures; the first call begins to learn it."""
        if self._descriptions is None or self._descriptions.cancelled():
            self._descriptions = asyncio.create_task(self._describe())
        return await asyncio.shield(self._descriptions)

    async def ready(self) -> Finder:
        """Wait until the catalogue has been looked at; raises what went wrong with it."""
        return await asyncio.shield(self._finder)

    async def close(self) -> None:
        """Stop looking."""
        tasks = [task for task in (self._watch, self._descriptions, self._finder) if task is not None]
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for error in results:
            if isinstance(error, Exception):
                _LOG.error("the catalogue's pictures could not be looked at: %s", error)

    async def _look(self) -> Finder:
        finder = await build_finder(
            self._encoder,
            await self._pictures_of(),
            self._cache,
            self._progress,
            learned=self._learned,
            memory=self._memory,
            early=self._begin,
        )
        return replace(finder, things=self._things)

    def _begin(self, finder: Finder) -> None:
        """Answer the first photos; a later catalogue is waited for, with the old one's finder at work."""
        if not self._early.done():
            self._early.set_result(replace(finder, things=self._things))
            _LOG.info("photos are answered; the finder only asks until it has learned from imitated ones")

    async def _describe(self) -> Descriptions:
        finder = await self.ready()
        products = {product.product_id: product for product in await self._products_of()} if self._products_of else {}
        return await learn_descriptions(finder, wordings(products, finder.owners), self._encoder, self._sentences)

    async def _keep_up(self) -> None:
        """Put a new finder in the place of the old one whenever the catalogue has changed."""
        seen = await self._mark()
        await asyncio.wait([self._finder])
        self._early = self._finder  # the memory of the one that only asks is let go
        while True:
            await asyncio.sleep(_WATCHED_S)
            try:
                if (now := await self._mark()) == seen:
                    continue
                seen = now
                _LOG.info("the catalogue has changed; its pictures are looked at")
                fresh = asyncio.create_task(self._look())
                await fresh
            except Exception:
                _LOG.exception("the changed catalogue could not be looked at; the old one goes on answering")
            else:
                self._finder = self._early = fresh
                self._descriptions = None
