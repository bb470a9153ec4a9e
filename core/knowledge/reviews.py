"""What customers' reviews of a product say together: counts, what is praised and criticised, short quotes.

Reviews are untrusted. One that speaks to the clerk, or that leads away from the shop, counts for nothing and is
never quoted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from core.knowledge.chunks import language_of
from core.knowledge.imports.text import visible
from core.knowledge.instructions import speaks_to_clerk
from core.knowledge.sentences import sentences
from core.shop.records import Product, Review, Texts
from core.types import Language

FILE = Path(str(files("assets"))) / "knowledge" / "reviews.yaml"

_ASPECTS = 3
"""Praised and criticised aspects that are told."""
_QUOTE_CHARS = 110
_SHORTEST_QUOTE = 4
_GOOD, _BAD = 4, 2
"""Stars from which on, and up to which, a review without telling words is praise or blame."""
_BEFORE = 8
"""Characters before a telling word in which a negation turns it round; in English three words."""
_LEADS_AWAY = re.compile(
    r"https?://|www\.|\b[\w.+-]+@[\w-]+\.\w+|\bwhats ?app\b|telegram|微信|加[vV]|QQ\s*[:：]?\s*\d"
    r"|\d(?:[ ().-]{0,2}\d){6,}",
    re.I,
)
"""Links, addresses, and the long numbers of telephones, orders and cards, which are nobody's business."""
_CLAUSE = re.compile(
    r"[,，、;；]|\bbut\b|\bhowever\b|\balthough\b|\bthough\b|\bexcept\b|但是?|不过|可是|就是|只是", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A short sentence of one review."""

    place: int
    """1, 2, ... among the product's reviews: the fragment of its citation."""
    rating: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the trusted reviews of one product say."""

    count: int
    mean: float
    """Stars, 1 to 5; 0 without reviews."""
    praised: tuple[Texts, ...]
    """Names of aspects, the most often praised first."""
    criticised: tuple[Texts, ...]
    quotes: tuple[Quote, ...]
    """At most one of praise and one of blame, of reviews that fit their sentence."""
    left_out: int
    """Reviews that were not trusted."""


def summary_of(product: Product, language: Language) -> Summary:
    """Sum up a product's reviews; quotes in `language` come first."""
    words = _words()
    trusted = [(at, one) for at, one in enumerate(product.reviews, start=1) if is_trusted(one)]
    praise, blame = Counter[str](), Counter[str]()
    found: list[_Opinion] = []
    for place, review in trusted:
        opinions = list(_opinions(review, place, words))
        praise.update({aspect for opinion in opinions if opinion.praises for aspect in opinion.aspects})
        blame.update({aspect for opinion in opinions if not opinion.praises for aspect in opinion.aspects})
        found += opinions
    praised = [aspect for aspect, many in praise.most_common() if many >= blame[aspect]][:_ASPECTS]
    criticised = [aspect for aspect, many in blame.most_common() if many > praise[aspect] or aspect not in praised]
    return Summary(
        count=len(trusted),
        mean=round(sum(review.rating for _, review in trusted) / len(trusted), 1) if trusted else 0.0,
        praised=tuple(words.aspects[aspect] for aspect in praised),
        criticised=tuple(words.aspects[aspect] for aspect in criticised[:_ASPECTS]),
        quotes=tuple(
            quote
            for praises, aspects in ((True, praised), (False, criticised))
            if (quote := _quote(found, aspects, language, praises=praises)) is not None
        ),
        left_out=len(product.reviews) - len(trusted),
    )


def is_trusted(review: Review) -> bool:
    """Return whether a review speaks to other customers only."""
    text = visible(f"{review.title}\n{review.text}")
    return not _LEADS_AWAY.search(text) and not speaks_to_clerk(text) and not speaks_to_clerk(review.reviewer)


@dataclass(frozen=True, slots=True)
class _Words:
    aspects: Mapping[str, Texts]
    names: Mapping[str, re.Pattern[str]]
    praise: re.Pattern[str]
    blame: re.Pattern[str]
    negations: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Opinion:
    place: int
    rating: int
    text: str
    aspects: tuple[str, ...]
    praises: bool
    told: bool
    """Whether its words say so, and not only the review's stars."""


def _opinions(review: Review, place: int, words: _Words) -> list[_Opinion]:
    """Return what each clause of a review praises or blames; of "nice, but small" two.

    Only where no clause says either of anything, the stars decide about what it speaks of.
    """
    found = []
    whole = visible(review.text) or visible(review.title)
    for sentence in sentences(whole):
        for clause in filter(None, (part.strip() for part in _CLAUSE.split(sentence))):
            aspects = tuple(name for name, pattern in words.names.items() if pattern.search(clause))
            tone = _tone(clause, words)
            if tone or aspects:
                found.append(_Opinion(place, review.rating, sentence, aspects, tone > 0, tone != 0))
    told = [opinion for opinion in found if opinion.told]
    by_stars = (review.rating >= _GOOD) - (review.rating <= _BAD)
    if by_stars and not any(opinion.aspects for opinion in told):
        told += [replace(opinion, praises=by_stars > 0) for opinion in found if not opinion.told]
    return told


def _tone(clause: str, words: _Words) -> int:
    """Return whether a clause praises (positive) or blames (negative); a negation before a word turns it round."""
    score = 0
    for pattern, sign in ((words.praise, 1), (words.blame, -1)):
        for told in pattern.finditer(clause):
            before = clause[: told.start()]
            near = " ".join(before.split()[-3:]) if before.isascii() else before[-_BEFORE:]
            score += -sign if words.negations.search(near) else sign
    return score


def _quote(found: Sequence[_Opinion], aspects: Sequence[str], language: Language, *, praises: bool) -> Quote | None:
    """Return the sentence that says most of what is praised or blamed, whose review's stars agree with it."""
    fits = [
        opinion
        for opinion in found
        if opinion.told
        and opinion.praises == praises
        and (opinion.rating >= _GOOD if praises else opinion.rating < _GOOD)
        and _SHORTEST_QUOTE <= len(opinion.text) <= _QUOTE_CHARS
    ]
    if not fits:
        return None
    best = max(
        fits, key=lambda one: (language_of(one.text) == language, len(set(one.aspects) & set(aspects)), -one.place)
    )
    return Quote(place=best.place, rating=best.rating, text=best.text)


@cache
def _words(file: Path = FILE) -> _Words:
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    return _Words(
        aspects={name: {"zh": one["zh"], "en": one["en"]} for name, one in raw["aspects"].items()},
        names={name: _any_of(one["words"]) for name, one in raw["aspects"].items()},
        praise=_any_of(raw["praise"]),
        blame=_any_of(raw["blame"]),
        negations=_any_of(raw["negations"]),
    )


def _any_of(words: Sequence[object]) -> re.Pattern[str]:
    """Return a pattern for any of the words, the longest first; Latin ones stand alone."""
    patterns = []
    for word in sorted(map(str, words), key=len, reverse=True):
        bare = re.escape(word.rstrip("*"))
        ending = r"\w*" if word.endswith("*") else ""
        patterns.append(rf"\b{bare}{ending}\b" if word.isascii() else bare)
    return re.compile("|".join(patterns), re.IGNORECASE)
