"""Texts to catalogue pictures: "a red hoodie", "红色连帽衫".

An encoder with a text tower (CLIP) compares both itself. Without one a projection is learned on the
catalogue's own texts: from sentence vectors, in which the same meaning lies near in every language, to
the space in which pictures are compared (ridge regression). Each way is judged on the catalogue's own
texts, and one that does little better than chance is not used.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from core.photo_ports import PictureTextEncoder
from core.ports import TextEncoder, Vectors
from core.resilience import in_worker
from core.types import Language
from perception.seeing.finder import Finder
from perception.seeing.looks import Looks
from perception.seeing.vectors import unit
from perception.seeing.wordings import Wording

_RIDGE = 1e-3
"""Of a text's share in the regression; 0.0001 to 0.01 found about as much, more found less."""
_FOLDS = 5
_LEARNED, _JUDGED = 4000, 400
"""Texts at most that are learned from (5 ms each to encode), and judged on; spread over the catalogue."""
_CLEARLY = 0.25
"""Recall above chance from which a way is used."""
_NEIGHBOURS = 200
"""Nearest pictures that are gathered into products."""
_LONGEST = 500
"""Characters of a customer's text that are read."""
_HAN = re.compile(r"[\u3400-\u9fff]")

Place: TypeAlias = Callable[[Sequence[str]], Awaitable[Vectors]]
"""Puts texts where the pictures of what they say are expected."""
Found: TypeAlias = tuple[tuple[str, float], ...]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way from texts to pictures, and what it was found to be worth."""

    name: str
    """"clip" or "learned"."""
    place: Place
    recall: float
    """Of texts that it had not learned from: those with a right product among the first `depth`."""
    chance: float
    """What guessing would have found."""
    depth: int
    texts: int
    """On which it was judged."""
    nearness: Floats
    """Rising similarities of its best finds on those texts."""
    right: Floats
    """Share of the finds about as near that were right, rising too."""

    @property
    def is_usable(self) -> bool:
        """Return whether it finds clearly more than guessing would."""
        return self.recall >= self.chance + _CLEARLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptions:
    """The best way for each language of the catalogue's texts."""

    finder: Finder
    ways: Mapping[Language, Way]
    """Whether usable or not."""

    async def find(self, text: str, *, most: int = 4) -> Found:
        """Return at most `most` skus, one of each product, with the probability that they are meant, best first.

        Empty for an empty text, and where no way is usable for its language.
        """
        way = self.way(text)
        if way is None or not way.is_usable or not text.strip() or most < 1:
            return ()
        near = _products(self.finder, await way.place([text[:_LONGEST]]))[0]
        return tuple(
            (sku, round(float(np.interp(score, way.nearness, way.right)), 4))
            for sku, score in list(near.values())[:most]
        )

    def way(self, text: str) -> Way | None:
        """Return the way that a text goes; in a language without texts of its own, one that was learned elsewhere."""
        language = _language(text)
        learned = [way for way in self.ways.values() if way.name == "learned"]
        return self.ways.get(language) or next(iter(learned), None)


async def learn_descriptions(
    finder: Finder, catalogue: Sequence[Wording], encoder: object, sentences: TextEncoder | None
) -> Descriptions:
    """Learn from the catalogue's wordings, judge every way that there is, and keep the best for each language.

    `encoder` is the finder's; it is asked for texts where it has a text tower. No wordings, no pictures
    or no encoder of texts give descriptions that find nothing.
    """
    ways: dict[Language, Way] = {}
    if not catalogue or not len(finder.index):
        return Descriptions(finder=finder, ways=ways)
    tried: list[tuple[str, Place, Place]] = []
    chosen = _spread(catalogue, _LEARNED)
    if hasattr(encoder, "encode_texts"):
        place = await _by_clip(finder, [one.text for one in chosen], cast(PictureTextEncoder, encoder))
        tried.append(("clip", place, place))
    if sentences is not None:
        tried.append(("learned", *await _by_learning(finder, chosen, sentences)))
    for language in dict.fromkeys(_language(one.text) for one in chosen):
        asked = _spread([one for one in chosen if _language(one.text) == language], _JUDGED)
        judged = [await _judged(finder, name, place, held_out, asked) for name, place, held_out in tried]
        if judged:
            ways[language] = max(judged, key=lambda way: way.recall)
    return Descriptions(finder=finder, ways=ways)


async def _by_clip(finder: Finder, texts: Sequence[str], encoder: PictureTextEncoder) -> Place:
    """Return a way through the text tower, its vectors centred: texts and pictures lie apart in a CLIP's space."""
    centre = (await encoder.encode_texts(texts)).mean(axis=0)
    space = finder.space

    async def place(texts: Sequence[str]) -> Vectors:
        shapes = await encoder.encode_texts(texts) - centre + space.shape_centre
        return space.place(Looks(shapes, np.tile(space.colour_centre, (len(texts), 1))))

    return place


async def _by_learning(finder: Finder, catalogue: Sequence[Wording], sentences: TextEncoder) -> tuple[Place, Place]:
    """Return a way that was learned on all texts, and one that has not learned from those that it is asked about.

    The second holds out all wordings of one base together, so that "red X" is not known from "X"; other
    texts of the same product stay, as they do when a customer asks in words of their own.
    """
    given = await sentences.encode([one.text for one in catalogue])
    wanted = np.array([finder.index.rows(one.pictures[:8]).mean(axis=0) for one in catalogue], np.float32)
    bases = {base: number % _FOLDS for number, base in enumerate(dict.fromkeys(one.base for one in catalogue))}
    folds = np.array([bases[one.base] for one in catalogue])
    whole = await in_worker(_regression, given, wanted)
    parts = await in_worker(lambda: [_regression(given[folds != n], wanted[folds != n]) for n in range(_FOLDS)])
    fold_of = {one.text: bases[one.base] for one in catalogue}

    async def place(texts: Sequence[str]) -> Vectors:
        return whole(await sentences.encode(texts))

    async def held_out(texts: Sequence[str]) -> Vectors:
        vectors = await sentences.encode(texts)
        return np.concatenate([parts[fold_of[text]](row[None]) for text, row in zip(texts, vectors, strict=True)])

    return place, held_out


def _regression(given: Vectors, wanted: Vectors) -> Callable[[Vectors], Vectors]:
    """Return the ridge regression from one to the other."""
    if not len(given):
        return lambda rows: np.zeros((len(rows), wanted.shape[1]), np.float32)
    middle = given.mean(axis=0)
    rows = given - middle
    squares = rows.T @ rows + _RIDGE * len(rows) * np.eye(rows.shape[1], dtype=np.float32)
    weights = np.linalg.solve(squares, rows.T @ (wanted - wanted.mean(axis=0)))
    return lambda asked: unit((asked - middle) @ weights)


async def _judged(finder: Finder, name: str, place: Place, held_out: Place, asked: Sequence[Wording]) -> Way:
    vectors = await held_out([one.text for one in asked])
    found = await in_worker(_products, finder, vectors)
    products = len({product for owners in finder.owners.values() for product, _ in owners})
    depth = max(1, min(5, products // 10))
    meant = [{product for picture in one.pictures for product, _ in finder.owners[picture]} for one in asked]
    hits = [any(product in right for product in list(near)[:depth]) for near, right in zip(found, meant, strict=True)]
    guessed = [1 - (1 - min(1.0, len(right) / products)) ** depth for right in meant]
    tries = [
        (score, product in right)
        for near, right in zip(found, meant, strict=True)
        for product, (_, score) in list(near.items())[:4]
    ]
    nearness, share = _worth(np.array(tries, np.float64).reshape(-1, 2))
    return Way(
        name=name,
        place=place,
        recall=float(np.mean(hits)),
        chance=float(np.mean(guessed)),
        depth=depth,
        texts=len(asked),
        nearness=nearness,
        right=share,
    )


def _products(finder: Finder, places: Vectors) -> list[dict[str, tuple[str, float]]]:
    """Return for each place the products by their nearest picture, best first, with the sku that it shows."""
    found = []
    for nearest in finder.index.search(places, _NEIGHBOURS):
        near: dict[str, tuple[str, float]] = {}
        for picture, score in nearest:
            for product, sku in finder.owners[picture]:
                near.setdefault(product, (sku, score))
        found.append(near)
    return found


def _worth(tries: Floats) -> tuple[Floats, Floats]:
    """Return similarities with the share of finds that were right there, by tenths of the tries, both rising."""
    order = tries[np.argsort(tries[:, 0], kind="stable")]
    tenths = [part for part in np.array_split(order, 10) if len(part)]
    return (
        np.array([part[:, 0].mean() for part in tenths]),
        np.maximum.accumulate(np.array([part[:, 1].mean() for part in tenths])),
    )


def _spread(all_of: Sequence[Wording], most: int) -> Sequence[Wording]:
    return all_of if len(all_of) <= most else [all_of[at * len(all_of) // most] for at in range(most)]


def _language(text: str) -> Language:
    return "zh" if _HAN.search(text) else "en"
