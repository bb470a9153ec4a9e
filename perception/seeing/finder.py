"""Photos to products of the shop's own catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from core.ports import ImageEncoder, Picture, VectorIndex
from core.resilience import in_worker
from core.types import MatchDecision, ProductMatch
from perception.seeing.calibrate import Calibration, Floats
from perception.seeing.looks import Looks, look_at
from perception.seeing.pixels import checked
from perception.seeing.space import Space

_CANDIDATES = 4
"""Products that a customer can be asked to choose from."""
NEIGHBOURS = 400
"""Nearest pictures that are gathered into products."""
VARIANT_COLOUR = 0.7
"""Weight of colour where variants of one product are told apart: colour is what they differ in."""
_PLAIN = 2.5
"""Standard deviation of all pixel values below which a photo shows nothing (a black frame)."""

Owner: TypeAlias = tuple[str, str]
"""Product id and sku."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A product, and the variant of it that the photo shows most likely."""

    product_id: str
    sku: str
    score: float
    """Probability that the photo shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one photo may show."""

    decision: MatchDecision
    known: float
    """Probability that the catalogue has it at all."""
    candidates: tuple[Candidate, ...]
    """Best first."""


_NOTHING = Sighting(decision=MatchDecision.UNKNOWN, known=0.0, candidates=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Find the products that a photo may show. `build_finder` makes one from catalogue pictures."""

    encoder: ImageEncoder
    space: Space
    index: VectorIndex
    """Keys are content hashes of catalogue pictures."""
    variants: VectorIndex
    """The same pictures, with more weight on colour."""
    owners: Mapping[str, tuple[Owner, ...]]
    """Picture -> those who show it; several sizes often share one picture."""
    shown_by: Mapping[str, Sequence[str]]
    """Product -> its pictures."""
    calibration: Calibration

    async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
        """Return at most four products, best first, all with the photo's decision; empty without a catalogue.

        Raises `MediaError` when the photo is not uint8 RGB.
        """
        seen = await self.sight(photo)
        return tuple(
            ProductMatch(
                attachment_id=attachment_id,
                sku=candidate.sku,
                product_id=candidate.product_id,
                score=candidate.score,
                decision=seen.decision,
            )
            for candidate in seen.candidates[:_CANDIDATES]
        )

    async def sight(self, photo: Picture) -> Sighting:
        """Return all candidates, the decision, and how sure it is."""
        checked(photo)
        if not len(self.index):
            return _NOTHING
        looks = await look_at(self.encoder, [photo])
        seen = await in_worker(self.judge, looks)
        if float(photo.std()) < _PLAIN:
            return replace(seen, decision=MatchDecision.UNKNOWN, known=0.0)
        return seen

    def judge(
        self, looks: Looks, *, hidden: AbstractSet[str] = frozenset(), among: Collection[str] | None = None
    ) -> Sighting:
        """Return what one look (a single row) may show.

        `hidden` products are treated as if the shop did not sell them: so evaluation learns what the
        finder does with things that it cannot know. `among` are the only products that are looked for
        (a category, those in stock).
        """
        near = self._nearest(looks, hidden, among)
        if not near:
            return _NOTHING
        scores: Floats = np.array(list(near.values()), np.float64)
        known = self.calibration.is_known(scores)
        shares = known * self.calibration.shares(scores)
        skus = self._shown_variants(looks, list(near)[: 2 * _CANDIDATES])
        candidates = tuple(
            Candidate(product_id=product, sku=skus.get(product) or self._any_sku(product), score=round(float(share), 4))
            for product, share in zip(near, shares, strict=True)
        )
        if known < self.calibration.unknown_below:
            decision = MatchDecision.UNKNOWN
        else:
            sure = candidates[0].score >= self.calibration.match_from
            decision = MatchDecision.MATCH if sure else MatchDecision.ASK
        return Sighting(decision=decision, known=known, candidates=candidates)

    def _nearest(self, looks: Looks, hidden: AbstractSet[str], among: Collection[str] | None) -> dict[str, float]:
        """Return the products by their nearest picture, best first."""
        best: dict[str, float] = {}
        allowed = None if among is None else self._pictures(among)
        for picture, score in self.index.search(self.space.place(looks), NEIGHBOURS, among=allowed)[0]:
            for product, _ in self.owners[picture]:
                if product not in hidden and (among is None or product in among):
                    best.setdefault(product, score)
        return best

    def _shown_variants(self, looks: Looks, products: list[str]) -> dict[str, str]:
        shown: dict[str, str] = {}
        place = self.space.place(looks, colour_weight=VARIANT_COLOUR)
        for picture, _ in self.variants.search(place, NEIGHBOURS, among=self._pictures(products))[0]:
            for product, sku in self.owners[picture]:
                if product in products:
                    shown.setdefault(product, sku)
        return shown

    def _pictures(self, products: Collection[str]) -> list[str]:
        return [picture for product in products for picture in self.shown_by.get(product, ())]

    def _any_sku(self, product: str) -> str:
        return next(sku for owner, sku in self.owners[self.shown_by[product][0]] if owner == product)
