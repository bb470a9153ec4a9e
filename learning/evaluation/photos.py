"""How well photos find their products: recall, rank, and what is done with things not sold."""

from __future__ import annotations

import csv
import time
from collections.abc import Awaitable, Callable, Sequence
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
    variant: str
    """The sku where the table has product and sku; else the product with its colour, if that is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What a finder says about one photo."""

    products: tuple[str, ...]
    """Best first."""
    variant: str
    """Of the best product, the variant that the photo shows most likely."""
    decision: MatchDecision
    known: float = 0.0
    """Probability that the catalogue has it at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All that a finder said."""

    known: tuple[tuple[LabelledPhoto, Ranking], ...]
    """Of photos of things sold."""
    unknown: tuple[Ranking, ...]
    """Of photos of things not sold, or of the same photos with the right product hidden where there are none."""
    each_s: float


_CHOICES = 4
"""Products that a customer is asked to choose from."""
_KEPT = 0.9

Rank = Callable[[AbstractSet[str]], Ranking]
"""Ranks one photo; called with the products to be treated as not sold."""
Look = Callable[[Path], Awaitable[Rank]]
"""Looks at a photo once; what it returns may be asked several times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoScores:
    """Shares are of 0 to 1. None where nothing could be counted."""

    photos: int
    recall_at_1: float | None
    recall_at_5: float | None
    mrr: float | None
    variant_right: float | None
    """Where the product was found: those whose variant (colour) is right, too."""
    known_kept: float | None
    """Photos of sold things that were matched or asked about."""
    matched: float | None
    """Photos of sold things that were called a match, rightly or not."""
    match_precision: float | None
    """Of the photos that were called a match: those whose product is right."""
    unknown_photos: int
    unknown_rejected: float | None
    """Photos of things not sold that were called unknown."""
    unknown_matched: float | None
    """Photos of things not sold that were called a match."""
    decision_accuracy: float | None
    """Matched rightly, asked with the right product among the four, or rightly called unknown; half of the weight is
    of things not sold."""
    rejected_at_90: float | None
    """Things not sold that are rejected by the threshold that keeps 90 of 100 photos of things sold."""
    open_set: tuple[tuple[float, float, float], ...]
    """Threshold, share of known kept, share of unknown rejected."""
    ms_per_photo: float | None


def read_photos(table: Path, *, split: str = "") -> tuple[LabelledPhoto, ...]:
    """Read a CSV with a column file and a column product, product_id or sku; paths are relative to the CSV.

    `split` keeps the rows whose column view or split has this value (several: "back,alt1"). Raises
    `ConfigError`, which names the file and what is missing.
    """
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{table} cannot be read as a CSV table: {error}") from error
    columns = set(rows[0]) if rows else set()
    label = next((name for name in ("product", "product_id", "sku") if name in columns), None)
    if "file" not in columns or label is None:
        raise ConfigError(
            f"{table} needs a column file and a column sku or product; it has: {', '.join(sorted(columns))}"
        )
    for number, row in enumerate(rows, 2):
        if not row["file"] or row[label] is None:
            raise ConfigError(f"row {number} of {table} has no file or no {label}")
    kept = [row for row in rows if not split or _is_in(row, split)]
    if not kept:
        raise ConfigError(f"{table} has no row whose view or split is {split!r}")
    return tuple(_labelled(table.parent, row, row[label]) for row in kept)


async def score_photos(look: Look, queries: Sequence[LabelledPhoto], sold: AbstractSet[str]) -> PhotoScores:
    """Ask about every query and count; `sold` are the products of the catalogue."""
    return counted(await ask_about(look, queries, sold))


async def ask_about(look: Look, queries: Sequence[LabelledPhoto], sold: AbstractSet[str]) -> Answers:
    """Ask about every query.

    Where every query is of something sold, unknown things are imitated by asking once more with the
    right product hidden: the hardest strangers there are, since its nearest kin stays.
    """
    known: list[tuple[LabelledPhoto, Ranking]] = []
    twins: list[Ranking] = []
    strangers: list[Ranking] = []
    spent_s = 0.0
    for photo in queries:
        began = time.perf_counter()
        rank = await look(photo.file)
        ranking = rank(frozenset())
        spent_s += time.perf_counter() - began
        if photo.product in sold:
            known.append((photo, ranking))
            twins.append(rank({photo.product}))
        else:
            strangers.append(ranking)
    return Answers(known=tuple(known), unknown=tuple(strangers or twins), each_s=spent_s / max(len(queries), 1))


def counted(asked: Answers) -> PhotoScores:
    """Count what was right."""
    answers, unknown = asked.known, asked.unknown
    places = [_place(photo.product, ranking) for photo, ranking in answers]
    said = [ranking.decision for _, ranking in answers]
    first = [(photo, ranking) for (photo, ranking), place in zip(answers, places, strict=True) if place == 1]
    matched = [place == 1 for place, decision in zip(places, said, strict=True) if decision is MatchDecision.MATCH]
    served = _share([is_served(photo, ranking) for photo, ranking in answers])
    rejected = _share([ranking.decision is MatchDecision.UNKNOWN for ranking in unknown])
    curve = _open_set(asked)
    return PhotoScores(
        photos=len(answers),
        recall_at_1=_share([place == 1 for place in places]),
        recall_at_5=_share([place is not None and place <= 5 for place in places]),
        mrr=_share([0.0 if place is None else 1 / place for place in places]),
        variant_right=_share([ranking.variant == photo.variant for photo, ranking in first]),
        known_kept=_share([decision is not MatchDecision.UNKNOWN for decision in said]),
        matched=_share([decision is MatchDecision.MATCH for decision in said]),
        match_precision=_share(matched),
        unknown_photos=len(unknown),
        unknown_rejected=rejected,
        unknown_matched=_share([ranking.decision is MatchDecision.MATCH for ranking in unknown]),
        decision_accuracy=_share([share for share in (served, rejected) if share is not None]),
        rejected_at_90=max((lost for _, kept, lost in curve if kept >= _KEPT), default=None),
        open_set=curve,
        ms_per_photo=round(1000 * asked.each_s, 1),
    )


def is_served(photo: LabelledPhoto, ranking: Ranking) -> bool:
    """Return whether a customer with this photo got to the product: by a right match, or by a choice that has it."""
    if ranking.decision is MatchDecision.MATCH:
        return ranking.products[:1] == (photo.product,)
    return ranking.decision is MatchDecision.ASK and photo.product in ranking.products[:_CHOICES]


def _open_set(asked: Answers) -> tuple[tuple[float, float, float], ...]:
    """Return the curve at the probabilities that were told, at most a hundred of them."""
    known = sorted(ranking.known for _, ranking in asked.known)
    unknown = [ranking.known for ranking in asked.unknown]
    if not known or not unknown:
        return ()
    edges = sorted({known[len(known) * percent // 100] for percent in range(100)})
    return tuple(
        (
            round(edge, 4),
            round(sum(one >= edge for one in known) / len(known), 4),
            round(sum(one < edge for one in unknown) / len(unknown), 4),
        )
        for edge in edges
    )


def _place(product: str, ranking: Ranking) -> int | None:
    return ranking.products.index(product) + 1 if product in ranking.products else None


def _labelled(folder: Path, row: dict[str, str], product: str) -> LabelledPhoto:
    colour = row.get("color") or row.get("colour") or ""
    variant = row.get("sku") or product
    return LabelledPhoto(
        file=folder / row["file"],
        product=product,
        variant=variant if variant != product else f"{product} {colour}".strip(),
    )


def _is_in(row: dict[str, str], split: str) -> bool:
    return any(row.get(column) in split.split(",") for column in ("view", "split"))


def _share(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
