"""The things that the photos of a message show: which products each may be, and where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from core.knowledge.facts import Facts
from core.shop.records import Picture, Product
from core.sights import WHOLE, MatchDecision, ProductMatch, Region
from core.types import Message, Percept

_WORTH = 0.1
"""Share of the best candidate's score from which another is worth asking about."""

Options = tuple[tuple[str, str], ...]
PictureOf = Callable[[Picture], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A product that a thing may be, in the variant that the photo shows."""

    product_id: str
    options: Options = ()
    """Those options of the variant that a picture can show, as the record writes them."""
    score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing in one or more photos of a message."""

    photos: tuple[str, ...]
    """Content addresses of the photos that show it."""
    region: Region = WHOLE
    guesses: tuple[Guess, ...]
    """Best first: one where the index is sure, several to ask about, none for what the shop does not know."""
    source: str = ""
    """The photo or the video that shows it; two things of one photo are never the same."""
    is_doubtful: bool = False
    """Whether even the only guess is not more than likely."""

    @property
    def is_sure(self) -> bool:
        """Return whether it can be only one product."""
        return len(self.guesses) == 1


def things_in(message: Message, percept: Percept, facts: Facts, picture: PictureOf) -> tuple[Thing, ...]:
    """Return the things of a message's photos, each once though several photos or frames show it.

    What is unknown counts only where nothing else of its photo is known: a table is no product.
    """
    found: list[Thing] = []
    for thing in _each(message, percept.matches, facts, picture):
        same = next((at for at, other in enumerate(found) if _agree(other, thing)), None)
        if same is None:
            found.append(thing)
        else:
            found[same] = _joined(found[same], thing)
    known = {thing.source for thing in found if thing.guesses}
    return tuple(thing for thing in found if thing.guesses or thing.source not in known)


def shown_options(product: Product, sku: str, picture: PictureOf) -> Options:
    """Return the options of a variant that its pictures show: colour, rarely size.

    An option can be seen where each of its values has pictures of its own; sizes mostly share one.
    """
    variant = product.variants.get(sku)
    if variant is None:
        return ()
    return tuple((name, value) for name, value in variant.options.items() if _is_seen(product, name, picture))


def _each(message: Message, matches: Sequence[ProductMatch], facts: Facts, picture: PictureOf) -> list[Thing]:
    sent = {one.id: one for one in message.attachments}
    found = []
    for (photo, _), rows in groupby(matches, key=lambda one: (one.attachment_id, one.thing)):
        own = list(rows)
        part = sent.get(photo)
        thing = Thing(
            photos=(part.sha256,) if part else (photo,),
            region=own[0].region,
            guesses=_guesses(own, facts, picture),
            source=(part.video if part else "") or photo,
            is_doubtful=own[0].decision is MatchDecision.ASK,
        )
        found.append(thing)
    return found


def _guesses(rows: Sequence[ProductMatch], facts: Facts, picture: PictureOf) -> tuple[Guess, ...]:
    if rows[0].decision is MatchDecision.UNKNOWN:
        return ()
    best = rows[0].score
    likely = rows[:1] if rows[0].decision is MatchDecision.MATCH else [r for r in rows if r.score >= _WORTH * best]
    guesses: dict[str, Guess] = {}
    for row in likely:
        if product := facts.product(row.product_id):
            options = shown_options(product, row.sku, picture)
            guesses.setdefault(row.product_id, Guess(product_id=row.product_id, options=options, score=row.score))
    return tuple(guesses.values())


def _is_seen(product: Product, option: str, picture: PictureOf) -> bool:
    pictures: dict[str, set[str]] = {}
    for variant in product.variants.values():
        own = pictures.setdefault(variant.options.get(option, ""), set())
        own |= {picture(one) or one.file for one in variant.pictures[:1]}
    every = [one for own in pictures.values() for one in own]
    return len(pictures) > 1 and all(pictures.values()) and len(every) == len(set(every))


def _agree(first: Thing, second: Thing) -> bool:
    """Return whether two things are likely one: the same product in the same colour, or a guess that fits."""
    if not (first.guesses and second.guesses) or (first.source == second.source and not _is_one_video(first, second)):
        return False
    if first.is_sure and second.is_sure:
        return _key(first.guesses[0]) == _key(second.guesses[0])
    return bool({one.product_id for one in first.guesses} & {one.product_id for one in second.guesses})


def _is_one_video(first: Thing, second: Thing) -> bool:
    return not set(first.photos) & set(second.photos)


def _joined(first: Thing, second: Thing) -> Thing:
    """Return one thing of two views: what either is sure of, else what both find possible."""
    sure = next((one for one in (first, second) if one.is_sure and not one.is_doubtful), None)
    return replace(
        first,
        photos=tuple(dict.fromkeys((*first.photos, *second.photos))),
        guesses=sure.guesses if sure else _common(first, second),
        is_doubtful=sure is None,
    )


def _common(first: Thing, second: Thing) -> tuple[Guess, ...]:
    scores: Mapping[str, float] = {one.product_id: one.score for one in second.guesses}
    both = [replace(one, score=one.score + scores[one.product_id]) for one in first.guesses if one.product_id in scores]
    return tuple(sorted(both, key=lambda one: -one.score))


def _key(guess: Guess) -> tuple[str, Options]:
    return guess.product_id, guess.options
