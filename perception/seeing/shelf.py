"""A catalogue's pictures whose looks are kept, and the finder that is assembled from them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelMissingError
from core.ports import ImageEncoder, VectorIndex, Vectors
from perception.seeing.calibrate import Calibration
from perception.seeing.finder import VARIANT_COLOUR, Finder, Owner
from perception.seeing.head import Head, untaught
from perception.seeing.index import ExactIndex
from perception.seeing.learned import read_learned, save_learned
from perception.seeing.lessons import Lesson, instructed, own_lessons
from perception.seeing.look_book import LookBook, Progress
from perception.seeing.looks import Looks, joined
from perception.seeing.near import build_near, load_near
from perception.seeing.space import Space, centred_on

_log = logging.getLogger(__name__)

_TEACHING = 4
"""To be raised when lessons, marks or calibration change: what was taught is then taught anew."""
_CLEARLY = 0.01
"""Mean reciprocal rank by which more colour must be better: phones falsify colours more than imitations do."""
_COLOUR_WEIGHTS = (0.1, 0.2, 0.3, 0.4, 0.5)
"""Never none: strangers often have the shape of something sold, and another colour."""
_EXACT = 20_000
"""Pictures up to which every one is compared, 10 ms a photo; above it an index of codes finds the likely ones."""
_SAMPLE = 5000
"""Pictures of a large catalogue on which the space is centred and its colour weighed."""
_PLACED = 500
"""Pictures that tell how places vary."""
_RANKED = 100
"""Pictures among which a rank is sought; further down it counts nothing."""
_ENOUGH = 20
"""Labelled photos of customers from which on imitated ones teach nothing more."""
_PLACING = ("shapes", "colours")
"""Arrays of a look that `Space.place` reads."""
_UNSURE = Calibration(temperature=0.05, known=(), unknown_below=0.5, match_from=0.99)
"""Calls everything possible and nothing sure: who has learned nothing only asks."""
_KEPT = 8
"""Catalogues, or lessons for one, whose teaching is kept: several may share a folder of looks."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The pictures of one catalogue, with where their looks are kept."""

    book: LookBook
    pictures: list[str]
    """Keys, at least one."""
    rows: NDArray[np.intp]
    """Where the book has their looks."""
    owners: dict[str, tuple[Owner, ...]]

    @property
    def is_small(self) -> bool:
        """Whether a photo is compared with every picture, so that no index is built."""
        return len(self.pictures) <= _EXACT

    def looks(self, at: NDArray[np.intp]) -> Looks:
        """Return of the looks of some pictures, by their numbers, what places them in the space."""
        return self.book.looks(self.rows[at], only=_PLACING)

    def spread(self, most: int) -> NDArray[np.intp]:
        """Return the numbers of at most `most` pictures, evenly."""
        return np.linspace(0, len(self.pictures), min(most, len(self.pictures)), endpoint=False).astype(np.intp)


def assemble(
    encoder: ImageEncoder,
    shelf: Shelf,
    imitations: Mapping[str, int],
    *,
    real: Sequence[Lesson] = (),
    learned: Path | None = None,
    indexing: Progress | None = None,
) -> Finder:
    """Return a finder: the space is chosen and the index made for the catalogue, then the finder learns from lessons.

    `imitations` are rows of the book: keys as `imitated` makes them, and those of `strangers`. They and the
    catalogue's own views alone choose the space, so that one index serves whatever is learned later. `real` photos
    take the place of those that show something sold when they are enough; where `learned` has something for this
    encoder, that is taken instead. The time grows with the catalogue only where its index is built, and nothing where
    that is here already.
    """
    own = _own(shelf, imitations)
    lessons = [*(one for one in own if not (one.products and len(real) >= _ENOUGH)), *real]
    finder = _unlearned(encoder, shelf, own, lessons, indexing)
    taught = read_learned(learned, shelf.book.probe, finder) if learned else None
    return taught or _instructed(finder, lessons, shelf)


def sketched(encoder: ImageEncoder, shelf: Shelf) -> Finder:
    """Return a finder that has learned nothing yet: it asks among the likeliest, and never calls a photo a match.

    Its space is chosen by the catalogue's own views alone, so that a large catalogue's index would be built twice.
    """
    views = _own(shelf, {})
    return _unlearned(encoder, shelf, views, views, None)


def _own(shelf: Shelf, imitations: Mapping[str, int]) -> list[Lesson]:
    return own_lessons(dict(zip(shelf.pictures, shelf.rows.tolist(), strict=True)), imitations, shelf.owners)


def _unlearned(
    encoder: ImageEncoder, shelf: Shelf, own: Sequence[Lesson], lessons: Sequence[Lesson], indexing: Progress | None
) -> Finder:
    """Return the finder before its lessons: `own` choose the space."""
    numbers = {key: number for number, key in enumerate(shelf.pictures)}
    space = _space(shelf, own, numbers)
    whole, variants = _indexes(shelf, space, indexing)
    return Finder(
        encoder=encoder,
        space=space,
        index=whole,
        variants=variants,
        looks_of=lambda keys: shelf.book.looks(shelf.rows[[numbers[key] for key in keys]]),
        head=_head(shelf, lessons),
        owners=shelf.owners,
        shown_by=_shown_by(shelf),
        calibration=_UNSURE,
    )


def _instructed(finder: Finder, lessons: Sequence[Lesson], shelf: Shelf) -> Finder:
    """Return the finder with what the lessons teach, which is kept beside the looks: it takes seconds to learn."""
    told = [f"{one.row} {sorted(one.products)} {one.without}" for one in lessons]
    owners = [str(shelf.owners[key]) for key in shelf.pictures]
    file = shelf.book.store.folder / f"taught-{_digest(_TEACHING, finder.space, *shelf.pictures, *owners, *told)}.npz"
    try:
        kept = read_learned(file, shelf.book.probe, finder)
    except ModelMissingError:
        kept = None  # damaged, and made again
    if kept is not None:
        return kept
    taught = instructed(finder, lessons, shelf.book)
    save_learned(file, shelf.book.probe, taught)
    _forget(file.parent.glob("taught-*.npz"))
    return taught


def _forget(files: Iterable[Path]) -> None:
    """Delete all but the youngest files; another process may do so at the same time."""
    made: list[tuple[float, Path]] = []
    for file in files:
        with suppress(FileNotFoundError):
            made.append((file.stat().st_mtime, file))
    for _, old in sorted(made)[:-_KEPT]:
        old.unlink(missing_ok=True)


def empty_finder(encoder: ImageEncoder) -> Finder:
    """Return a finder for a shop without pictures; it finds nothing."""
    space = Space(shape_centre=np.zeros(1, np.float32), colour_centre=np.zeros(1, np.float32), colour_weight=0.0)
    nothing = Looks(np.zeros((0, 1), np.float32), np.zeros((0, 1), np.float32))
    return Finder(
        encoder=encoder,
        space=space,
        index=ExactIndex(space.dimension),
        variants=ExactIndex(space.dimension),
        looks_of=lambda keys: nothing,
        head=untaught(nothing),
        owners={},
        shown_by={},
        calibration=_UNSURE,
    )


def _space(shelf: Shelf, lessons: Sequence[Lesson], numbers: Mapping[str, int]) -> Space:
    """Return the space with the weight of colour under which most of the lessons are found among a sample."""
    sources = [numbers[lesson.source] for lesson in lessons if lesson.source in numbers]
    some = np.union1d(shelf.spread(_SAMPLE), np.array(sources, np.intp))
    sample = shelf.looks(some)
    asked = shelf.book.looks([lesson.row for lesson in lessons], only=_PLACING)
    spaces = {weight: centred_on(sample, colour_weight=weight) for weight in _COLOUR_WEIGHTS}
    ranks = {}
    for weight, space in spaces.items():
        index = _exact([shelf.pictures[number] for number in some], space.place(sample))
        ranks[weight] = _mean_rank(index, space.place(asked), lessons, shelf.owners)
    return spaces[min(weight for weight, rank in ranks.items() if rank >= max(ranks.values()) - _CLEARLY)]


def _mean_rank(
    index: ExactIndex, vectors: Vectors, lessons: Sequence[Lesson], owners: Mapping[str, tuple[Owner, ...]]
) -> float:
    """Return the mean reciprocal rank of the right products by the index alone, of the photos of something sold."""
    found = []
    for lesson, near in zip(lessons, index.search(vectors, _RANKED), strict=True):
        if lesson.products:
            keys = (key for key, _ in near if key != lesson.without)
            products = list(dict.fromkeys(product for key in keys for product, _ in owners[key]))
            found.append(max((1 / (products.index(one) + 1) for one in lesson.products if one in products), default=0))
    return float(np.mean(found)) if found else 0.0


def _head(shelf: Shelf, lessons: Sequence[Lesson]) -> Head:
    """Return the head as the places of some pictures and photos make it, before it has learned weights."""
    rows = [lesson.row for lesson in lessons if lesson.products]
    photos = shelf.book.looks(rows[:: max(1, len(rows) // _PLACED)])
    return untaught(joined([shelf.book.looks(shelf.rows[shelf.spread(_PLACED)]), photos]))


def _indexes(shelf: Shelf, space: Space, indexing: Progress | None) -> tuple[VectorIndex, VectorIndex]:
    """Return the index, and the one that tells variants apart."""
    count = len(shelf.pictures)

    def placed(at: NDArray[np.intp]) -> Vectors:
        return space.place(shelf.looks(at))

    def by_colour(at: NDArray[np.intp]) -> Vectors:
        return space.place(shelf.looks(at), colour_weight=VARIANT_COLOUR)

    if shelf.is_small:
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
