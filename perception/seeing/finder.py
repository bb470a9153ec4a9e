"""Photos to products of the shop's own catalogue."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from core.ports import ImageEncoder, Picture, VectorIndex
from core.resilience import in_worker
from core.sights import WHOLE
from core.types import MatchDecision, ProductMatch
from perception.seeing.calibrate import Calibration, Floats
from perception.seeing.head import Head
from perception.seeing.looks import Looks, look_at
from perception.seeing.pixels import checked, shrunk
from perception.seeing.space import Space
from perception.seeing.things import part, things_in

_CANDIDATES = 4
"""Products that a customer can be asked to choose from."""
_NEIGHBOURS = 200
"""Nearest pictures among which the likeliest are sought."""
_COMPARED = 64
"""Of these, pictures that the head compares with the photo place by place, 0.3 ms each."""
_HALVES = ThreadPoolExecutor(2, thread_name_prefix="compare")
"""Compares one half of them beside the other; its jobs wait for none of another pool."""
VARIANT_COLOUR = 0.7
"""Weight of colour where variants of one product are told apart: colour is what they differ in."""
_PLAIN = 2.5
"""Standard deviation of the pixel values below which a photo shows nothing (a black frame)."""
_SOME = 4
"""One row and column of so many is enough to tell."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A product, by its pictures: one may show the colour that the photo has, another the posture."""

    product_id: str
    score: float
    marks: Floats
    """See `Head.marks`; of each the best that any picture of the product has."""


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
    looks_of: Callable[[Sequence[str]], Looks]
    """Reads the looks of pictures by their keys, a row each."""
    head: Head
    owners: Mapping[str, tuple[Owner, ...]]
    """Picture -> those who show it; several sizes often share one picture."""
    shown_by: Mapping[str, Sequence[str]]
    """Product -> its pictures."""
    calibration: Calibration
    things: int = 4
    """Looked for in one photo at most."""

    async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
        """Return at most four products of each thing, best first, all with the thing's decision.

        Several things are told apart where they lie on a plain ground, and only where two of them are
        found, more surely than the whole photo is as one thing of several parts (a pair of shoes). Empty
        without a catalogue. Raises `MediaError` when the photo is not uint8 RGB.
        """
        small = await in_worker(shrunk, checked(photo))
        regions = await in_worker(lambda: things_in(small, most=self.things))
        seen = [(region, await self.sight(small if region == WHOLE else part(photo, region))) for region in regions]
        found = [(region, one) for region, one in seen if one.decision is not MatchDecision.UNKNOWN]
        if len(regions) == 1:
            found = seen
        else:
            whole = await self.sight(small)
            if not _are_several([one for _, one in found], whole):
                found = [(WHOLE, whole)]
        return tuple(
            ProductMatch(
                attachment_id=attachment_id,
                sku=candidate.sku,
                product_id=candidate.product_id,
                score=candidate.score,
                decision=one.decision,
                thing=number,
                region=region,
            )
            for number, (region, one) in enumerate(found)
            for candidate in one.candidates[:_CANDIDATES]
        )

    async def sight(self, photo: Picture) -> Sighting:
        """Return all candidates, the decision, and how sure it is."""
        checked(photo)
        if not len(self.index):
            return _NOTHING
        small = await in_worker(shrunk, photo)
        looks = await look_at(self.encoder, [small])
        seen = await in_worker(self.judge, looks)
        if float(small[::_SOME, ::_SOME].std()) < _PLAIN:
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
        near = self.compare(looks, hidden=hidden, among=among)
        if not near:
            return _NOTHING
        scores: Floats = np.array([one.score for one in near], np.float64)
        known = self.calibration.is_known(scores, near[0].marks)
        shares = known * self.calibration.shares(scores)
        skus = self._shown_variants(looks, [one.product_id for one in near[: 2 * _CANDIDATES]])
        candidates = tuple(
            Candidate(
                product_id=one.product_id,
                sku=skus.get(one.product_id) or self._any_sku(one.product_id),
                score=round(float(share), 4),
            )
            for one, share in zip(near, shares, strict=True)
        )
        if known < self.calibration.unknown_below:
            decision = MatchDecision.UNKNOWN
        else:
            sure = candidates[0].score >= self.calibration.match_from
            decision = MatchDecision.MATCH if sure else MatchDecision.ASK
        return Sighting(decision=decision, known=known, candidates=candidates)

    def compare(
        self,
        looks: Looks,
        *,
        hidden: AbstractSet[str] = frozenset(),
        among: Collection[str] | None = None,
        without: str = "",
    ) -> list[Compared]:
        """Return the likeliest products with the head's scores, best first; `without` is a picture left out.

        `hidden` and `among` as in `judge`.
        """
        allowed = None if among is None else self._pictures(among)
        found = self.index.search(self.space.place(looks), _NEIGHBOURS, among=allowed)[0]
        shown = {key: self._products(key, hidden, among) for key, _ in found if key != without}
        keys = [key for key, products in shown.items() if products][:_COMPARED]
        if not keys:
            return []
        half = (len(keys) + 1) // 2
        parts = [part for part in (keys[:half], keys[half:]) if part]
        marks = np.concatenate(list(_HALVES.map(lambda part: self._marks(looks, part), parts)))
        own: dict[str, list[int]] = {}
        for at, key in enumerate(keys):
            for product in shown[key]:
                own.setdefault(product, []).append(at)
        best = [marks[places].max(axis=0) for places in own.values()]
        compared = [
            Compared(product_id=product, score=float(score), marks=most)
            for product, score, most in zip(own, self.head.scores(np.array(best)), best, strict=True)
        ]
        return sorted(compared, key=lambda one: -one.score)

    def _marks(self, looks: Looks, keys: Sequence[str]) -> Floats:
        return self.head.marks(self.space, looks, self.looks_of(keys))

    def _shown_variants(self, looks: Looks, products: list[str]) -> dict[str, str]:
        shown: dict[str, str] = {}
        place = self.space.place(looks, colour_weight=VARIANT_COLOUR)
        for picture, _ in self.variants.search(place, _NEIGHBOURS, among=self._pictures(products))[0]:
            for product, sku in self.owners[picture]:
                if product in products:
                    shown.setdefault(product, sku)
        return shown

    def _products(self, picture: str, hidden: AbstractSet[str], among: Collection[str] | None) -> list[str]:
        shown = [product for product, _ in self.owners[picture] if product not in hidden]
        return shown if among is None else [product for product in shown if product in among]

    def _pictures(self, products: Collection[str]) -> list[str]:
        return [picture for product in products for picture in self.shown_by.get(product, ())]

    def _any_sku(self, product: str) -> str:
        return next(sku for owner, sku in self.owners[self.shown_by[product][0]] if owner == product)


def _are_several(things: Sequence[Sighting], whole: Sighting) -> bool:
    """Return whether a photo shows several products rather than the parts of one."""
    if len({one.candidates[0].product_id for one in things}) < 2:
        return False
    surest = sum(one.candidates[0].score for one in things) / len(things)
    return surest >= whole.candidates[0].score
