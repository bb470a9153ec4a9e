"""The finder under measurement: catalogue and photos from tables, answers out, with progress."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from core.errors import ConfigError
from core.ports import ImageEncoder
from learning.evaluation.photos import Answers, LabelledPhoto, Rank, Ranking, ask_about
from perception.seeing.catalogue import CataloguePicture, build_finder
from perception.seeing.finder import Finder
from perception.seeing.looks import Looks, look_at
from perception.seeing.pixels import open_picture


async def answers_of(
    encoder: ImageEncoder,
    cache: Path,
    sold: Sequence[LabelledPhoto],
    asked: Sequence[LabelledPhoto],
    *,
    folds: int = 0,
    learned: Path | None = None,
    memory: Path | None = None,
    strangers: Sequence[LabelledPhoto] = (),
) -> Answers:
    """Build a finder for what is sold and ask it about the photos; `memory` is `build_finder`'s.

    With `folds`, each photo is asked of a finder that has learned from the other photos, those of its
    own product and of its fold's products left out; without, of one that takes what `zhanggui train photos`
    has `learned`, if that file is given. `strangers` are asked about, too, and nobody learns from them. Raises
    `MediaError`, which names the file, when a photo asked about cannot be read, and `ConfigError` when there are too
    few products for the folds.
    """
    products = sorted({item.product for item in asked}, key=lambda name: zlib.crc32(name.encode()))
    if folds and len(products) < max(2, folds) or folds == 1:
        raise ConfigError(f"{folds} parts of {len(products)} photographed products: it takes two of each at least")
    fold_of = {name: number % max(folds, 1) for number, name in enumerate(products)}
    finder_of = {item.file: fold_of[item.product] for item in asked}
    finder_of |= {item.file: number % max(folds, 1) for number, item in enumerate(strangers)}
    with Progress(console=Console(stderr=True), transient=True) as bar:
        cataloguing = bar.add_task("looking at the catalogue", total=None)
        finders: list[Finder] = []
        for fold in range(max(folds, 1)):
            lessons = [item for item in asked if folds and fold_of[item.product] != fold]
            finders.append(
                await build_finder(
                    encoder,
                    as_pictures(sold),
                    cache,
                    lambda done, of_all: bar.update(cataloguing, completed=done, total=of_all),
                    lessons=as_pictures(lessons),
                    learned=None if folds else learned,
                    memory=memory,
                )
            )
        asking = bar.add_task("looking at the photos", total=len(finder_of))

        async def look(file: Path) -> Rank:
            looks = await look_at(encoder, [open_picture(file)])
            bar.advance(asking)
            finder = finders[finder_of[file]]
            return lambda hidden: _ranking(finder, looks, hidden)

        return await ask_about(look, [*asked, *strangers], {item.product for item in sold})


def as_pictures(photos: Sequence[LabelledPhoto]) -> list[CataloguePicture]:
    """Return the photos as pictures of the catalogue."""
    return [CataloguePicture(product_id=item.product, sku=item.variant, path=item.file) for item in photos]


def _ranking(finder: Finder, looks: Looks, hidden: AbstractSet[str]) -> Ranking:
    seen = finder.judge(looks, hidden=hidden)
    return Ranking(
        products=tuple(candidate.product_id for candidate in seen.candidates),
        variant=seen.candidates[0].sku if seen.candidates else "",
        decision=seen.decision,
        known=seen.known,
    )
