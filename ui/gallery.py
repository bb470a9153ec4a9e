"""The catalogue's pictures, as the channels serve them: by content address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from core.ports import BlobStore
from core.shop.records import Picture, Product

_LOG = logging.getLogger(__name__)

PathOf = Callable[[Picture], Path]
"""A picture of the records -> where it lies on disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Which stored bytes are which catalogue picture."""

    addresses: Mapping[str, str]
    """`Picture.file` -> sha256."""

    def sha256(self, picture: Picture) -> str:
        """Return the content address of a picture; "" when its file is missing."""
        return self.addresses.get(picture.file, "")


async def open_gallery(products: Iterable[Product], path_of: PathOf, blobs: BlobStore) -> Gallery:
    """Keep the main picture of every variant in `blobs` (a second start finds them there)."""
    pictures = {
        picture.file: path_of(picture)
        for product in products
        for variant in product.variants.values()
        for picture in variant.pictures
        if picture.view == "main"
    }
    addresses = {file: await _kept(path, blobs) for file, path in pictures.items()}
    return Gallery(addresses=MappingProxyType(addresses))


async def _kept(path: Path, blobs: BlobStore) -> str:
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        _LOG.warning("a catalogue picture cannot be shown: %s", error)
        return ""
    return await blobs.put(data)
