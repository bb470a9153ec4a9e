"""The finder under measurement: catalogue and photos from tables, scores out, with progress."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from core.ports import ImageEncoder
from learning.evaluation.photos import LabelledPhoto, PhotoScores, Rank, Ranking, score_photos
from perception.seeing.catalogue import CataloguePicture, build_finder
from perception.seeing.finder import Finder
from perception.seeing.looks import Looks, look_at
from perception.seeing.pixels import open_picture


async def scores_of(
    encoder: ImageEncoder, cache: Path, sold: Sequence[LabelledPhoto], asked: Sequence[LabelledPhoto]
) -> PhotoScores:
    """Build a finder for what is sold and score it on the photos asked about.

    Raises `MediaError`, which names the file, when a photo asked about cannot be read.
    """
    pictures = [CataloguePicture(product_id=item.product, sku=item.variant, path=item.file) for item in sold]
    with Progress(console=Console(stderr=True), transient=True) as bar:
        cataloguing = bar.add_task("looking at the catalogue", total=None)
        finder = await build_finder(
            encoder, pictures, cache, lambda done, of_all: bar.update(cataloguing, completed=done, total=of_all)
        )
        asking = bar.add_task("looking at the photos", total=len(asked))

        async def look(file: Path) -> Rank:
            looks = await look_at(encoder, [open_picture(file)])
            bar.advance(asking)
            return lambda hidden: _ranking(finder, looks, hidden)

        return await score_photos(look, asked, {item.product for item in sold})


def _ranking(finder: Finder, looks: Looks, hidden: AbstractSet[str]) -> Ranking:
    seen = finder.judge(looks, hidden=hidden)
    return Ranking(
        products=tuple(candidate.product_id for candidate in seen.candidates),
        variant=seen.candidates[0].sku if seen.candidates else "",
        decision=seen.decision,
    )
