"""How well photos find their products: recall, rank, and what is done with things not sold."""

from __future__ import annotations

import csv
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from core.types import MatchDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPhoto:
    """A picture file and what it shows."""

    file: Path
    product: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What a finder says about one photo."""

    products: tuple[str, ...]
    """Best first."""
    decision: MatchDecision


Rank = Callable[[Path, AbstractSet[str]], Awaitable[Ranking]]
"""Called with a photo and the products to be treated as not sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoScores:
    """Shares are of 0 to 1. None where nothing could be counted."""

    photos: int
    recall_at_1: float | None
    recall_at_5: float | None
    mrr: float | None
    known_kept: float | None
    """Photos of sold things that were matched or asked about."""
    match_precision: float | None
    """Of the photos that were called a match: those whose product is right."""
    matched: float | None
    """Photos of sold things that were called a match, rightly or not."""
    unknown_photos: int
    unknown_rejected: float | None
    """Photos of things not sold that were called unknown."""
    ms_per_photo: float | None


def read_photos(table: Path, *, split: str = "") -> tuple[LabelledPhoto, ...]:
    """Read a CSV with a column file and a column sku or product; paths are relative to the CSV.

    `split` keeps the rows whose column view or split has this value (several: "back,alt1"). Raises
    `ConfigError`, which names the file and what is missing.
    """
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{table} cannot be read as a CSV table: {error}") from error
    columns = set(rows[0]) if rows else set()
    label = next((name for name in ("product", "sku") if name in columns), None)
    if "file" not in columns or label is None:
        raise ConfigError(f"{table} needs a column file and a column sku or product; it has: {', '.join(columns)}")
    kept = [row for row in rows if not split or _is_in(row, split)]
    if not kept:
        raise ConfigError(f"{table} has no row whose view or split is {split!r}")
    return tuple(LabelledPhoto(file=table.parent / row["file"], product=row[label]) for row in kept)


async def score_photos(rank: Rank, queries: Sequence[LabelledPhoto], sold: AbstractSet[str]) -> PhotoScores:
    """Ask about every query and count.

    Where every query is of something sold, unknown things are imitated by asking once more with the
    right product hidden.
    """
    known = [photo for photo in queries if photo.product in sold]
    strangers = [photo for photo in queries if photo.product not in sold]
    places: list[int | None] = []
    decisions: list[MatchDecision] = []
    began = time.perf_counter()
    for photo in known:
        ranking = await rank(photo.file, frozenset())
        places.append(ranking.products.index(photo.product) if photo.product in ranking.products else None)
        decisions.append(ranking.decision)
    spent_s = time.perf_counter() - began
    unknown = [await rank(photo.file, {photo.product}) for photo in strangers or known]
    matched = [place == 0 for place, said in zip(places, decisions, strict=True) if said is MatchDecision.MATCH]
    return PhotoScores(
        photos=len(known),
        recall_at_1=_share(place == 0 for place in places),
        recall_at_5=_share(place is not None and place < 5 for place in places),
        mrr=_share(0.0 if place is None else 1 / (place + 1) for place in places),
        known_kept=_share(said is not MatchDecision.UNKNOWN for said in decisions),
        match_precision=_share(matched),
        matched=_share(said is MatchDecision.MATCH for said in decisions),
        unknown_photos=len(unknown),
        unknown_rejected=_share(ranking.decision is MatchDecision.UNKNOWN for ranking in unknown),
        ms_per_photo=round(1000 * spent_s / len(known), 1) if known else None,
    )


def _is_in(row: dict[str, str], split: str) -> bool:
    return any(row.get(column) in split.split(",") for column in ("view", "split"))


def _share(values: Iterator[float] | Iterator[bool] | Sequence[bool]) -> float | None:
    numbers = [float(value) for value in values]
    return round(sum(numbers) / len(numbers), 4) if numbers else None
