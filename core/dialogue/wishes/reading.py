"""From a customer's words to wishes: which deeds, which orders, which goods, and what else was said to them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.dialogue.photo_orders import Goods, goods_in
from core.dialogue.wishes.changing import merged
from core.dialogue.wishes.goods import read_lines
from core.dialogue.wishes.placing import EVERY, RECENT
from core.dialogue.wishes.wish import Line, Options, Wish
from core.knowledge.lexicon import Lexicon
from core.shop.records import Product
from core.types import Entity
from core.understand.deeds import Deed, Stretch, stretches

_NUMBER = re.compile(
    r"#\s?[^\s,，。;；!！?？()（）#]*\d[^\s,，。;；!！?？()（）#]*|(?<![A-Za-z0-9])[A-Za-z]{1,3}\d{6,}", re.ASCII
)
"""What a customer means as an order's number."""
_EXCEPT = re.compile(
    r"\b(?:except(?: for)?|but not|apart from|other than|besides|excluding)\b|除了|除去", re.IGNORECASE | re.ASCII
)
_BORROWS = re.compile(
    r"\b(?:same|as|to|use|like|match(?:es|ing)?|with|be)\b|一样|相同|一致|同|跟|和|按|照|成|为",
    re.IGNORECASE | re.ASCII,
)
_BECOMES_SHOWN = re.compile(
    r"(?:换成|换为|改成|改为|变成|换到)(?:我)?(?:照片|图片?|这|上面)"
    r"|\b(?:for|to|into|with) (?:this|that|the) (?:one|colou?r)\b"
    r"|\b(?:for|to|into|with) (?:the (?:one|colou?r) )?(?:in|on) (?:the|my|this) (?:photo|picture|pic)\b",
    re.IGNORECASE,
)
"""That goods should become what a photo shows, and are not what it shows."""
_REACH = 12
_ALL_ORDERS = re.compile(
    r"\b(?:all|every|both|any)(?: (?:of )?(?:my|the|these|those))?(?: \w+){0,2} orders?\b"
    r"|所有的?(?:[\u4e00-\u9fff]{0,4})订单|全部(?:的)?订单|(?:两|几|每)个订单都?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A customer's words with what the rules found in them."""

    text: str
    """Normalised."""
    entities: tuple[Entity, ...]

    @staticmethod
    def kept(text: str, entities: Sequence[Sequence[str | int]]) -> Said:
        """Return the words as they were kept for later: each entity as kind, value, text, start and end."""
        return Said(
            text=text,
            entities=tuple(
                Entity(kind=str(kind), value=str(value), text=str(words), start=int(start), end=int(end))
                for kind, value, words, start, end in entities
            ),
        )

    def within(self, start: int, end: int) -> tuple[Entity, ...]:
        """Return the entities of a stretch."""
        return tuple(entity for entity in self.entities if start <= entity.start < end)


def values(entities: Sequence[Entity], kind: str) -> tuple[str, ...]:
    """Return the distinct values of one kind of entity, in order."""
    return tuple(dict.fromkeys(entity.value for entity in entities if entity.kind == kind))


def read_wishes(
    said: Said, products: Sequence[Product], lexicon: Lexicon, *, deed: Deed | None = None
) -> tuple[Wish, ...]:
    """Return the wishes in a customer's words, with whatever of each was said.

    `products` are those that the customer has ordered. `deed` is what goes on: words without a deed of
    their own are about it; without one they are no wish.
    """
    parts = stretches(said.text)
    if not parts and deed is not None:
        parts = (Stretch(deed=deed, start=0, end=len(said.text), sure=False),)
    found: list[Wish] = []
    for wish in (wish for part in parts for wish in _wishes_of(part, said, products, lexicon)):
        if found and _continues(found[-1], wish):
            found[-1] = replace(merged(found[-1], replace(wish, lines=())), lines=(*found[-1].lines, *wish.lines))
        else:
            found.append(wish)
    return tuple(_with_shown(wish, said, products) for wish in _shared(said, found))


def _with_shown(wish: Wish, said: Said, products: Sequence[Product]) -> Wish:
    """Return a wish with the goods that a photo shows, where its words name none; a photo says which of a kind."""
    shown = [_line_of(one, said.text, wish.deed, products) for one in goods_in(said.entities)]
    lines = tuple(line for line in shown if line is not None)
    if not lines or wish.everything or wish.deed not in (Deed.RETURN, Deed.SWAP, Deed.CANCEL):
        return wish
    if not wish.lines:
        return replace(wish, lines=lines, foreign="")
    seen = {key: line for line in lines for key in line.product_id.split("|")}
    told = [(line, seen.get(line.product_id)) for line in wish.lines]
    return replace(
        wish,
        lines=tuple(
            replace(line, seen=photo.seen, wanted=line.wanted or photo.wanted) if photo else line
            for line, photo in told
        ),
    )


def _line_of(goods: Goods, text: str, deed: Deed, products: Sequence[Product]) -> Line | None:
    """Return what a photo shows as a line; None for what may be several things of which none was ordered."""
    ordered = {product.product_id for product in products}
    own = [key for key in goods.product_ids if key in ordered] or list(goods.product_ids)
    if len(own) > 1 and not ordered & set(own):
        return None
    options = goods.options if own[0] == goods.product_ids[0] else ()
    becomes = deed is Deed.SWAP and _BECOMES_SHOWN.search(text)
    return Line(product_id="|".join(own), seen=() if becomes else options, wanted=options if becomes else ())


def _is_borrowed(said: Said, entity: Entity) -> bool:
    """Return whether an address that is pointed at is what another becomes, and not the one that changes."""
    before = said.text[max(0, entity.start - _REACH) : entity.start]
    return not entity.value.startswith("order:") or bool(_BORROWS.search(before + entity.text))


def _continues(before: Wish, wish: Wish) -> bool:
    """Return whether a stretch says more of the deed before it: "exchange the lamp for ..., swap the clock too"."""
    if wish.deed is not before.deed:
        return False
    if wish.has_goods:
        return not wish.order_id or not before.order_id or wish.order_id == before.order_id
    return not (before.order_id or before.lines or before.address or before.payment)


def _wishes_of(part: Stretch, said: Said, products: Sequence[Product], lexicon: Lexicon) -> list[Wish]:
    if part.deed is None:
        return []
    entities = said.within(part.start, part.end)
    refs = tuple(entity.value for entity in entities if entity.kind == "address_ref" and _is_borrowed(said, entity))
    address = _address(values(entities, "address"))
    own = tuple(e.value for e in entities if e.kind == "address_ref" and e.value not in refs)
    orders = _orders_named(entities, (*own, *(refs if address else refs[:-1]))) or _unread_numbers(said, part)
    wish = Wish(
        deed=part.deed,
        sure=part.sure,
        everything=bool(values(entities, "all")),
        reason=next(iter(values(entities, "reason")), ""),
        payment=next(iter(values(entities, "payment")), ""),
        address=address,
        address_ref="" if address else next(iter(refs[-1:]), ""),
    )
    spared = [entity for entity in entities if entity.kind == "except"]
    lines, left_out = read_lines(
        said.text, part.start, part.end, spared, products, lexicon, swaps=part.deed is Deed.SWAP
    )
    gap = _EXCEPT.search(said.text, part.start, part.end) if wish.everything and not left_out else None
    if gap:  # all but some: what stands behind the word is spared, even where the rules found no exception
        behind, _ = read_lines(said.text, gap.end(), part.end, (), products, lexicon, swaps=False)
        left_out = tuple(key for line in behind for key in line.product_id.split("|"))
        lines = tuple(line for line in lines if line.product_id not in left_out)
    foreign = "" if lines or left_out else _foreign(said, part, lexicon)
    words = said.text[part.start : part.end] if part.deed is Deed.SWAP and not lines else ""
    wish = replace(wish, lines=lines, spared=left_out, foreign=foreign, words=words)
    if not orders and not lines and values(entities, "recent"):
        return [replace(wish, order_id=RECENT)]
    if _ALL_ORDERS.search(said.text, part.start, part.end) and not orders:
        return [replace(wish, order_id=EVERY, everything=wish.everything or not lines)]
    if len(orders) > 1 and wish.lines:
        return [replace(wish, order_id=",".join(orders))]
    return [replace(wish, order_id=order) for order in orders] or [wish]


def _foreign(said: Said, part: Stretch, lexicon: Lexicon) -> str:
    """Return the first kind of goods in a stretch, as it was said; what an entity holds ("gift card") is none."""
    taken = [(entity.start, entity.end) for entity in said.within(part.start, part.end)]
    for span in lexicon.read(said.text[part.start : part.end]):
        start, end = span.start + part.start, span.end + part.start
        if span.kind == "thing" and not any(low < end and start < high for low, high in taken):
            return said.text[start:end]
    return ""


def _orders_named(entities: Sequence[Entity], refs: Sequence[str]) -> tuple[str, ...]:
    """Return the order numbers of a stretch, those among them "whose address" is said of: it is what changes."""
    of_refs = tuple(ref.removeprefix("order:") for ref in refs if ref.startswith("order:"))
    return tuple(dict.fromkeys((*of_refs, *values(entities, "order_id"))))


def _unread_numbers(said: Said, part: Stretch) -> tuple[str, ...]:
    """Return what was written as an order's number and is none: no other order takes its place."""
    taken = [(entity.start, entity.end) for entity in said.entities]
    numbers = [
        found.group()
        for found in _NUMBER.finditer(said.text, part.start, part.end)
        if not any(low < found.end() and found.start() < high for low, high in taken)
    ]
    return tuple(dict.fromkeys(numbers))


def _address(found: tuple[str, ...]) -> Options:
    parts: dict[str, str] = {}
    for text in found:
        parts |= {name: str(value) for name, value in json.loads(text).items() if value}
    return tuple(parts.items())


def _shared(said: Said, wishes: list[Wish]) -> tuple[Wish, ...]:
    """Give a payment or a reason that was said once to all wishes of the message that lack one."""
    payments, reasons = values(said.entities, "payment"), values(said.entities, "reason")
    shared = []
    for wish in wishes:
        if wish.has_goods and not wish.payment and len(payments) == 1 and not _is_changed(wishes):
            wish = replace(wish, payment=payments[0])
        if wish.deed is Deed.CANCEL and not wish.reason and len(reasons) == 1:
            wish = replace(wish, reason=reasons[0])
        shared.append(wish)
    return tuple(shared)


def _is_changed(wishes: Sequence[Wish]) -> bool:
    return any(wish.deed is Deed.PAYMENT for wish in wishes)
