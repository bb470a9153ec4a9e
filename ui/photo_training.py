"""Learning from customers' photos, measured on products that were left out before it replaces anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError, ModelMissingError
from core.ports import ImageEncoder
from core.resilience import in_worker
from learning.evaluation.photos import Answers, LabelledPhoto, PhotoScores, counted
from perception.seeing.catalogue import CataloguePicture, build_finder
from perception.seeing.contents import read_contents
from perception.seeing.learned import read_gains, save_learned
from perception.seeing.look_book import LookBook
from ui.photo_scores import answers_of, as_pictures

_EQUAL = 1e-6
"""Mean reciprocal ranks that differ by less are the same: sums of fractions are not exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What learning from photos brought."""

    before: PhotoScores
    """Of the finder that has learned from imitated photos only."""
    installed: float | None
    """Mean reciprocal rank by what was learned earlier, of the same photos; None where there is nothing to compare."""
    after: PhotoScores
    """On the same photos, each asked of a finder that has seen no photo of its product."""
    is_better: bool
    """Or as good as both; only then the file was written."""
    file: Path
    trouble: str = ""
    """Why what was learned earlier could not be compared, though its file is there."""


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

    No worse than by imitated photos alone, and no worse than by what was learned earlier and lies in `file`. That is
    asked about the photos it has not learned from. Of those it has, which it would find too well, the file tells what
    each gained over imitated photos when it was itself asked about unseen, and so much is added to what imitated photos
    find today: a catalogue that has changed since counts the same for the old and the new. New photos of a product that
    it knows by others, and all photos where the file is of a version that told no gains, are asked about, which favours
    the old, if either. A file that cannot be read is not compared, and is replaced by what is no worse than imitations.

    `memory` is `build_finder`'s. Raises `ConfigError` when the photos show nothing that is sold, or too few products to
    leave some out.
    """
    sold = [LabelledPhoto(file=item.path, product=item.product_id, variant=item.sku) for item in catalogue]
    known = [photo for photo in photos if photo.product in {item.product for item in sold}]
    if not known:
        raise ConfigError("none of the photos shows a product of the catalogue: are their product ids the catalogue's?")
    before = await answers_of(encoder, cache, sold, known, memory=memory)
    after = await answers_of(encoder, cache, sold, known, folds=parts, memory=memory)
    keys = await in_worker(_keys, known, memory or cache / "files.db")
    imitated, unseen = _ranks(before, keys), _ranks(after, keys)
    probe = (await LookBook.open(cache, encoder)).probe

    async def by_installed() -> float | None:
        gains = read_gains(file, probe)
        if gains is None:
            return None
        new = [photo for photo in known if keys[photo] not in gains]
        answers = await answers_of(encoder, cache, sold, new, learned=file, memory=memory)  # reads it even if none is
        ranks = {key: rank + gains.get(key, 0) for key, rank in imitated.items()} | _ranks(answers, keys)
        return _mean([ranks[keys[photo]] for photo in known])

    installed, trouble = None, ""
    try:
        installed = await by_installed()
    except ModelMissingError as error:
        trouble = str(error)
    reached = _mean([unseen[keys[photo]] for photo in known])
    to_reach = max(_mean([imitated[keys[photo]] for photo in known]), installed or 0)
    is_better = reached >= to_reach - _EQUAL
    if is_better:
        finder = await build_finder(encoder, catalogue, cache, lessons=as_pictures(known), memory=memory)
        save_learned(file, probe, finder, {key: rank - imitated[key] for key, rank in unseen.items()})
    return Learned(
        before=counted(before),
        installed=None if installed is None else round(installed, 4),
        after=counted(after),
        is_better=is_better,
        file=file,
        trouble=trouble,
    )


def _keys(photos: Sequence[LabelledPhoto], memory: Path) -> dict[LabelledPhoto, str]:
    """Return what each photo is known by, wherever its file lies: content and product."""
    contents = read_contents([photo.file for photo in photos], memory, remember=False).keys
    return {photo: f"{contents[photo.file]} {photo.product}" for photo in photos}


def _ranks(answers: Answers, keys: Mapping[LabelledPhoto, str]) -> dict[str, float]:
    """Return the reciprocal rank of the right product of each photo, by its key."""
    return {
        keys[photo]: 1 / (seen.products.index(photo.product) + 1) if photo.product in seen.products else 0.0
        for photo, seen in answers.known
    }


def _mean(ranks: Sequence[float]) -> float:
    return sum(ranks) / len(ranks)
