"""Which of a few products a text names: by name, by what they are, in either language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.knowledge.lexicon import Lexicon, Span
from core.knowledge.option_words import Key, key, pieces
from core.shop.records import OrderItem, Product

_FULL, _KIND, _HEAD, _NARROWER, _WORD = 1.0, 0.9, 0.6, 0.5, 0.4
"""Strength of a name in full, of the kind of thing it is, of its last word or a wider kind, of a sort of it, of
another word of the name."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_EMPTY_HEADS = frozenset({"set", "kit", "pack", "piece", "unit", "collection", "套装", "组合", "套"})
_AFTER_A_WORD = frozenset("的和跟与换退要吗呢吧了有多是在、就也都坏不")
_BEGUN = 2
"""Chinese characters, or English words, at the beginning of a name that stand for it."""
_SHORTEST = 3
"""Letters of a word of a name that may stand for it ("the Chaz")."""


@dataclass(frozen=True, slots=True)
class ProductMention:
    """A product that a text names."""

    product_id: str
    start: int
    """Characters into the text."""
    end: int
    strength: float
    """1: the whole name; .9: what it is; .6: its last word or a wider one; .5: a sort of it; .4: another word."""


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    forms: dict[Key, float]
    longest: int
    concepts: frozenset[str]
    """What it is, and all that is a wider word for it."""


def product_mentions(
    text: str, products: Sequence[Product | OrderItem], lexicon: Lexicon
) -> tuple[ProductMention, ...]:
    """Return which of the products a text names, in the order of the text.

    Products that share the word that was said ("the kettle") come back each, of the same place and strength;
    a longer name wins over a shorter one that lies inside it ("electric kettle").
    """
    found: list[ProductMention] = []
    for product_id, names in {_id_and_names(product): None for product in products}:
        found += _in_text(text, product_id, _names(names, lexicon))
    found = [one for one in found if not any(_covers(other, one) for other in found)]
    spans = [span for span in _read(text, lexicon) if span.kind == "thing"]
    kept = []
    for one in found:
        within = [span for span in spans if span.start <= one.start and one.end <= span.end]
        other_thing = within and within[0].end - within[0].start > one.end - one.start
        if not other_thing or within[0].name in _concepts_of(one.product_id, products, lexicon):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: (one.start, -one.strength)))


def properly_named(text: str, products: Sequence[Product], lexicon: Lexicon) -> list[Product]:
    """Return the products of which a text has the words that are theirs alone: the 初雪 of 初雪轻薄羽绒服."""
    return [product for product in products
            if any(_is_in(_proper_name(name, lexicon), text) for name in product.names.values())]  # fmt: skip


def _is_in(word: str, text: str) -> bool:
    if not word or not word.isascii():
        return bool(word) and word in text
    return re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None


@lru_cache(maxsize=8192)
def _proper_name(name: str, lexicon: Lexicon) -> str:
    """Return what a name begins with that the lexicon knows nothing of, its brand or series: two words at most."""
    end = 0
    for span in lexicon.read(name):
        if span.kind or name[end : span.start].strip():
            break
        end = span.end
    begun = name[:end]
    if not begun.isascii():
        return begun[:_BEGUN] if len(begun) >= _BEGUN else ""
    words = begun.split()[:_BEGUN]
    return " ".join(words) if sum(map(len, words)) >= _SHORTEST else ""


def _id_and_names(product: Product | OrderItem) -> tuple[str, tuple[str, ...]]:
    names = (product.name,) if isinstance(product, OrderItem) else tuple(product.names.values())
    return product.product_id, names


def _concepts_of(product_id: str, products: Sequence[Product | OrderItem], lexicon: Lexicon) -> frozenset[str]:
    own = [_names(_id_and_names(one)[1], lexicon).concepts for one in products if one.product_id == product_id]
    return frozenset().union(*own)


def _covers(longer: ProductMention, one: ProductMention) -> bool:
    wider = longer.end - longer.start > one.end - one.start
    inside = longer.start <= one.start and one.end <= longer.end
    same = (longer.start, longer.end) == (one.start, one.end) and longer.strength > one.strength + 0.35
    return (wider and inside and longer.strength >= one.strength) or same


def _in_text(text: str, product_id: str, names: _Names) -> Iterable[ProductMention]:
    own, at = pieces(text), 0
    while at < len(own):
        step = 1
        for length in range(min(names.longest, len(own) - at), 0, -1):
            strength = names.forms.get(tuple(piece.text for piece in own[at : at + length]))
            if strength is not None and _is_word(text, own[at].start, own[at + length - 1].end):
                yield ProductMention(product_id, own[at].start, own[at + length - 1].end, strength)
                step = length
                break
        at += step


def _is_word(text: str, start: int, end: int) -> bool:
    """Return whether one Chinese character ends a word here: the 包 of 背包 and not of 包裹."""
    after = text[end : end + 1]
    return end - start > 1 or not _HAN.match(text[start]) or not _HAN.match(after) or after in _AFTER_A_WORD


@lru_cache(maxsize=1024)
def _read(text: str, lexicon: Lexicon) -> tuple[Span, ...]:
    return tuple(lexicon.read(text))


@lru_cache(maxsize=8192)
def _names(names: tuple[str, ...], lexicon: Lexicon) -> _Names:
    forms: dict[Key, float] = {}
    concepts: dict[str, None] = {}

    def enter(word: str, strength: float) -> None:
        own = key(word)
        if own:
            forms[own] = max(strength, forms.get(own, 0.0))
            if len(own) > 1 and word.isascii():
                forms.setdefault(("".join(own),), strength)

    for name in names:
        enter(name, _FULL)
        head = _without_empty_head(name)
        enter(head, _KIND)
        for tail, strength in dict.fromkeys((*_tails(name, lexicon), *_tails(head, lexicon))):
            enter(tail, strength)
            for kind in _kinds(tail, lexicon):
                for concept, how in _family(kind, _KIND if strength == _KIND else _HEAD, lexicon):
                    concepts[concept] = None
                    for word in lexicon.names["thing", concept]:
                        enter(word, how)
        for word in _own_words(name, lexicon):
            enter(word, _WORD)
    return _Names(forms, max(map(len, forms), default=0), frozenset(concepts))


def _without_empty_head(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[-1].lower() in _EMPTY_HEADS:
        words.pop()
    joined = " ".join(words)
    for ending in _EMPTY_HEADS:
        if _HAN.match(ending) and len(joined) > len(ending) + 1:
            joined = joined.removesuffix(ending)
    return joined


def _tails(head: str, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Return what a name ends in: the longest end that is a known thing, and its last word."""
    spans = [span for span in lexicon.read(head) if span.end <= len(head)]
    found: list[tuple[str, float]] = []
    things = [span for span in spans if span.kind == "thing"]
    if things:
        found.append((head[things[-1].start : things[-1].end], _KIND))
    if not _HAN.search(head):
        last = head.split()[-1] if head.split() else ""
        if last and (not things or things[-1].end == len(head)) and all(tail != last for tail, _ in found):
            found.append((last, _HEAD if things else _KIND))
    return found


def _kinds(tail: str, lexicon: Lexicon) -> list[str]:
    return [span.name for span in lexicon.read(tail) if span.kind == "thing"]


def _family(kind: str, strength: float, lexicon: Lexicon) -> list[tuple[str, float]]:
    """Return a kind of thing, the wider kinds it belongs to and the sorts of it, with their strength."""
    wider = [(name, _HEAD) for name in lexicon.broader("thing", kind)]
    sorts = [(name, _NARROWER) for (of, name), above in lexicon.parents.items() if of == "thing" and kind in above]
    loosely = [(name, _NARROWER) for name in lexicon.loosely.get(("thing", kind), ())]
    return [(kind, strength), *wider, *sorts, *loosely]


def _own_words(name: str, lexicon: Lexicon) -> list[str]:
    """Return the words of a name that the lexicon knows nothing of: a brand, a series."""
    found = []
    for span in lexicon.read(name):
        written = name[span.start : span.end]
        if not span.kind and written.isascii() and written.isalpha() and len(written) >= _SHORTEST:
            found.append(written)
    return found
