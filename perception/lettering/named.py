"""Let names that stand on a thing help to tell which product it is: "alpro" and "vanilla" on a cup of yoghurt."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

from core.shop.records import Product
from core.sights import Region
from core.types import MatchDecision, ProductMatch, SeenText

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_LIKE = 80.0
"""Likeness in percent from which a read word is taken for a word of a name: one letter of five may be wrong."""
_LONG = 4
"""Letters of a word that may be recognised with one of them wrong."""
_WEIGHT = 1.5
"""What the rarity of a word counts beside the logarithm of the index's score."""
_UNSEEN = 0.001
"""The score given to a product that the index did not think of."""
_WHOLE = 0.8
"""Share of a name that must be read to ask about a product where the index knows none."""
_MOST = 4


@dataclass(frozen=True, slots=True)
class Read:
    """How much of a product's name stands on a thing."""

    worth: float
    """Of the words that were read, in the name of the language that was read best."""
    share: float
    """Of the whole worth of that name, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Names:
    """The words of a catalogue's names, with what each is worth."""

    bearers: Mapping[str, tuple[tuple[str, str], ...]]
    """Word -> the products that bear it, with the language of the name; Chinese words are pairs of characters."""
    worth: Mapping[str, float]
    """Word -> how rare it is: the natural logarithm of the products over those that bear it."""
    whole: Mapping[tuple[str, str], float]
    """Product and language -> the worth of all words of the name."""
    latin: tuple[str, ...]
    """Words long enough to be recognised with a letter wrong."""
    skus: Mapping[str, str]
    """Product -> one of its variants."""

    def read(self, texts: Sequence[SeenText]) -> dict[str, Read]:
        """Return the products of which words were read."""
        found: Counter[tuple[str, str]] = Counter()
        for word in self._known(frozenset(word for one in texts for word in _words(one.text))):
            for name in self.bearers[word]:
                found[name] += self.worth[word]  # type: ignore[assignment]  # typeshed knows whole counts only
        best: dict[str, Read] = {}
        for (product_id, language), worth in found.most_common():
            if worth > 0:
                best.setdefault(product_id, Read(worth, worth / self.whole[product_id, language]))
        return best

    def _known(self, seen: frozenset[str]) -> set[str]:
        """Return the words of the catalogue that were read, one letter of five wrong at most."""
        known = seen & self.bearers.keys()
        long = [word for word in seen if word.isascii() and len(word) >= _LONG]
        if long and self.latin:
            alike = cdist(long, self.latin, scorer=ratio, score_cutoff=_LIKE, dtype=np.uint8).any(axis=0)
            known |= {self.latin[at] for at in np.flatnonzero(alike)}
        return set(known)

    def helped(self, matches: Sequence[ProductMatch], texts: Sequence[SeenText]) -> tuple[ProductMatch, ...]:
        """Return the candidates of a photo, re-ranked by the names that stand on each thing.

        A match stays as it is, for nobody doubts it. Names alone never make one: anybody can print a name.
        """
        things = groupby(matches, key=lambda one: one.thing)
        return tuple(match for _, own in things for match in self._of_thing(list(own), texts))

    def _of_thing(self, own: list[ProductMatch], texts: Sequence[SeenText]) -> list[ProductMatch]:
        if own[0].decision is MatchDecision.MATCH:
            return own
        named = self.read([one for one in texts if _is_within(one.region, own[0].region)])
        if not named:
            return own
        scores = {one.product_id: one.score for one in own}
        raised = {
            key: max(scores.get(key, 0.0), _UNSEEN) * math.exp(_WEIGHT * (named[key].worth if key in named else 0.0))
            for key in (scores | named)
        }
        best = sorted(raised, key=lambda key: -raised[key])[: max(len(own), _MOST)]
        whole = best[0] in named and named[best[0]].share >= _WHOLE
        decision = MatchDecision.ASK if whole else own[0].decision
        known, total = sum(scores.values()), sum(raised.values())
        by_product = {one.product_id: one for one in own}
        return [
            replace(
                by_product.get(key, own[0]),
                product_id=key,
                sku=by_product[key].sku if key in by_product else self.skus[key],
                score=round(known * raised[key] / total, 4),
                decision=decision,
            )
            for key in best
        ]


def names_of(products: Sequence[Product]) -> Names:
    """Collect the words of a catalogue."""
    names = {
        (product.product_id, language): frozenset(_words(name))
        for product in products
        for language, name in product.names.items()
    }
    bearers: dict[str, list[tuple[str, str]]] = {}
    for name, words in names.items():
        for word in words:
            bearers.setdefault(word, []).append(name)
    worth = {word: math.log(len(products) / len({key for key, _ in own})) for word, own in bearers.items()}
    return Names(
        bearers={word: tuple(own) for word, own in bearers.items()},
        worth=worth,
        whole={name: sum(worth[word] for word in words) for name, words in names.items()},
        latin=tuple(word for word in bearers if word.isascii() and len(word) >= _LONG),
        skus={product.product_id: next(iter(product.variants), "") for product in products},
    )


def _is_within(line: Region, thing: Region) -> bool:
    """Return whether the middle of a line lies in a thing."""
    x, y = (line[0] + line[2]) / 2, (line[1] + line[3]) / 2
    return thing[0] <= x <= thing[2] and thing[1] <= y <= thing[3]


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    pairs = [run[at : at + 2] for run in _HAN.findall(plain) for at in range(len(run) - 1)]
    return [*_WORD.findall(_HAN.sub(" ", plain)), *pairs]
