"""The seams of sight beside the encoder: texts and pictures in one space, text in photos, checks, the finder.

Only the standard library is imported at run time; `Picture` and `Vectors` are what `core.ports` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from core.ports import Capabilities, ImageEncoder

if TYPE_CHECKING:
    from core.ports import Picture, Vectors
    from core.sights import ProductMatch, Screening, SeenText


class PictureTextEncoder(ImageEncoder, Protocol):
    """Pictures, and the texts that describe them, to vectors of one space."""

    async def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text, near those of pictures that show what it says."""
        ...


class TextReader(Protocol):
    """Pictures to the text in them."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the device and the languages."""
        ...

    async def read(self, picture: Picture, *, attachment_id: str) -> tuple[SeenText, ...]:
        """Return the lines in reading order; empty where nothing is written."""
        ...


class PhotoScreen(Protocol):
    """A check of photos that should not be shown to people unasked."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the device."""
        ...

    async def screen(self, picture: Picture, *, attachment_id: str) -> Screening:
        """Return the decision, with what it rests on."""
        ...


class ProductFinder(Protocol):
    """Photos to products of the catalogue."""

    async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
        """Return the likeliest products of each thing in the photo, best first; empty without a catalogue."""
        ...

    async def find_described(self, text: str, *, most: int = 4) -> tuple[tuple[str, float], ...]:
        """Return the skus whose pictures look as the text says, with scores, best first; empty where none can."""
        ...
