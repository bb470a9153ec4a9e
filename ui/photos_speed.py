"""How fast photos find products in a large catalogue, and how much of the encoder's own speed is left."""

from __future__ import annotations

import io
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.blobs import FolderBlobs
from core.errors import ConfigError, MediaError
from core.ports import ImageEncoder, Picture, Vectors
from core.resilience import in_worker
from perception.media.stored import load_picture
from perception.seeing.catalogue import CataloguePicture
from perception.seeing.colour import colour_vector
from perception.seeing.distort import distorted
from perception.seeing.efficientnet import STRIDE, EfficientNet
from perception.seeing.finder import Finder
from perception.seeing.index import best
from perception.seeing.lessons import imitated
from perception.seeing.look_book import LookBook, arrays_of
from perception.seeing.looks import look_at
from perception.seeing.pixels import open_picture, resized
from perception.seeing.places import AFAR, SIDE, cuts_of
from perception.seeing.shelf import Shelf, assemble
from perception.seeing.views import views
from ui.photos_drawn import RealLooks, draw_pictures, photographed

_REAL = 300
"""Real pictures, spread over the catalogue, that the large one is drawn from."""
_ASKED = 100
"""Customers' photos whose way from JPEG to products is timed."""
_COMPARED = 200
"""Drawn photos whose neighbours are compared with the exact ones."""
_TIMED_EXACT = 100_000
"""Vectors in memory at most for the rate of exact search; for more it is taken to grow with their number."""
_PHOTO = (1280, 960)
_NEAREST = 10
_ENCODED = 48
_ROUNDS = 3

Tell = Callable[[str, int, int], None]
"""Called with (what is done, done, of all)."""


@dataclass(frozen=True, slots=True)
class _Large:
    """The drawn catalogue."""

    finder: Finder
    shelf: Shelf
    real: RealLooks
    behind: NDArray[np.intp]


async def measure(
    encoder: ImageEncoder, like: Sequence[CataloguePicture], skus: int, folder: Path, tell: Tell
) -> dict[str, object]:
    """Return build time, disk, memory, latency, recall and rate beside exact search, and the encoder's throughput.

    `like` are the real pictures that `skus` others are drawn from; everything is kept in `folder`. Raises
    `ConfigError` when too few of them can be opened.
    """
    pictures = [item.path for item in like[:: max(1, len(like) // _REAL)]][:_REAL]
    files = await in_worker(_readable, pictures)
    if len(files) < 2:
        raise ConfigError(f"a catalogue is drawn from two pictures at least; {len(files)} of {len(pictures)} are whole")
    throughput = await _throughput(encoder, files[:_ENCODED], folder / "encoded", tell)
    real = await _real(encoder, files, tell)
    large, build = await _built(encoder, real, skus, folder / "looks", tell)
    await large.finder.find(open_picture(files[0]), attachment_id="warm")
    latency = await _latency(large.finder, files, FolderBlobs(folder / "blobs"), tell)
    recall = await in_worker(_recall, large, tell)
    return {
        "skus": skus,
        "drawn_from": len(files),
        **build,
        **latency,
        **recall,
        **throughput,
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


async def _real(encoder: ImageEncoder, files: Sequence[Path], tell: Tell) -> RealLooks:
    parts: list[tuple[Any, Any]] = []
    for at, file in enumerate(files):
        picture = await in_worker(open_picture, file)
        looks = await look_at(encoder, [picture, await in_worker(distorted, picture, at)])
        parts.append((arrays_of(looks[[0]]), arrays_of(looks[[1]])))
        tell("looking at real pictures", at + 1, len(files))
    kind = type(looks)
    joined = [{name: np.concatenate([part[n][name] for part in parts]) for name in parts[0][0]} for n in (0, 1)]
    return RealLooks(kind(**joined[0]), kind(**joined[1]))


async def _built(
    encoder: ImageEncoder, real: RealLooks, skus: int, folder: Path, tell: Tell
) -> tuple[_Large, dict[str, object]]:
    book = await LookBook.open(folder, encoder)
    keys = [f"{number:064x}" for number in range(skus)]

    def keep(start: int, arrays: dict[str, Vectors]) -> None:
        book.store.append(keys[start : start + len(arrays["shapes"])], arrays)
        tell("drawing the catalogue", start, skus)

    began = time.perf_counter()
    behind = await in_worker(draw_pictures, real, skus, keep)
    drawn_s = time.perf_counter() - began
    photos = await in_worker(_imitations, book, keys, real, behind)
    shelf = Shelf(book, keys, np.arange(skus), {key: ((f"p{key}", f"s{key}"),) for key in keys})
    times = []
    for _ in range(2):
        began = time.perf_counter()
        finder = await in_worker(
            lambda: assemble(
                encoder, shelf, photos, indexing=lambda done, of_all: tell("building the index", done, of_all)
            )
        )
        times.append(time.perf_counter() - began)
    return _Large(finder, shelf, real, behind), {
        "drawn_s": round(drawn_s, 1),
        "build_s": round(times[0], 1),
        "reopen_s": round(times[1], 1),
        "looks_disk_mb": round(book.store.size_bytes / 1e6),
        "index_disk_mb": round(_size(folder, "*/index/*") / 1e6),
        "memory_mb": _memory_mb(),
    }


def _imitations(book: LookBook, keys: list[str], real: RealLooks, behind: NDArray[np.intp]) -> dict[str, int]:
    """Add the looks of imitated photos to the book."""
    names = [name for name in imitated(keys) if not name.startswith("scene")]
    at = np.array([int(name.partition("~")[0], 16) for name in names])
    looks = photographed(book.looks(at), real, behind[at])
    book.store.append(names, arrays_of(looks))
    return book.store.rows_of(names)


async def _latency(finder: Finder, files: Sequence[Path], blobs: FolderBlobs, tell: Tell) -> dict[str, object]:
    """Time the way of photos, one after the other, from the stored JPEG to products, and its two parts again."""
    took, computed, seen, searched = list[float](), list[float](), list[float](), list[float]()
    for number in range(_ASKED):
        photo = await blobs.put(await in_worker(_jpeg, files[number % len(files)], number))
        began, worked = time.perf_counter(), time.process_time()
        picture = await load_picture(blobs, photo)
        await finder.find(picture, attachment_id="photo")
        took.append(1000 * (time.perf_counter() - began))
        computed.append(1000 * (time.process_time() - worked))  # of all cores; it does not grow on a busy machine
        began = time.perf_counter()
        looks = await look_at(finder.encoder, [picture])
        seen.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        finder.judge(looks)
        searched.append(1000 * (time.perf_counter() - began))
        tell("asking about photos", number + 1, _ASKED)
    parts = {"photo": took, "photo_cpu": computed, "look": seen, "judge": searched}
    return {
        f"{name}_{share}_ms": round(quantiles(values, n=100, method="inclusive")[place], 1)
        for name, values in parts.items()
        for share, place in (("p50", 49), ("p95", 94))
    }


def _recall(large: _Large, tell: Tell) -> dict[str, object]:
    """Compare the ten nearest with those of an exact search over the same vectors, and both rates, one at a time."""
    finder, shelf = large.finder, large.shelf
    count = len(shelf.pictures)
    at = shelf.spread(_COMPARED)
    photos = finder.space.place(photographed(shelf.book.looks(at), large.real, large.behind[at]))
    nearest, few = _exact(finder, shelf, photos, tell)
    took, exact, found = list[float](), list[float](), list[float]()
    rank_one = 0
    for number, photo in enumerate(photos):
        began = time.perf_counter()
        (near,) = finder.index.search(photo[None], _NEAREST)
        took.append(time.perf_counter() - began)
        began = time.perf_counter()
        best(few @ photo, _NEAREST)
        exact.append((time.perf_counter() - began) * count / len(few))
        right = {shelf.pictures[row] for row in nearest[number]}
        found.append(len(right & {key for key, _ in near}) / len(right))
        rank_one += near[0][0] == shelf.pictures[at[number]]
    return {
        "search_ms": round(1000 * median(took), 2),
        "exact_ms": round(1000 * median(exact), 2),
        "exact_measured_on": len(few),
        "rate_over_exact": round(median(exact) / median(took), 1),
        "recall_at_10_of_exact": round(float(np.mean(found)), 4),
        "drawn_photos_found_first": round(rank_one / len(photos), 3),
    }


def _exact(finder: Finder, shelf: Shelf, photos: Vectors, tell: Tell) -> tuple[NDArray[np.intp], Vectors]:
    """Return the numbers of the exact nearest of each photo, and vectors held in memory to time such a search on."""
    count, block = len(shelf.pictures), 4096
    few = np.empty((min(count, _TIMED_EXACT), finder.space.dimension), np.float32)
    rows = np.zeros((len(photos), 0), np.intp)
    scores = np.zeros((len(photos), 0), np.float32)
    for start in range(0, count, block):
        vectors = finder.space.place(shelf.looks(np.arange(start, min(start + block, count))))
        few[start : start + block] = vectors[: max(0, len(few) - start)]
        scores = np.concatenate([scores, photos @ vectors.T], axis=1)
        rows = np.concatenate([rows, np.tile(np.arange(start, start + len(vectors)), (len(photos), 1))], axis=1)
        keep = np.argsort(-scores, axis=1, kind="stable")[:, :_NEAREST]
        scores, rows = np.take_along_axis(scores, keep, 1), np.take_along_axis(rows, keep, 1)
        tell("comparing with exact search", start + len(vectors), count)
    return rows, few


async def _throughput(encoder: ImageEncoder, files: Sequence[Path], folder: Path, tell: Tell) -> dict[str, object]:
    """Time cataloguing beside the bare session with the same opening, views, resizing and colours, in turns.

    The bare way takes prepared batches of the backend's own size. None for other encoders than EfficientNet.
    """
    if not isinstance(encoder, EfficientNet):
        return {"pictures_per_s": None, "bare_pictures_per_s": None, "throughput_over_bare": None}
    ours, bare = list[float](), list[float]()
    for number in range(_ROUNDS + 1):  # the first round warms up
        book = await LookBook.open(folder / str(number), encoder)
        for way, kept in ((True, ours), (False, bare))[:: 1 if number % 2 else -1]:
            began = time.perf_counter()
            if way:
                await book.look([str(at) for at in range(len(files))], lambda key: open_picture(files[int(key)]))
            else:
                await in_worker(_bare, encoder, files)
            kept.append(len(files) / (time.perf_counter() - began))
        tell("comparing with the bare encoder", number + 1, _ROUNDS + 1)
    ratios = [a / b for a, b in zip(ours[1:], bare[1:], strict=True)]
    return {
        "pictures_per_s": round(median(ours[1:]), 2),
        "bare_pictures_per_s": round(median(bare[1:]), 2),
        "throughput_over_bare": round(median(ratios), 3),
    }


def _bare(encoder: EfficientNet, files: Sequence[Path]) -> None:
    """Do what cataloguing does with nothing of ours around it: open, cut, count colours, encode batch by batch."""
    whole, places = (one.name for one in encoder.session.get_outputs())
    ways: list[tuple[str, int, Callable[[Picture], list[Picture]]]] = [
        (whole, 7, views),
        (places, SIDE, cuts_of),
        (places, AFAR, lambda picture: [picture]),
    ]
    waiting: list[list[Picture]] = [[] for _ in ways]
    for file in files:
        picture = open_picture(file)
        colour_vector(picture)
        for (output, side, cut), held in zip(ways, waiting, strict=True):
            held += [resized(one, side * STRIDE, side * STRIDE) for one in cut(picture)]
            while len(held) >= encoder.batch or (file == files[-1] and held):
                encoder.session.run([output], {"pictures": np.stack(held[: encoder.batch])})
                del held[: encoder.batch]


def _readable(paths: Sequence[Path]) -> list[Path]:
    whole = []
    for path in dict.fromkeys(paths):
        try:
            open_picture(path)
        except MediaError:
            continue
        whole.append(path)
    return whole


def _jpeg(file: Path, seed: int) -> bytes:
    """Return an imitated photo as large as those that customers send, as the door stores it."""
    photo = Image.fromarray(distorted(open_picture(file), seed)).resize(_PHOTO)
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=90)
    return out.getvalue()


def _size(folder: Path, pattern: str) -> int:
    return sum(file.stat().st_size for file in folder.glob(pattern))


def _memory_mb() -> int | None:
    """Return what this process holds in memory of its own, mapped files aside; None where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    own = [int(line.split()[1]) for line in lines if line.startswith("RssAnon")]
    return round(own[0] / 1024) if own else None
