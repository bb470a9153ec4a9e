"""From catalogue pictures to a finder: look at each once, learn how sure one may be, remember it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import MediaError, ModelMissingError
from core.ports import ImageEncoder, Picture, VectorIndex, Vectors
from core.resilience import in_worker
from perception.seeing.calibrate import Calibration, Trial, calibrate
from perception.seeing.contents import Contents, read_contents
from perception.seeing.distort import distorted, scene
from perception.seeing.finder import VARIANT_COLOUR, Finder, Owner
from perception.seeing.index import ExactIndex
from perception.seeing.look_book import LookBook, Progress
from perception.seeing.looks import Looks
from perception.seeing.near import build_near, load_near
from perception.seeing.pixels import open_picture
from perception.seeing.space import Space, centred_on
from perception.seeing.trials import held_out, imitated, trials_of, with_twin

_log = logging.getLogger(__name__)

_CLEARLY = 0.01
"""Mean reciprocal rank by which more colour must be better: phones falsify colours more than imitations do."""
_COLOUR_WEIGHTS = (0.1, 0.2, 0.3, 0.4, 0.5)
"""Never none: strangers often have the shape of something sold, and another colour."""
_EXACT = 20_000
"""Pictures up to which every one is compared, 10 ms a photo; above it an index of codes finds the likely ones."""
_SAMPLE = 5000
"""Pictures of a large catalogue on which the space is centred and its colour weighed."""
_PLACING = ("shapes", "colours")
"""Arrays of a look that `Space.place` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePicture:
    """A picture of one variant of one product."""

    product_id: str
    sku: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogued:
    """A catalogue that has been looked at."""

    finder: Finder
    pictures: int
    """Different ones, by content, that can be found."""
    new: int
    """Of these, looked at just now."""
    removed: int
    """Pictures, by content, that were in the catalogue the last time and are not now."""
    damaged: tuple[str, ...]
    """Files that are missing or no whole pictures; they cannot be found."""
    folder: Path
    """Where the looks and the index lie."""


async def build_finder(
    encoder: ImageEncoder,
    catalogue_pictures: Sequence[CataloguePicture],
    cache_folder: Path,
    progress: Progress | None = None,
) -> Finder:
    """Return a finder for the catalogue; see `catalogued`."""
    return (await catalogued(encoder, catalogue_pictures, cache_folder, progress)).finder


async def catalogued(
    encoder: ImageEncoder,
    catalogue_pictures: Sequence[CataloguePicture],
    cache_folder: Path,
    progress: Progress | None = None,
    indexing: Progress | None = None,
) -> Catalogued:
    """Look at the catalogue and return a finder for it, with what was new.

    Looks are kept in `cache_folder` by content, so the second time only reads them, and one that was
    stopped goes on where it ended. Pictures that are missing or damaged are left out, with a warning
    that names them. `progress` is called with (done, of all) while pictures are looked at for the first
    time, `indexing` while a large catalogue's index is built. The same pictures give the same finder.
    """
    paths = [item.path for item in catalogue_pictures]
    contents = await in_worker(read_contents, paths, cache_folder / "files.db")
    files = _by_content(catalogue_pictures, contents)
    book = await LookBook.open(cache_folder, encoder)
    known = await in_worker(book.store.rows_of, list(files))
    sample = imitated(list(files)) if files else []
    rows = await book.look([*files, *sample], lambda key: _picture(key, files), progress)
    pictures = [key for key in files if key in rows]
    owners = {key: tuple((item.product_id, item.sku) for item in files[key]) for key in pictures}
    shelf = Shelf(book, pictures, np.array([rows[key] for key in pictures], np.intp), owners)
    asked = {key: rows[key] for key in sample if key in rows}
    return Catalogued(
        finder=await in_worker(assemble, encoder, shelf, asked, indexing) if pictures else _empty_finder(encoder),
        pictures=len(pictures),
        new=sum(key not in known for key in pictures),
        removed=contents.removed,
        damaged=(*map(str, contents.unreadable), *(str(i.path) for k in files if k not in rows for i in files[k])),
        folder=book.store.folder,
    )


@dataclass(frozen=True, slots=True)
class Shelf:
    """The pictures of one catalogue, with where their looks are kept."""

    book: LookBook
    pictures: list[str]
    """Keys, at least one."""
    rows: NDArray[np.intp]
    """Where the book has their looks."""
    owners: dict[str, tuple[Owner, ...]]

    def looks(self, at: NDArray[np.intp]) -> Looks:
        """Return of the looks of some pictures, by their numbers, what places them in the space."""
        return self.book.looks(self.rows[at], only=_PLACING)

    def spread(self, most: int) -> NDArray[np.intp]:
        """Return the numbers of at most `most` pictures, evenly."""
        return np.linspace(0, len(self.pictures), min(most, len(self.pictures)), endpoint=False).astype(np.intp)


def assemble(
    encoder: ImageEncoder, shelf: Shelf, imitations: Mapping[str, int], indexing: Progress | None = None
) -> Finder:
    """Choose the weight of colour under which most imitated photos are found, then fit the calibration.

    `imitations` are rows of the book: keys as `imitated` makes them. Built from a sample of a large catalogue, so
    that the time grows with the catalogue only where its index is built, and nothing where that is here already.
    """
    numbers = {key: number for number, key in enumerate(shelf.pictures)}
    twins = with_twin(shelf.pictures, shelf.owners)
    views = held_out(shelf.pictures, twins)
    asked = [*imitations, *views]
    looks = shelf.book.looks([*imitations.values(), *(shelf.rows[numbers[key]] for key in views)], only=_PLACING)
    sources = {key.partition("~")[0] for key in asked} & numbers.keys()
    some = np.union1d(shelf.spread(_SAMPLE), np.array([numbers[key] for key in sources], np.intp))
    sample = shelf.looks(some)
    trials: dict[float, list[Trial]] = {}
    for weight in _COLOUR_WEIGHTS:
        space = centred_on(sample, colour_weight=weight)
        index = _exact([shelf.pictures[number] for number in some], space.place(sample))
        trials[weight] = trials_of(index, asked, space.place(looks), shelf.owners, twins)
    recalls = {weight: _recall(tried) for weight, tried in trials.items()}
    weight = min(w for w, recall in recalls.items() if recall >= max(recalls.values()) - _CLEARLY)
    space = centred_on(sample, colour_weight=weight)
    whole, variants = _indexes(shelf, space, indexing)
    tried = trials[weight]
    if len(some) < len(shelf.pictures):  # among more products the best of the others comes nearer
        tried = trials_of(whole, asked, space.place(looks), shelf.owners, twins)
    return Finder(
        encoder=encoder,
        space=space,
        index=whole,
        variants=variants,
        owners=shelf.owners,
        shown_by=_shown_by(shelf),
        calibration=calibrate(tried),
    )


def _indexes(shelf: Shelf, space: Space, indexing: Progress | None) -> tuple[VectorIndex, VectorIndex]:
    """Return the index, and the one that tells variants apart."""
    count = len(shelf.pictures)

    def placed(at: NDArray[np.intp]) -> Vectors:
        return space.place(shelf.looks(at))

    def by_colour(at: NDArray[np.intp]) -> Vectors:
        return space.place(shelf.looks(at), colour_weight=VARIANT_COLOUR)

    if count <= _EXACT:
        every = np.arange(count)
        return _exact(shelf.pictures, placed(every)), _exact(shelf.pictures, by_colour(every))
    folder = shelf.book.store.folder / "index"
    made_by = f"{shelf.book.store.folder.name} {_digest(space, *shelf.pictures)}"
    try:
        index = load_near(folder, shelf.pictures, placed, made_by=made_by)
    except ModelMissingError as error:
        _log.info("the index is built: %s", error)
        index = build_near(folder, shelf.pictures, placed, made_by=made_by, progress=indexing)
    return index, index.seen_as(by_colour)


def _exact(keys: Sequence[str], vectors: Vectors) -> ExactIndex:
    index = ExactIndex(vectors.shape[1])
    index.add(keys, vectors)
    return index


def _digest(*parts: object) -> str:
    """Return what changes when any part does: texts, arrays, dataclasses of them."""
    digest = hashlib.sha256()
    for part in parts:
        if is_dataclass(part) and not isinstance(part, type):
            digest.update(_digest(*(getattr(part, field.name) for field in fields(part))).encode())
        else:
            digest.update(part.tobytes() if isinstance(part, np.ndarray) else str(part).encode())
    return digest.hexdigest()


def _shown_by(shelf: Shelf) -> dict[str, tuple[str, ...]]:
    shown: dict[str, dict[str, None]] = {}
    for picture in shelf.pictures:
        for product, _ in shelf.owners[picture]:
            shown.setdefault(product, {})[picture] = None
    return {product: tuple(pictures) for product, pictures in shown.items()}


def _by_content(pictures: Sequence[CataloguePicture], contents: Contents) -> dict[str, list[CataloguePicture]]:
    files: dict[str, list[CataloguePicture]] = {}
    for item in pictures:
        if item.path in contents.keys:
            files.setdefault(contents.keys[item.path], []).append(item)
        else:
            why = contents.unreadable[item.path]
            _log.warning("catalogue picture %s of %s cannot be read: %s", item.path, item.sku, why)
    return files


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
        shown_by={},
        calibration=Calibration(temperature=0.05, known=(0.0, 0.0, 0.0, 0.0), unknown_below=0.5, match_from=0.99),
    )
