"""From catalogue pictures to a finder: look at each once, learn how sure one may be, remember it."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import MediaError
from core.ports import ImageEncoder, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.calibrate import Calibration
from perception.seeing.distort import distorted, scene
from perception.seeing.finder import VARIANT_COLOUR, Finder, Owner
from perception.seeing.head import untaught
from perception.seeing.index import ExactIndex
from perception.seeing.learned import learned_file, read_learned
from perception.seeing.lessons import Lesson, instructed
from perception.seeing.looks import LookBook, Looks, Progress, joined, stacked
from perception.seeing.pixels import open_picture
from perception.seeing.space import Space, centred_on

_log = logging.getLogger(__name__)

_IMITATIONS = 160
"""Customers' photos imitated to learn from; more change the thresholds little and cost 0.2 s each."""
_SCENES = 40
"""Pictures of nothing, which must be called unknown."""
_CLEARLY = 0.01
"""Mean reciprocal rank by which more colour must be better: phones falsify colours more than imitations do."""
_VIEWS = 80
"""Held-out views of the catalogue to learn from."""
_ENOUGH = 40
"""Labelled photos of customers from which on imitated ones teach nothing more."""
_SAMPLE = 500
"""Pictures of the catalogue that tell how places vary."""
_NEAR = 100
"""Pictures among which a rank is sought; further down it counts nothing."""
_UNSURE = Calibration(temperature=0.05, known=(0.0, 0.0, 0.0, 0.0), unknown_below=0.5, match_from=0.99)
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
    lessons: Sequence[CataloguePicture] = (),
    *,
    untrained: bool = False,
) -> Finder:
    """Return a finder for the catalogue.

    `lessons` are customers' photos with what they show; without them it learns from imitated ones, and
    takes what `zhanggui train photos` has learned for this encoder, where that was done, unless `untrained`.
    Looks are kept in `cache_folder` by content, so the second start only reads them. Pictures that
    are missing or damaged are left out, with a warning that names them. `progress` is called with
    (done, of all) while pictures are looked at for the first time. The same pictures give the same
    finder.
    """
    files = await in_worker(_by_content, catalogue_pictures)
    photos = await in_worker(_by_content, lessons)
    book = await LookBook.open(cache_folder, encoder)
    sample = _imitated(list(files)) if files else []
    wanted = [*files, *sample, *photos]
    seen = await book.look(wanted, lambda key: _picture(key, photos | files), progress)
    pictures = [key for key in files if key in seen]
    if not pictures:
        return _empty_finder(encoder)
    catalogue = stacked(seen, pictures)
    owners = {key: tuple((item.product_id, item.sku) for item in files[key]) for key in pictures}
    real = [
        Lesson(look=stacked(seen, [key]), products=frozenset(item.product_id for item in photos[key]))
        for key in photos
        if key in seen
    ]
    imitated = {key: stacked(seen, [key]) for key in sample if key in seen}
    finder = await in_worker(_assemble, encoder, catalogue, pictures, owners, imitated, real)
    return finder if real or untrained else await in_worker(read_learned, learned_file(book.file), book.probe, finder)


def _assemble(
    encoder: ImageEncoder,
    catalogue: Looks,
    pictures: list[str],
    owners: dict[str, tuple[Owner, ...]],
    imitated: Mapping[str, Looks],
    real: Sequence[Lesson],
) -> Finder:
    """Choose the weight of colour under which most photos are found, then learn from them."""
    twins = _with_twin(pictures, owners)
    held_out = [row for row, key in enumerate(pictures) if key in twins]
    held_out = held_out[:: max(1, len(held_out) // _VIEWS)]
    lessons = [
        *(_imitation(key, look, owners, twins) for key, look in imitated.items()),
        *(_imitation(pictures[row], catalogue[[row]], owners, twins) for row in held_out),
    ]
    lessons = list(real) if len(real) >= _ENOUGH else [*lessons, *real]
    asked = joined([lesson.look for lesson in lessons])
    spread = catalogue[range(0, len(catalogue), max(1, len(catalogue) // _SAMPLE))]
    head = untaught(joined([spread, asked]))
    numbers = {key: row for row, key in enumerate(pictures)}
    finders = {}
    for weight in _COLOUR_WEIGHTS:
        space = centred_on(catalogue, colour_weight=weight)
        finders[weight] = Finder(
            encoder=encoder,
            space=space,
            index=_index(space, pictures, space.place(catalogue)),
            variants=_index(space, pictures, space.place(catalogue, colour_weight=VARIANT_COLOUR)),
            looks_of=lambda keys: catalogue[[numbers[key] for key in keys]],
            head=head,
            owners=owners,
            calibration=_UNSURE,
        )
    ranks = {weight: _mean_rank(finder, lessons, asked) for weight, finder in finders.items()}
    weight = min(w for w, rank in ranks.items() if rank >= max(ranks.values()) - _CLEARLY)
    return instructed(finders[weight], lessons)


def _imitation(key: str, look: Looks, owners: Mapping[str, tuple[Owner, ...]], twins: Set[str]) -> Lesson:
    source = key.partition("~")[0]
    products = frozenset(product for product, _ in owners.get(source, ()))
    return Lesson(look=look, products=products, source=source if source in twins else "")


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


def _with_twin(pictures: list[str], owners: Mapping[str, tuple[Owner, ...]]) -> set[str]:
    """Return the pictures whose variants are shown by another picture, too."""
    count = Counter(owner for key in pictures for owner in owners[key])
    return {key for key in pictures if all(count[owner] > 1 for owner in owners[key])}


def _mean_rank(finder: Finder, lessons: Sequence[Lesson], asked: Looks) -> float:
    """Return the mean reciprocal rank of the right products by the index alone, of the photos of something sold."""
    found = []
    for lesson, near in zip(lessons, finder.index.search(finder.space.place(asked), _NEAR), strict=True):
        if lesson.products:
            keys = (key for key, _ in near if key != lesson.source)
            products = list(dict.fromkeys(product for key in keys for product, _ in finder.owners[key]))
            found.append(max((1 / (products.index(one) + 1) for one in lesson.products if one in products), default=0))
    return float(np.mean(found)) if found else 0.0


def _empty_finder(encoder: ImageEncoder) -> Finder:
    space = Space(shape_centre=np.zeros(1, np.float32), colour_centre=np.zeros(1, np.float32), colour_weight=0.0)
    nothing = Looks(np.zeros((0, 1), np.float32), np.zeros((0, 1), np.float32), np.zeros((0, 2, 100, 3), np.float32))
    return Finder(
        encoder=encoder,
        space=space,
        index=ExactIndex(space.dimension),
        variants=ExactIndex(space.dimension),
        looks_of=lambda keys: nothing,
        head=untaught(nothing),
        owners={},
        calibration=_UNSURE,
    )
