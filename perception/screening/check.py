"""Every photo of a message, checked; one that cannot be checked is withheld too."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from core.photo_ports import PhotoScreen
from core.ports import BlobStore
from core.types import Attachment, Screening
from perception.media.stored import load_picture

_log = logging.getLogger(__name__)

UNCHECKED = "unchecked"


async def screened(
    screen: PhotoScreen | None, blobs: BlobStore, photos: Sequence[Attachment], *, most: int
) -> tuple[Screening, ...]:
    """Return a decision for each photo, () where nothing checks; the first `most` files are looked at.

    What was not looked at, or could not be, is withheld as "unchecked": staff may still ask for it.
    """
    if screen is None:
        return ()
    first = await asyncio.gather(*(_one(screen, blobs, photo) for photo in photos[:most]))
    return (*first, *(_unchecked(photo, "too many photos") for photo in photos[most:]))


async def _one(screen: PhotoScreen, blobs: BlobStore, photo: Attachment) -> Screening:
    try:
        return await screen.screen(await load_picture(blobs, photo.sha256), attachment_id=photo.id)
    except Exception as error:  # A broken check must neither cost the customer the turn nor open the door.
        _log.warning("a photo could not be checked: %s", error)
        return _unchecked(photo, type(error).__name__)


def _unchecked(photo: Attachment, why: str) -> Screening:
    return Screening(attachment_id=photo.id, label=UNCHECKED, score=0.0, by=why, is_withheld=True)
