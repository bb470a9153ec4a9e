"""From catalogue pictures to a finder: look at each once, learn how sure one may be, remember it."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import MediaError
from core.ports import ImageEncoder, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.calibrate import Calibration, Trial, calibrate
from perception.seeing.distort import distorted, scene
from perception.seeing.finder import VARIANT_COLOUR, Finder, Owner
from perception.seeing.index import ExactIndex
from perception.seeing.looks import LookBook, Looks, Progress, stacked
from perception.seeing.pixels import open_picture
from perception.seeing.space import Space, centred_on

_log = logging.getLogger(__name__)

_IMITATIONS = 240
"""Customers' photos imitated to learn from; more change the thresholds little and cost 30 ms each."""
_SCENES = 40
"""Pictures of nothing, which must be called unknown."""
_CLEARLY = 0.01
"""Mean reciprocal rank by which more colour must be better: phones falsify colours more than imitations do."""
_COLOUR_WEIGHTS = (0.1, 0.2, 0.3, 0.4, 0.5)
"""Never none: strangers often have the shape of something sold, and another colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePicture:
    """A picture of one variant of one product."""

    product_id: str
    sku: str
    path: Path


async def build_finder(
    encoder: ImageEncoder,
    catalogue_pictures: Sequence[CataloguePicture],
    cache_folder: Path,
    progress: Progress | None = None,
) -> Finder:
    """Return a finder for the catalogue.

    Looks are kept in `cache_folder` by content, so the second start only reads them. Pictures that
    are missing or damaged are left out, with a warning that names them. `progress` is called with
    (done, of all) while pictures are looked at for the first time. The same pictures give the same
    finder.
    """
    files = await in_worker(_by_content, catalogue_pictures)
    book = await LookBook.open(cache_folder, encoder)
    sample = _imitated(list(files)) if files else []
    wanted = [*files, *sample]
    seen = await book.look(wanted, lambda key: _picture(key, files), progress)
    pictures = [key for key in files if key in seen]
    if not pictures:
        return _empty_finder(encoder)
    catalogue = Looks(*stacked(seen, pictures))
    imitations = [key for key in sample if key in seen]
    owners = {key: tuple((item.product_id, item.sku) for item in files[key]) for key in pictures}
    photos = Looks(*stacked(seen, imitations))
    return await in_worker(_assemble, encoder, catalogue, pictures, owners, photos, imitations)


def _assemble(
    encoder: ImageEncoder,
    catalogue: Looks,
    pictures: list[str],
    owners: dict[str, tuple[Owner, ...]],
    photos: Looks,
    imitations: list[str],
) -> Finder:
    """Choose the weight of colour under which most imitated photos are found, then fit the calibration."""
    twins = _with_twin(pictures, owners)
    held_out = [row for row, key in enumerate(pictures) if key in twins]
    held_out = held_out[:: max(1, len(held_out) // _IMITATIONS)]
    trials: dict[float, list[Trial]] = {}
    for weight in _COLOUR_WEIGHTS:
        space = centred_on(catalogue, colour_weight=weight)
        own = space.place(catalogue)
        asked = np.concatenate([space.place(photos), own[held_out]])
        trials[weight] = _trials(asked @ own.T, [*imitations, *(pictures[row] for row in held_out)], pictures, owners)
    recalls = {weight: _recall(tried) for weight, tried in trials.items()}
    weight = min(w for w, recall in recalls.items() if recall >= max(recalls.values()) - _CLEARLY)
    space = centred_on(catalogue, colour_weight=weight)
    return Finder(
        encoder=encoder,
        space=space,
        index=_index(space, pictures, space.place(catalogue)),
        variants=_index(space, pictures, space.place(catalogue, colour_weight=VARIANT_COLOUR)),
        owners=owners,
        calibration=calibrate(trials[weight]),
    )


def _index(space: Space, keys: list[str], vectors: Vectors) -> ExactIndex:
    index = ExactIndex(space.dimension)
    index.add(keys, vectors)
    return index


def _by_content(pictures: Sequence[CataloguePicture]) -> dict[str, list[CataloguePicture]]:
    files: dict[str, list[CataloguePicture]] = {}
    for item in pictures:
        try:
            key = hashlib.sha256(item.path.read_bytes()).hexdigest()
        except OSError as error:
            _log.warning("catalogue picture %s of %s cannot be read: %s", item.path, item.sku, error.strerror)
            continue
        files.setdefault(key, []).append(item)
    return files


def _imitated(keys: list[str]) -> list[str]:
    """Return the keys of imitated photos, spread evenly over the catalogue, and of scenes."""
    count = max(_IMITATIONS, 0)
    rounds = -(-min(count, 3 * len(keys)) // len(keys))
    step = max(1.0, len(keys) * rounds / count)
    chosen = [keys[int(i * step) % len(keys)] for i in range(int(len(keys) * rounds / step))]
    counted: dict[str, int] = {}
    names = []
    for key in chosen:
        counted[key] = counted.get(key, -1) + 1
        names.append(f"{key}~{counted[key]}")
    return [*names, *(f"scene~{number}" for number in range(_SCENES))]


def _picture(key: str, files: Mapping[str, list[CataloguePicture]]) -> Picture | None:
    source, _, number = key.partition("~")
    if source == "scene":
        return scene(int(number))
    item = files[source][0]
    try:
        picture = open_picture(item.path)
    except MediaError as error:
        if not number:
            _log.warning("catalogue picture of %s is left out: %s", item.sku, error)
        return None
    return distorted(picture, int(source[:8], 16) + int(number)) if number else picture


def _trials(
    similar: Vectors, photos: list[str], pictures: list[str], owners: Mapping[str, tuple[Owner, ...]]
) -> list[Trial]:
    """Ask for each imitated photo and each held-out view twice: as it is, and as if the shop did not sell the thing.

    Where a variant has several pictures, the one that the photo was made from is left out: a
    customer's photo is never the catalogue's own shot.
    """
    numbers = {product: n for n, product in enumerate(dict.fromkeys(p for key in pictures for p, _ in owners[key]))}
    pairs = [(row, numbers[product]) for row, key in enumerate(pictures) for product, _ in owners[key]]
    rows, products = np.array(pairs).T
    twins = _with_twin(pictures, owners)
    trials: list[Trial] = []
    for scores, photo in zip(similar, photos, strict=True):
        source = photo.partition("~")[0]
        shown = {numbers[product] for product, _ in owners.get(source, ())}
        usable = np.ones(len(rows), bool)
        if source in twins:
            usable = np.array([pictures[row] != source for row in rows])
        best = np.full(len(numbers), -np.inf)
        np.maximum.at(best, products[usable], scores[rows[usable]])
        trials += _both_ways(best, shown)
    return trials


def _with_twin(pictures: list[str], owners: Mapping[str, tuple[Owner, ...]]) -> set[str]:
    """Return the pictures whose variants are shown by another picture, too."""
    count = Counter(owner for key in pictures for owner in owners[key])
    return {key for key in pictures if all(count[owner] > 1 for owner in owners[key])}


def _both_ways(best: Vectors, shown: set[int]) -> list[Trial]:
    order = [int(n) for n in np.argsort(-best, kind="stable") if np.isfinite(best[n])]
    others = [n for n in order if n not in shown]
    trials = [Trial(scores=best[others].astype(np.float64), answer=None)] if others else []
    if shown:
        answer = next(place for place, n in enumerate(order) if n in shown)
        trials.append(Trial(scores=best[order].astype(np.float64), answer=answer))
    return trials


def _recall(trials: Sequence[Trial]) -> float:
    found = [1 / (trial.answer + 1) for trial in trials if trial.answer is not None]
    return float(np.mean(found)) if found else 0.0


def _empty_finder(encoder: ImageEncoder) -> Finder:
    space = Space(shape_centre=np.zeros(1, np.float32), colour_centre=np.zeros(1, np.float32), colour_weight=0.0)
    return Finder(
        encoder=encoder,
        space=space,
        index=ExactIndex(space.dimension),
        variants=ExactIndex(space.dimension),
        owners={},
        calibration=Calibration(temperature=0.05, known=(0.0, 0.0, 0.0, 0.0), unknown_below=0.5, match_from=0.99),
    )
