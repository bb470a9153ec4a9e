"""Learning from customers' photos, measured on products that were left out before it replaces anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from core.ports import ImageEncoder
from learning.evaluation.photos import LabelledPhoto, PhotoScores, counted
from perception.seeing.catalogue import CataloguePicture, build_finder
from perception.seeing.learned import save_learned
from perception.seeing.look_book import LookBook
from ui.photo_scores import answers_of, as_pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What learning from photos brought."""

    before: PhotoScores
    """Of the finder that has learned from imitated photos only."""
    after: PhotoScores
    """On the same photos, each asked of a finder that has seen no photo of its product."""
    is_better: bool
    """Or as good; only then the file was written."""
    file: Path


async def learn(
    encoder: ImageEncoder,
    cache: Path,
    catalogue: Sequence[CataloguePicture],
    photos: Sequence[LabelledPhoto],
    file: Path,
    *,
    parts: int,
    memory: Path | None = None,
) -> Learned:
    """Learn from `photos`, and keep what was learned in `file` where unseen products are found no worse with it.

    `memory` is `build_finder`'s. Raises `ConfigError` when the photos show nothing that is sold, or too few products to
    leave some out.
    """
    sold = [LabelledPhoto(file=item.path, product=item.product_id, variant=item.sku) for item in catalogue]
    known = [photo for photo in photos if photo.product in {item.product for item in sold}]
    if not known:
        raise ConfigError("none of the photos shows a product of the catalogue: are their product ids the catalogue's?")
    before = counted(await answers_of(encoder, cache, sold, known, memory=memory))
    after = counted(await answers_of(encoder, cache, sold, known, folds=parts, memory=memory))
    book = await LookBook.open(cache, encoder)
    is_better = (after.mrr or 0) >= (before.mrr or 0)
    if is_better:
        finder = await build_finder(encoder, catalogue, cache, lessons=as_pictures(known), memory=memory)
        save_learned(file, book.probe, finder)
    return Learned(before=before, after=after, is_better=is_better, file=file)
