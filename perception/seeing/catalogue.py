"""From catalogue pictures to a finder: look at each once, learn how sure one may be, remember it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import MediaError
from core.ports import ImageEncoder, Picture
from core.resilience import in_worker
from perception.seeing.contents import Contents, read_contents
from perception.seeing.distort import distorted, scene
from perception.seeing.finder import Finder
from perception.seeing.lessons import Lesson, imitated
from perception.seeing.look_book import LookBook, Progress
from perception.seeing.pixels import open_picture
from perception.seeing.shelf import Shelf, assemble, empty_finder, sketched
from perception.seeing.strangers import strangers

_log = logging.getLogger(__name__)

Early = Callable[[Finder], None]
"""Takes a finder that only asks, until the one that has learned is there."""


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
    *,
    lessons: Sequence[CataloguePicture] = (),
    learned: Path | None = None,
    memory: Path | None = None,
    early: Early | None = None,
) -> Finder:
    """Return a finder for the catalogue; see `catalogued`."""
    done = await catalogued(
        encoder,
        catalogue_pictures,
        cache_folder,
        progress,
        lessons=lessons,
        learned=learned,
        memory=memory,
        early=early,
    )
    return done.finder


async def catalogued(
    encoder: ImageEncoder,
    catalogue_pictures: Sequence[CataloguePicture],
    cache_folder: Path,
    progress: Progress | None = None,
    indexing: Progress | None = None,
    *,
    lessons: Sequence[CataloguePicture] = (),
    learned: Path | None = None,
    memory: Path | None = None,
    early: Early | None = None,
) -> Catalogued:
    """Look at the catalogue and return a finder for it, with what was new.

    `lessons` are customers' photos with what they show; without them it learns from imitated ones, or takes what
    `zhanggui train photos` has `learned` for this encoder, where that file is.
    Looks are kept in `cache_folder` by content, so the second time only reads them, and one that was
    stopped goes on where it ended. Pictures that are missing or damaged are left out, with a warning
    that names them. `progress` is called with (done, of all) while pictures are looked at for the first
    time, `indexing` while a large catalogue's index is built. The same pictures give the same finder.
    `memory` is where contents of this catalogue's files are remembered, `files.db` beside the looks if not given.
    `early` gets a finder as soon as the pictures have been looked at, where imitated photos are still to come.
    """
    memory = memory or cache_folder / "files.db"
    contents = await in_worker(read_contents, [item.path for item in catalogue_pictures], memory)
    files = _by_content(catalogue_pictures, contents)
    photos = _by_content(
        lessons, await in_worker(lambda: read_contents([item.path for item in lessons], memory, remember=False))
    )
    book = await LookBook.open(cache_folder, encoder)
    unsold = {
        key: [CataloguePicture(product_id="", sku="", path=path)]
        for key, path in (strangers(files.keys()).items() if files else ())
    }
    sample = [*imitated(list(files)), *unsold, *(f"{key}~0" for key in unsold)] if files else []
    known = await in_worker(book.store.rows_of, [*files, *sample, *photos])
    to_see, to_learn = [len(set(keys) - known.keys()) for keys in (files, [*sample, *photos])]

    async def look(keys: Sequence[str], before: int) -> dict[str, int]:
        tell = progress and (lambda done, _: progress(before + done, to_see + to_learn))
        return await book.look(keys, lambda key: _picture(key, unsold | photos | files), tell)

    rows = await look(list(files), 0)
    pictures = [key for key in files if key in rows]
    owners = {key: tuple((item.product_id, item.sku) for item in files[key]) for key in pictures}
    shelf = Shelf(book, pictures, np.array([rows[key] for key in pictures], np.intp), owners)
    if early and pictures and to_learn and shelf.is_small:
        early(await in_worker(sketched, encoder, shelf))
    rows |= await look([*sample, *photos], to_see)
    asked = {key: rows[key] for key in sample if key in rows}
    real = [
        Lesson(row=rows[key], products=frozenset(item.product_id for item in shown))
        for key, shown in photos.items()
        if key in rows
    ]
    finder = empty_finder(encoder)
    if pictures:
        finder = await in_worker(lambda: assemble(encoder, shelf, asked, real=real, learned=learned, indexing=indexing))
    return Catalogued(
        finder=finder,
        pictures=len(pictures),
        new=sum(key not in known for key in pictures),
        removed=contents.removed,
        damaged=(*map(str, contents.unreadable), *(str(i.path) for k in files if k not in rows for i in files[k])),
        folder=book.store.folder,
    )


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
