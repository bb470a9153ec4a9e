"""A finder that is being built while the clerk already answers by text."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from core.ports import ImageEncoder, Picture
from core.types import ProductMatch
from perception.seeing.catalogue import CataloguePicture, build_finder
from perception.seeing.finder import Finder

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
    ) -> None:
        """Begin to look at once; looks are kept in `cache`, so a second start takes a moment."""
        self._finder: asyncio.Task[Finder] = asyncio.create_task(build_finder(encoder, pictures, cache, progress))

    async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
        """Return the likeliest products. Raises `TimeoutError` while the catalogue is still being looked at."""
        async with asyncio.timeout(_PATIENCE_S):
            finder = await self.ready()
        return await finder.find(photo, attachment_id=attachment_id)

    async def find_described(self, text: str, *, most: int = 4) -> tuple[tuple[str, float], ...]:
        """Return nothing: no text is compared with pictures yet."""
        return ()

    async def ready(self) -> Finder:
        """Wait until the catalogue has been looked at; raises what went wrong with it."""
        return await asyncio.shield(self._finder)

    async def close(self) -> None:
        """Stop looking."""
        self._finder.cancel()
        results = await asyncio.gather(self._finder, return_exceptions=True)
        for error in results:
            if isinstance(error, Exception):
                _LOG.error("the catalogue's pictures could not be looked at: %s", error)
