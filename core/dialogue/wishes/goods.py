"""Which of the goods a customer's words name, and what each should become."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.dialogue.wishes.wish import Line, Options
from core.knowledge.lexicon import Lexicon
from core.knowledge.naming import ProductMention, product_mentions
from core.knowledge.options import named_options, option_mentions
from core.knowledge.orderings import wanted_order
from core.shop.records import Product
from core.types import Entity
from core.understand.deeds import unbracketed

_PARTED = re.compile(r"[,;:，；：、&\n]|\b(?:and|plus|also|then)\b|和|跟|与|及|还有|以及", re.IGNORECASE | re.ASCII)
"""What stands between two goods."""
_TOWARDS = (
    re.compile(
        r"\b(?:to|for|into)\b(?!\s+(?:my |the |this |that )?(?:order|#))|->|→|=>|换成|改成|换为|改为|变成|调成|换到",
        re.IGNORECASE | re.ASCII,
    ),
    re.compile(r"\b(?:with|in|as|becomes?|instead)\b|换个|换一|换|改|要", re.IGNORECASE | re.ASCII),
)
"""What stands between a thing and what it should become; what may as well be part of either comes second."""
_SAME = re.compile(
    r"\b(?:same|identical|exact(?:ly)?|fresh one|brand[- ]new)\b|一样|同款|同样|一模一样|原样",
    re.IGNORECASE | re.ASCII,
)
_EVERY_ONE = re.compile(
    r"\b(?:both|all|every|each|two|three|four)\b|[两二三四]\s*(?:个|件|双|台|只|瓶|条)|都|全部|所有|每",
    re.IGNORECASE | re.ASCII,
)
_LEADS = re.compile(
    r"\b(?:return|exchange|swap|replace|cancel|modify|change|switch|upgrade|of|from)\w*\b|把|将|里的?|中的?|退|换", re.I
)
"""What stands before the first words about a thing."""


_ENDS_A_LIST = re.compile(r"的(?=[,，。;；]|$)")
"""After the last of several options: "绿色、小号、电脑的"."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A place where goods are named: one product, or several that go by the same noun."""

    products: tuple[str, ...]
    start: int
    end: int

    def is_like(self, other: _Named) -> bool:
        """Return whether both may be the same goods: "短袖T恤" names a T-shirt twice."""
        return bool(set(self.products) & set(other.products))


def read_lines(
    text: str,
    start: int,
    end: int,
    spared: Sequence[Entity],
    products: Sequence[Product],
    lexicon: Lexicon,
    *,
    swaps: bool,
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Return the lines that a stretch of text names, and the products that it spares.

    `spared` are the stretches with an exception. `swaps` says that goods should become something else.
    """
    named = _named(product_mentions(text[start:end], products, lexicon), start)
    left_out = [one for one in named if any(gap.start <= one.start < gap.end for gap in spared)]
    by_id = {product.product_id: product for product in products}
    meant = _no_options([one for one in named if one not in left_out], text[start:end], start, by_id, lexicon)
    starts = _starts(text, start, meant, swaps=swaps)
    lines: list[Line] = []
    targets: list[str] = []
    for at, (first, one) in enumerate(starts):
        last = starts[at + 1][0] if at + 1 < len(starts) else end
        line, target = _line_of(text, first, last, one, by_id, lexicon, swaps=swaps)
        lines.append(line)
        targets.append(target)
    spared_ones = tuple(product for one in left_out for product in one.products)
    return tuple(_filled_up(lines, targets, by_id, lexicon)), spared_ones


def read_options(text: str, line: Line, products: Sequence[Product], lexicon: Lexicon) -> tuple[Options, str, bool]:
    """Return the options, the superlative and whether the very same is wanted, said of a line without naming it."""
    wanted: dict[str, str] = {}
    for product in products:
        if product.product_id in line.product_id.split("|"):
            wanted |= dict(_options(text, product, lexicon))
    return tuple(wanted.items()), _superlative(text), bool(_SAME.search(text))


def _named(mentions: Sequence[ProductMention], offset: int) -> list[_Named]:
    found: dict[tuple[int, int], list[ProductMention]] = {}
    for mention in mentions:
        found.setdefault((mention.start + offset, mention.end + offset), []).append(mention)
    named = []
    for (start, end), same in sorted(found.items()):
        best = max(mention.strength for mention in same)
        named.append(_Named(tuple(m.product_id for m in same if m.strength == best), start, end))
    return named


def _no_options(
    named: Sequence[_Named], text: str, offset: int, by_id: dict[str, Product], lexicon: Lexicon
) -> list[_Named]:
    """Return the goods without those that only say what others are like.

    The laptop of a "backpack (laptop)", of "电脑的背包" and of "a laptop compartment", the set of a "set type".
    """
    kept: list[_Named] = []
    for at, one in enumerate(named):
        start, end = one.start - offset, one.end - offset
        before = kept[-1] if kept else None
        after = named[at + 1] if at + 1 < len(named) else None
        if before is not None and _says_how(text, one, before, offset, by_id[before.products[0]], lexicon):
            continue
        if after is not None and not one.is_like(after) and text[end : after.start - offset].strip() in ("", "的"):
            own = option_mentions(text, by_id[after.products[0]], lexicon)
            if any(said.start <= start and end <= said.end for said in own):
                continue
        kept.append(one)
    return kept


def _says_how(text: str, one: _Named, before: _Named, offset: int, product: Product, lexicon: Lexicon) -> bool:
    """Return whether words are an option of the product that was named before, and no goods of their own."""
    start, end, since = one.start - offset, one.end - offset, before.end - offset
    if text[:start].rstrip().endswith(("(", "（")):
        return True
    values = [(said.start, said.end) for said in option_mentions(text, product, lexicon)]
    within = [
        (low, high)
        for low, high in (*values, *named_options(text, product, lexicon))
        if low <= start and end <= high and low >= since
    ]
    if any(high - low > end - start for low, high in within):
        return True
    listed = one.is_like(before) or _ENDS_A_LIST.match(text, end)
    apart = not listed and _PARTED.search(unbracketed(text), since, start)
    return not apart and any(place in values for place in within)


def _starts(text: str, start: int, meant: Sequence[_Named], *, swaps: bool) -> list[tuple[int, _Named]]:
    """Return where the words about each thing begin; what a thing should become is no thing of its own."""
    starts: list[tuple[int, _Named]] = []
    plain = unbracketed(text)
    for one in meant:
        before = starts[-1][1].end if starts else start
        between = plain[before : one.start]
        parted = [found.end() for found in _PARTED.finditer(between)]
        if starts and not parted and (swaps and _towards(text, before, one.start) or starts[-1][1].is_like(one)):
            continue
        leads = parted or [found.end() for found in _LEADS.finditer(between)]
        starts.append((before + (leads[-1] if leads else 0), one))
    return starts


def _line_of(
    text: str, first: int, last: int, one: _Named, by_id: dict[str, Product], lexicon: Lexicon, *, swaps: bool
) -> tuple[Line, str]:
    """Return a line, and the words about what it should become."""
    towards = _towards(text, one.end, last) if swaps else None
    own = text[first : towards.start()] if towards else text[first:last]
    target = text[towards.end() : last] if towards else ""
    having = dict.fromkeys(said for key in one.products for said in _options(own, by_id[key], lexicon))
    wanted = dict.fromkeys(said for key in one.products for said in _options(target, by_id[key], lexicon))
    line = Line(
        product_id="|".join(one.products),
        every=bool(_EVERY_ONE.search(text[first : one.start])),
        having=tuple(having),
        wanted=tuple(wanted),
        superlative=_superlative(target or own) if swaps else "",
        same=swaps and not wanted and bool(_SAME.search(text[first:last])),
    )
    return line, target


def _towards(text: str, start: int, end: int) -> re.Match[str] | None:
    return next((found for pattern in _TOWARDS if (found := pattern.search(text, start, end))), None)


def _superlative(text: str) -> str:
    """Return the words when they choose by more and less: "the cheapest one", "大一号的"."""
    return text.strip() if wanted_order(text) else ""


def _options(text: str, product: Product, lexicon: Lexicon) -> Options:
    """Return the options that the words name.

    Where a word fits two options the one nearest to its option's own name counts, and of two values of one
    option the one that was said last.
    """
    found: dict[str, str] = {}
    taken: list[tuple[int, int]] = []
    for mention in option_mentions(text, product, lexicon):
        if mention.negated or any(mention.start < end and start < mention.end for start, end in taken):
            continue
        found[mention.option] = mention.value
        taken.append((mention.start, mention.end))
    return tuple(found.items())


def _filled_up(
    lines: Sequence[Line], targets: Sequence[str], by_id: dict[str, Product], lexicon: Lexicon
) -> list[Line]:
    """Give "the boots and the jacket in black" its black for both, as far as each comes in it."""
    filled = list(lines)
    for at in range(len(filled) - 2, -1, -1):
        line, after = filled[at], filled[at + 1]
        target = next((words for words in targets[at + 1 :] if words), "")
        if targets[at] or line.wanted or line.superlative or line.same or not target:
            continue
        wanted = dict.fromkeys(
            said for key in line.product_id.split("|") for said in _options(target, by_id[key], lexicon)
        )
        filled[at] = replace(line, wanted=tuple(wanted), superlative=after.superlative, same=after.same and not wanted)
    return filled
