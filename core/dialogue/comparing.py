"""Tell what differs between products, by their records and without an opinion."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.dialogue.draft import Draft
from core.dialogue.photo_memory import compared_photos
from core.knowledge.comparing import Row, amounts, differing
from core.knowledge.naming import ProductMention, product_mentions
from core.knowledge.numbers import value
from core.knowledge.option_words import load_option_words
from core.knowledge.orderings import ranked_kinds, wanted_order
from core.knowledge.question import Question
from core.knowledge.sentences import clipped
from core.knowledge.variants import option_word, value_word
from core.shop.records import Product, in_language
from core.types import spoken_text
from core.understand.normalise import normalise
from core.wording.formats import listing, price_range
from core.wording.templates import SPOKEN_CHANNELS

_MOST = 4
"""Products side by side."""
_ROWS, _ROWS_HEARD = 6, 2
_VALUE_CHARS = 40
_SURE = 0.5
"""Strength of a name from which on a product is meant."""
_FIRST_FEW = re.compile(
    r"\b(?:first|top)\s+(two|three|four|2|3|4)\b|前([两二三四]|[234])(?:个|款|种|件|样)?", re.IGNORECASE
)
_BOTH = re.compile(
    r"\b(?:both|these|those|them|(?:the|these|those) (?:two|three|four))\b|这两|那两|两个|两款|这几|它们|这些|这三",
    re.IGNORECASE,
)
_PLACES = re.compile(r"第([一二三四五1-5])|\b(first|second|third|fourth|1st|2nd|3rd|4th)\b", re.IGNORECASE)
_RANKS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_WHICH = re.compile(r"\bwhich\b|\bthan\b|哪个|哪款|哪一|谁|那个更|and|or|和|跟|与|还是|比", re.IGNORECASE)
_BETTER = re.compile(r"better|best|recommend|哪个好|哪款好|更好|值得", re.IGNORECASE)


async def tell_comparison(draft: Draft, question: Question) -> bool:
    """Compare the products that a question names, or those listed just now; False when it compares nothing."""
    order = wanted_order(question.text)
    if not compares(question):
        return False
    products = _meant(draft, question.text)
    if len(products) < 2:  # "compare the kettle and the flask" may have been taken for two requests
        products = _meant(draft, normalise(spoken_text(draft.message, draft.percept)))
    if len(products) < 2:
        return False
    told = bool(order) and _tell_which(draft, products, question.text, order)
    if not order and _BETTER.search(question.text):
        draft.say("compare_no_opinion")
    if not told or len({product.category for product in products}) == 1:  # a mug and shoes differ in everything
        tell_table(draft, products)
    for product in products:
        draft.cite(f"product:{product.product_id}", in_language(product.names, draft.language))
    draft.list_shown("product_id", [product.product_id for product in products])
    draft.slots.pop("product_id", None)
    return True


def compares(question: Question) -> bool:
    """Return whether a question sets products side by side: "compare them", "which is cheaper"."""
    return "compare" in question.aspects or bool(wanted_order(question.text) and _WHICH.search(question.text))


def _meant(draft: Draft, text: str) -> list[Product]:
    facts = draft.desk.facts
    named = _named(product_mentions(text, tuple(facts.products.values()), facts.lexicon))
    if len(named) < 2:
        named = compared_photos(draft, text) or [*_listed(draft, text), *named]
    found = [product for key in dict.fromkeys(named) if (product := facts.product(key))]
    return found[:_MOST]


def _named(mentions: Sequence[ProductMention]) -> list[str]:
    """Return one product for each place, or all that share the one word that was said."""
    places: dict[tuple[int, int], list[ProductMention]] = {}
    for one in mentions:
        if one.strength >= _SURE:
            places.setdefault((one.start, one.end), []).append(one)
    best = [[one.product_id for one in same if one.strength == max(two.strength for two in same)]
            for same in places.values()]  # fmt: skip
    if len(best) == 1 and len(best[0]) <= _MOST:
        return best[0]
    return [same[0] for same in best if len(same) == 1 or len(best) > 1]


def _listed(draft: Draft, text: str) -> list[str]:
    """Return which of the listed products are meant: "the first two", "the first and the third", "these"."""
    slot, _, values = draft.slots.get("listed", "").partition(":")
    listed = [one for one in values.split(",") if one] if slot == "product_id" else []
    few = _FIRST_FEW.search(text)
    if few:
        many = value((few[1] or few[2]).lower())
        return listed[: int(many)] if many else []
    places = [_rank(found) for found in _PLACES.finditer(text)]
    if places:
        return [listed[place - 1] for place in places if 0 < place <= len(listed)]
    current = draft.slots.get("product_id", "")
    if _BOTH.search(text) or len(listed) == 2 or not current:
        return listed[:_MOST]
    return [current]


def _rank(found: re.Match[str]) -> int:
    return int(value(found[1]) or 0) if found[1] else _RANKS[found[2].lower()]


def _tell_which(draft: Draft, products: Sequence[Product], text: str, order: str) -> bool:
    """Say which of the products has the most or the least of what is asked; False where no record measures it."""
    asked = ranked_kinds(text)
    much = amounts(products, asked[0]) if asked else None
    if asked is None or much is None:
        draft.say("compare_unknown")
        return False
    wanted = max(much) if asked[1] else min(much)
    winners = [product for product, amount in zip(products, much, strict=True) if amount == wanted]
    names = listing([in_language(product.names, draft.language) for product in winners], draft.language)
    if len(winners) == len(products):
        draft.say("compare_tie")
    elif "price" in asked[0]:
        draft.say("compare_price", product=names, price=_prices(draft, winners[0]))
    else:
        draft.say("compare_more", product=names, asked=draft.word(f"order.{order}"))
    return True


def tell_table(draft: Draft, products: Sequence[Product]) -> None:
    """Set the prices and all else in which products differ by their records side by side."""
    heard = draft.message.channel in SPOKEN_CHANNELS
    names = [in_language(product.names, draft.language) for product in products]
    draft.say("compare_intro", products=listing(names, draft.language))
    lines = [_line(draft, draft.word("field.price"), names, [_prices(draft, product) for product in products])]
    for row in differing(products, draft.language)[: _ROWS_HEARD if heard else _ROWS]:
        lines.append(_line(draft, _label(draft, products, row), names, _cells(draft, products, row)))
    draft.text("\n".join(lines))


def _cells(draft: Draft, products: Sequence[Product], row: Row) -> list[str]:
    facts, language, cells = draft.desk.facts, draft.language, []
    for product, values in zip(products, row.values, strict=True):
        if row.is_option:
            told = listing([value_word(product, row.key, one, facts.lexicon, language) for one in values], language)
        else:
            told = "".join(values)
        short = told if row.is_option else clipped(told, _VALUE_CHARS)
        cells.append(short or draft.word("compare_nothing"))
    return cells


def _label(draft: Draft, products: Sequence[Product], row: Row) -> str:
    lexicon, language = draft.desk.facts.lexicon, draft.language
    if row.is_option:
        having = next((p for p, values in zip(products, row.values, strict=True) if values), products[0])
        return option_word(having, row.key, lexicon, language)
    for kind in ("attribute", "feature", "aspect", "topic"):
        word = lexicon.word(kind, row.key, language)
        if word != row.key:
            return word
    words = load_option_words()
    named = [
        word for kind in words.kinds(row.key) for word in words.named[kind] if word.isascii() != (language == "zh")
    ]
    if named:
        return named[0]
    return row.key.replace("_", " ")


def _line(draft: Draft, label: str, names: Sequence[str], cells: Sequence[str]) -> str:
    if draft.language == "zh":
        return f"{label}：" + "；".join(f"{name} {cell}" for name, cell in zip(names, cells, strict=True))
    return f"{label}: " + "; ".join(f"{name} {cell}" for name, cell in zip(names, cells, strict=True))


def _prices(draft: Draft, product: Product) -> str:
    return price_range([one.price for one in product.variants.values()], draft.desk.currency, draft.language)
