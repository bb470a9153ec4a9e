"""Let names that stand on a thing help to tell which product it is: "alpro" and "vanilla" on a cup of yoghurt."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rapidfuzz.fuzz import ratio

from core.shop.records import Product
from core.sights import Region
from core.types import MatchDecision, ProductMatch, SeenText

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_LIKE = 80.0
"""Likeness in percent from which a read word is taken for a word of a name: one letter of five may be wrong."""
_WEIGHT = 1.5
"""What the rarity of a word counts beside the logarithm of the index's score."""
_UNSEEN = 0.001
"""The score given to a product that the index did not think of."""
_WHOLE = 0.8
"""Share of a name that must be read to ask about a product where the index knows none."""
_MOST = 4


@dataclass(frozen=True, slots=True)
class Names:
    """The words of each product's names, with what each is worth."""

    words: Mapping[str, frozenset[str]]
    """Product -> the words of its names in all languages; Chinese ones in pairs of characters."""
    worth: Mapping[str, float]
    """Word -> how rare it is: the natural logarithm of the products over those that bear it."""
    skus: Mapping[str, str]
    """Product -> one of its variants."""

    def read(self, texts: Sequence[SeenText]) -> dict[str, float]:
        """Return the products of which words were read, with the worth of those words."""
        seen = frozenset(word for one in texts for word in _words(one.text))
        known = {word: value for word, value in self.worth.items() if _stands(word, seen)}
        found = {key: sum(known[word] for word in own & known.keys()) for key, own in self.words.items()}
        return {key: value for key, value in found.items() if value > 0}

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
        scores = {one.product_id: one.score for one in own}
        keys = [*scores, *(key for key in named if key not in scores)]
        raised = {key: max(scores.get(key, 0.0), _UNSEEN) * math.exp(_WEIGHT * named.get(key, 0.0)) for key in keys}
        best = sorted(keys, key=lambda key: -raised[key])[: max(len(own), _MOST)]
        if not named:
            return own
        whole = self._covered(best[0], named) >= _WHOLE
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

    def _covered(self, product_id: str, named: Mapping[str, float]) -> float:
        """Return the share of a product's name, by worth, that was read."""
        return named.get(product_id, 0.0) / max(sum(self.worth[word] for word in self.words[product_id]), 1e-9)


def names_of(products: Sequence[Product]) -> Names:
    """Collect the words of a catalogue."""
    words = {
        product.product_id: frozenset(word for name in product.names.values() for word in _words(name))
        for product in products
    }
    skus = {product.product_id: next(iter(product.variants), "") for product in products}
    count = Counter(word for own in words.values() for word in own)
    worth = {word: math.log(len(words) / many) for word, many in count.items()}
    return Names(words, worth, skus)


def _is_within(line: Region, thing: Region) -> bool:
    """Return whether the middle of a line lies in a thing."""
    x, y = (line[0] + line[2]) / 2, (line[1] + line[3]) / 2
    return thing[0] <= x <= thing[2] and thing[1] <= y <= thing[3]


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    pairs = [run[at : at + 2] for run in _HAN.findall(plain) for at in range(len(run) - 1)]
    return [*_WORD.findall(_HAN.sub(" ", plain)), *pairs]


def _stands(word: str, seen: frozenset[str]) -> bool:
    if word in seen:
        return True
    return (
        len(word) > 3
        and word.isascii()
        and any(abs(len(one) - len(word)) <= 2 and ratio(word, one, score_cutoff=_LIKE) for one in seen)
    )
