"""Change wishes by what the customer says later: more of it, something else, less of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.dialogue.wishes.goods import read_options
from core.dialogue.wishes.wish import Line, Options, Wish
from core.knowledge.lexicon import Lexicon
from core.shop.records import Product
from core.understand.deeds import Deed

_ONLY = re.compile(r"\b(?:only|just)\b|只|仅|就(?:换|退|要|办)", re.IGNORECASE | re.ASCII)


_KEEPS = re.compile(
    r"\b(?:keep(?:ing)?|leave|not|don'?t (?:return|exchange|cancel|change|touch))\b.{0,40}\b(?:the|my|that|this)\b"
    r"|留(?:着|下)?|不(?:用|要)?(?:退|换|改|动)(?:了|货)?",
    re.IGNORECASE | re.ASCII,
)
"""Words by which goods are taken out of what was going to be done."""
_CLAUSE = re.compile(r"[,，;；。.!！]\s*|\s+(?:but|and)\s+")


def restricts(text: str) -> bool:
    """Return whether the words keep a part and drop the rest: "only the lamp"."""
    return bool(_ONLY.search(text))


def restricted(wishes: Sequence[Wish], told: Wish) -> list[Wish]:
    """Return the wishes with the goods that were named only."""
    named = {key for line in told.lines for key in line.product_id.split("|")}
    kept = [
        replace(wish, lines=tuple(line for line in wish.lines if named & set(line.product_id.split("|"))))
        for wish in wishes
    ]
    return [wish for wish in kept if wish.lines] or list(wishes)


def kept_goods(text: str) -> tuple[str, str]:
    """Return the clauses that take something back ("keep the pen", "水壶不退了"), and the words without them."""
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    taken = [clause for clause in clauses if _KEEPS.search(clause)]
    return ", ".join(taken), ", ".join(clause for clause in clauses if clause not in taken)


def spared(wishes: Sequence[Wish], products: Sequence[str]) -> list[Wish]:
    """Return the wishes without these products: "all but the kettle"; one that is left with none is dropped."""
    changed = []
    for wish in wishes:
        lines = tuple(line for line in wish.lines if not set(line.product_id.split("|")) & set(products))
        if wish.has_goods and wish.lines and not lines:
            continue
        changed.append(replace(wish, lines=lines, spared=(*wish.spared, *products)) if wish.has_goods else wish)
    return changed


def without_place(wish: Wish, place: int) -> Wish:
    """Return the wish without its item at a place as it was read out, from 1; -1 is the last."""
    at = place - 1 if place > 0 else len(wish.lines) - 1
    if len(wish.lines) < 2 or not 0 <= at < len(wish.lines):
        return wish
    return replace(wish, lines=(*wish.lines[:at], *wish.lines[at + 1 :]))


def merged(old: Wish, new: Wish) -> Wish:
    """Return a wish with what was said of it now; what was said before stays where nothing new was."""
    lines = list(old.lines)
    for line in new.lines:
        at = next((at for at, known in enumerate(lines) if _is_same(known, line)), None)
        if at is None:
            lines.append(line)
        else:
            lines[at] = _with(lines[at], line)
    return replace(
        old,
        sure=old.sure or new.sure,
        order_id=new.order_id or old.order_id,
        everything=old.everything or new.everything,
        lines=tuple(lines),
        spared=tuple(key for key in (*old.spared, *new.spared) if key not in {line.product_id for line in new.lines}),
        reason=new.reason or old.reason,
        payment=new.payment or old.payment,
        address=_address(old, new),
        address_ref=new.address_ref or ("" if new.address else old.address_ref),
    )


def _address(old: Wish, new: Wish) -> Options:
    """Return the address with the parts that were said now.

    Another street has no flat of the old one, and with another city or zip it is another address.
    """
    said, known = dict(new.address), dict(old.address)
    if "address1" in said:
        known.pop("address2", None)
    if "address1" in said and said.keys() & {"city", "zip"}:
        known = {}
    return tuple({**known, **said}.items())


def told_of_lines(
    wish: Wish, text: str, products: Mapping[str, Product], lexicon: Lexicon, *, only: int | None
) -> Wish:
    """Return the wish with options that were said without naming goods: "a red one", "the same"; `only` of one line."""
    lines = list(wish.lines)
    for at, line in enumerate(lines):
        if only is not None and at != only:
            continue
        known = [products[key] for key in line.product_id.split("|") if key in products]
        options, superlative, same = read_options(text, line, known, lexicon)
        if not (options or superlative or same):
            continue
        if wish.deed is Deed.SWAP and line.place is not None:
            lines[at] = _with(
                line, Line(product_id=line.product_id, wanted=options, superlative=superlative, same=same)
            )
        else:
            lines[at] = replace(line, having=options or line.having)
    return replace(wish, lines=tuple(lines))


def picked(wish: Wish, *, item_place: str, new_item: str, line: int | None) -> Wish:
    """Return the wish with what the customer chose from a list: an item of an order, or a variant."""
    lines = list(wish.lines)
    if new_item and lines:
        at = line if line is not None and line < len(lines) else len(lines) - 1
        lines[at] = replace(lines[at], new_item_id=new_item, same=False)
    if item_place:
        order_id, _, place = item_place.partition("/")
        if line is None or line >= len(lines):
            lines.append(Line(product_id="", order_id=order_id, place=int(place)))
        else:
            lines[line] = replace(lines[line], order_id=order_id, place=int(place))
    return replace(wish, lines=tuple(lines))


def _is_same(known: Line, line: Line) -> bool:
    return bool(set(known.product_id.split("|")) & set(line.product_id.split("|")))


def _with(known: Line, said: Line) -> Line:
    """Return a line with what is wanted now; a wish for the very same undoes what was wanted before."""
    if not (said.wanted or said.superlative or said.same or said.having):
        return known
    wanted = {} if said.same and not said.wanted else dict(known.wanted)
    wanted |= dict(said.wanted)
    if known.place is not None and not said.wanted:
        wanted |= dict(said.having)
    return replace(
        known,
        having=known.having if known.place is not None else (said.having or known.having),
        wanted=tuple(wanted.items()),
        superlative=said.superlative if said.superlative or said.wanted else known.superlative,
        same=said.same,
        new_item_id="",
    )
