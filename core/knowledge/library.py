"""Find passages by words and by meaning, and say how strong the evidence is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from rapidfuzz import fuzz, process

from core.knowledge.lexicon import Lexicon
from core.knowledge.passages import TITLE, Passage, tokens
from core.ports import TextEncoder, Vectors

ENOUGH_OF_PAGE = 0.4
"""Evidence from which on a page is quoted; below it the clerk says that it does not know."""
_COSINE_FLOOR = 0.35
_COSINE_CEILING = 0.85
"""Between unrelated sentences and paraphrases, for the default encoder; what lies between is scaled to 0..1."""
_WORDS_WEIGHT = 0.6
"""The share of words in the fused score; meaning has the rest."""
_MEANING_ALONE = 0.6
"""What a perfect likeness is worth where no word is shared ("是真货吗" for "是正品吗")."""
_LETTERS_WEIGHT = 0.1
"""What nearness letter by letter adds: it decides between passages with the same words."""
_UNSEEN_WEIGHT = 1.0
"""What a word that no passage has weighs, in the largest weights seen: it speaks against every passage."""


class Reranker(Protocol):
    """A second, slower look at the best passages."""

    async def rerank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return for each text how well it answers the question, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage with its evidence."""

    passage: Passage
    coverage: float
    """The part of the question's weighty words that the passage has, 0 to 1."""
    likeness: float
    """Cosine of the nearest sentence of the passage, scaled to 0..1; 0 without an encoder."""
    score: float


@dataclass(frozen=True, slots=True)
class Library:
    """Passages with their words counted and their sentences turned into vectors."""

    passages: tuple[Passage, ...]
    lexicon: Lexicon
    weights: Mapping[str, float]
    """Token -> how telling it is: the logarithm of its rarity."""
    postings: Mapping[str, tuple[tuple[int, float], ...]]
    """Token -> the passages that have it and in how prominent a place."""
    vectors: Vectors | None
    sentences: tuple[str, ...]
    """All sentences of all passages, in lower case."""
    owners: tuple[int, ...]
    """For each sentence (and row of `vectors`) the passage it belongs to."""
    encoder: TextEncoder | None

    async def search(self, question: str, *, prefix: str = "", k: int = 5, forgiving: bool = False) -> list[Hit]:
        """Return the `k` best passages whose id begins with `prefix`, best first.

        `forgiving` leaves out words that no such passage has: of "a gift for my dad, he likes camping" only
        "camping" says what to recommend.
        """
        words = tokens(question, self.lexicon, query=True)
        if forgiving:
            words = [word for word in words if self._has(word, prefix)]
        covered = self._coverage(words)
        like = await self._likeness(question)
        close = self._closeness(question)
        hits = []
        for at, passage in enumerate(self.passages):
            if not passage.id.startswith(prefix):
                continue
            coverage, likeness = covered.get(at, 0.0), float(like[at]) if like is not None else 0.0
            score = coverage
            if like is not None:
                score = max(_WORDS_WEIGHT * coverage + (1 - _WORDS_WEIGHT) * likeness, _MEANING_ALONE * likeness)
            score += _LETTERS_WEIGHT * float(close[at])
            hits.append(Hit(passage=passage, coverage=coverage, likeness=likeness, score=score))
        return sorted(hits, key=lambda hit: -hit.score)[:k]

    def _has(self, token: str, prefix: str) -> bool:
        return any(self.passages[at].id.startswith(prefix) for at, _ in self.postings.get(token, ()))

    def named(self, token: str) -> frozenset[str]:
        """Return the ids of the passages that have a token in their title."""
        return frozenset(self.passages[at].id for at, place in self.postings.get(token, ()) if place == TITLE)

    def _coverage(self, words: Sequence[str]) -> dict[int, float]:
        heaviest = max(self.weights.values(), default=1.0) * _UNSEEN_WEIGHT
        total = sum(self.weights.get(word, heaviest) for word in words) or 1.0
        found: dict[int, float] = {}
        for word in words:
            for at, place in self.postings.get(word, ()):
                found[at] = found.get(at, 0.0) + place * self.weights[word] / total
        return found

    def _closeness(self, question: str) -> np.ndarray:
        """Return for each passage how near its nearest sentence is letter by letter, 0 to 1."""
        best = np.zeros(len(self.passages))
        if self.owners:
            ratios = process.cdist([question.lower()], self.sentences, scorer=fuzz.ratio)[0]
            np.maximum.at(best, np.asarray(self.owners), ratios / 100)
        return best

    async def _likeness(self, question: str) -> np.ndarray | None:
        if self.encoder is None or self.vectors is None or not self.owners:
            return None
        query = (await self.encoder.encode([question]))[0]
        best = np.full(len(self.passages), -1.0)
        np.maximum.at(best, np.asarray(self.owners), self.vectors @ query)
        return np.clip((best - _COSINE_FLOOR) / (_COSINE_CEILING - _COSINE_FLOOR), 0.0, 1.0)


async def build_library(
    passages: Sequence[Passage],
    lexicon: Lexicon,
    encoder: TextEncoder | None,
    *,
    passage_encoder: TextEncoder | None = None,
    reranker: Reranker | None = None,
) -> Library:
    """Count the words of all passages and encode their sentences (milliseconds each, once)."""
    postings: dict[str, list[tuple[int, float]]] = {}
    frequency: Counter[str] = Counter()
    for at, passage in enumerate(passages):
        places: dict[str, float] = {}
        for text, place in passage.fields:
            for token in tokens(text, lexicon, query=False):
                places[token] = max(place, places.get(token, 0.0))
        frequency.update(places.keys())
        for token, place in places.items():
            postings.setdefault(token, []).append((at, place))
    weights = {token: math.log(1 + len(passages) / count) for token, count in frequency.items()}
    sentences = [(at, text) for at, passage in enumerate(passages) for text in passage.sentences]
    of_passages = passage_encoder or encoder
    vectors = await of_passages.encode([text for _, text in sentences]) if of_passages and sentences else None
    return Library(
        passages=tuple(passages),
        lexicon=lexicon,
        weights=weights,
        postings={token: tuple(found) for token, found in postings.items()},
        vectors=vectors,
        sentences=tuple(text.lower() for _, text in sentences),
        owners=tuple(at for at, _ in sentences),
        encoder=encoder,
    )
