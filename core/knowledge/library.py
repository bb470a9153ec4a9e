"""Find passages by words and by meaning, and say how strong the evidence is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.knowledge.lexicon import Lexicon
from core.knowledge.passages import CATEGORY, MEASURE, TITLE, Passage, tokens, wider
from core.knowledge.rows import Rows, rows_of
from core.ports import TextEncoder

ENOUGH_OF_PAGE = 0.4
"""Evidence from which on a page is quoted; below it the clerk says that it does not know."""
_COSINE_FLOOR = 0.35
_COSINE_CEILING = 0.85
"""Between unrelated sentences and paraphrases, for the default encoder; what lies between is scaled to 0..1."""
_WORDS_WEIGHT = 0.6
"""The share of words in the fused score of a product; meaning has the rest."""
_MEANING_ALONE = 0.6
"""What a perfect likeness is worth where no word is shared ("是真货吗" for "是正品吗")."""
_LETTERS_WEIGHT = 0.1
"""What nearness letter by letter adds: it decides between passages with the same words."""
_WORDS_OF_PAGE, _DETAILS = 0.25, 0.3
"""The share of words in the score of a page, and of its best sentence in its likeness. Both were chosen on
`zhanggui eval retrieval`: the best passage of its 128 answerable questions is right for 84 of 100, before for 76."""
_IN_PASSING = 0.1
"""Cosine by which a sentence of the text must be nearer than the titles to count as what a page is about."""
_BARELY, _PERFECT = 0.45, 0.92
"""What becomes `ENOUGH_OF_PAGE` and 1 of that score: at the first 5 of 100 questions got a wrong answer there."""
_SORT, _WIDER = 0.85, 0.75
"""What it counts that a passage has a sort of what is asked for (a cap for a hat), or is only called the wider
thing (a hat for a cap); the next wider one counts so much less again."""
_SORT_OF = "<"
"""Before the token of a concept that a passage has only through one of its sorts."""
_UNSEEN_WEIGHT = 1.0
"""What a word that no passage has weighs, in the largest weights seen: it speaks against every passage."""
_CANDIDATES = 50
"""Passages whose letters are compared, and that a reranker reads some of."""
_RERANKED = 10


class Reranker(Protocol):
    """A second, slower look at the best passages, such as a cross-encoder's."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Passages with their words counted and their sentences turned into vectors."""

    passages: tuple[Passage, ...]
    lexicon: Lexicon
    weights: Mapping[str, float]
    """Token -> how telling it is: the logarithm of its rarity."""
    heaviest: float
    """The largest of these weights."""
    postings: Mapping[str, tuple[NDArray[np.intp], NDArray[np.float64]]]
    """Token -> the passages that have it, and in how prominent a place."""
    sentences: Rows
    details: Rows
    encoder: TextEncoder | None
    reranker: Reranker | None = None
    _masks: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    async def search(self, question: str, *, prefix: str = "", k: int = 5, forgiving: bool = False) -> list[Hit]:
        """Return the `k` best passages whose id begins with `prefix`, best first.

        `forgiving` leaves out words that no such passage has: of "a gift for my dad, he likes camping" only
        "camping" says what to recommend.
        """
        mask = self._mask(prefix)
        if not mask.any():
            return []
        words = tokens(question, self.lexicon, query=True)
        words = [word for word in words if word in self.postings or not word.startswith(MEASURE)]
        if forgiving:
            words = [word for word in words if any(mask[found].any() for found, _ in self._places(word))]
        covered = self._coverage(words)
        likeness, scores = await self._fused(question, covered)
        best = self._closest(question, np.where(mask, scores, -np.inf), max(_CANDIDATES, k))
        hits = [
            Hit(passage=self.passages[at], coverage=float(covered[at]), likeness=float(likeness[at]), score=score)
            for at, score in best
        ]
        return (await self._reranked(question, hits))[:k]

    def vectors(self, prefix: str) -> dict[str, NDArray[np.float32]]:
        """Return one unit vector for each passage whose id begins with `prefix`; none without an encoder."""
        rows = self.sentences
        if rows.vectors is None or not len(rows.owners):
            return {}
        sums = np.add.reduceat(rows.vectors, rows.starts, axis=0)
        units = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        ids = (self.passages[at].id for at in rows.owners)
        return {one: unit for one, unit in zip(ids, units, strict=True) if one.startswith(prefix)}

    def named(self, token: str) -> frozenset[str]:
        """Return the ids of the passages that have a token or a sort of it in their title, else the wider thing."""
        own = self._titled(token) | self._titled(_SORT_OF + token)
        if own:
            return own
        called = (self._titled(above, least=TITLE) for above in wider(token, self.lexicon))
        return next(filter(None, called), frozenset())

    def _titled(self, token: str, *, least: float = CATEGORY) -> frozenset[str]:
        found, places = self.postings.get(token, ((), ()))
        return frozenset(self.passages[at].id for at, place in zip(found, places, strict=True) if place >= least)

    def _places(self, word: str) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
        """Return where a word stands, itself, in a sort of it and in what it is a sort of, with what that counts."""
        found = []
        for way, share in ((word, 1.0), (_SORT_OF + word, _SORT)):
            if way in self.postings:
                found.append((self.postings[way][0], self.postings[way][1] * share))
        for step, above in enumerate(wider(word, self.lexicon), start=1):
            if above in self.postings:
                at, place = self.postings[above]
                found.append((at[place >= TITLE], place[place >= TITLE] * _WIDER**step))
        return found

    def _weight(self, word: str) -> float:
        """Return how telling a word is; of a word that stands nowhere, its sorts or what it is a sort of."""
        ways = (word, _SORT_OF + word, *wider(word, self.lexicon))
        return next((self.weights[way] for way in ways if way in self.weights), self.heaviest * _UNSEEN_WEIGHT)

    def _mask(self, prefix: str) -> NDArray[np.bool_]:
        if prefix not in self._masks:
            self._masks[prefix] = np.asarray([one.id.startswith(prefix) for one in self.passages], dtype=np.bool_)
        return self._masks[prefix]

    def _coverage(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return for each passage the part of the words' weight that it has."""
        total = sum(self._weight(word) for word in words) or 1.0
        found = np.zeros(len(self.passages))
        for word in words:
            has = np.zeros(len(self.passages))
            for at, place in self._places(word):
                has[at] = np.maximum(has[at], place)
            found += has * (self._weight(word) / total)
        return found

    async def _fused(
        self, question: str, covered: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return for each passage its likeness and its score by words and meaning."""
        if self.encoder is None or self.sentences.vectors is None:
            return np.zeros(len(covered)), covered
        query = (await self.encoder.encode([question]))[0]
        near = self.sentences.nearest(query, len(covered))
        inside = self.details.nearest(query, len(covered))
        like = np.clip((near - _COSINE_FLOOR) / (_COSINE_CEILING - _COSINE_FLOOR), 0.0, 1.0)
        of_record = np.maximum(_WORDS_WEIGHT * covered + (1 - _WORDS_WEIGHT) * like, _MEANING_ALONE * like)
        meant = (1 - _DETAILS) * np.maximum(near, inside - _IN_PASSING) + _DETAILS * inside
        of_page = _WORDS_OF_PAGE * covered + (1 - _WORDS_OF_PAGE) * meant
        of_page = ENOUGH_OF_PAGE + (of_page - _BARELY) * (1 - ENOUGH_OF_PAGE) / (_PERFECT - _BARELY)
        return like.astype(np.float64), np.where(inside > -1.0, np.maximum(of_page, 0.0), of_record)

    def _closest(self, question: str, scores: NDArray[np.float64], most: int) -> list[tuple[int, float]]:
        """Return the best passages with what the nearness of their letters adds, best first."""
        near = np.argsort(-scores, kind="stable")[:most]
        some = [int(at) for at in near if scores[at] > -np.inf]
        letters = self.sentences.closest(question.lower(), some)
        added = [(at, float(scores[at]) + _LETTERS_WEIGHT * letters.get(at, 0.0)) for at in some]
        return sorted(added, key=lambda one: -one[1])

    async def _reranked(self, question: str, hits: list[Hit]) -> list[Hit]:
        if self.reranker is None or not hits:
            return hits
        read, rest = hits[:_RERANKED], hits[_RERANKED:]
        texts = ["\n".join(text for text, _ in hit.passage.fields) for hit in read]
        judged = await self.reranker.rerank(question, texts)
        # The reranker orders; how sure the best one is, both say together.
        again = sorted(zip(judged, read, strict=True), key=lambda one: -one[0])
        return [*(replace(hit, score=(hit.score + value) / 2) for value, hit in again), *rest]


async def build_library(
    passages: Sequence[Passage],
    lexicon: Lexicon,
    encoder: TextEncoder | None,
    *,
    passage_encoder: TextEncoder | None = None,
    reranker: Reranker | None = None,
) -> Library:
    """Count the words of all passages and encode their sentences.

    `passage_encoder` encodes the passages where that is not `encoder`, such as one that remembers them.
    """
    postings: dict[str, list[tuple[int, float]]] = {}
    frequency: Counter[str] = Counter()
    for at, passage in enumerate(passages):
        places: dict[str, float] = {}
        for text, place in passage.fields:
            for token in tokens(text, lexicon, query=False):
                for way in (token, *(_SORT_OF + above for above in wider(token, lexicon))):
                    places[way] = max(place, places.get(way, 0.0))
        for above in {above for token in places if places[token] == TITLE for above in wider(token, lexicon)}:
            if places.get(above) == TITLE:  # of 笔记本 and notebook in one title the narrower word tells what it is
                del places[above]
        frequency.update(places.keys())
        for token, place in places.items():
            postings.setdefault(token, []).append((at, place))
    weights = {token: math.log(1 + len(passages) / count) for token, count in frequency.items()}
    of_passages = passage_encoder if passage_encoder and encoder else encoder
    return Library(
        passages=tuple(passages),
        lexicon=lexicon,
        weights=weights,
        heaviest=max(weights.values(), default=1.0),
        postings={token: _columns(found) for token, found in postings.items()},
        sentences=await rows_of([passage.sentences for passage in passages], of_passages),
        details=await rows_of([passage.details for passage in passages], of_passages),
        encoder=encoder,
        reranker=reranker,
    )


def _columns(found: Sequence[tuple[int, float]]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    return np.asarray([at for at, _ in found], dtype=np.intp), np.asarray([place for _, place in found])
