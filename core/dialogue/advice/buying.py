"""A guided purchase: settle the variant, tell stock and price, and give a link to the cart. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from core.dialogue.advice.wishing import forget_wish
from core.dialogue.aspects import is_in_stock
from core.dialogue.draft import Draft
from core.dialogue.products import chosen_before
from core.knowledge.naming import product_mentions
from core.knowledge.question import Question, read_question
from core.knowledge.variants import chosen_options, describe, fitting, option_values, option_word
from core.shop.records import Product, Variant, in_language
from core.types import spoken_text
from core.understand.normalise import normalise
from core.wording.formats import listing, money
from core.wording.templates import SPOKEN_CHANNELS

_MOST = 99
"""Pieces that a link is made for; who wants more talks to a person."""
_NAMED = 0.6
_BUTTONS = 8
_OPEN = "buying"
"""The slot that tells that a purchase was begun and led to no link yet."""
_PAGE_KEYS = ("url", "link", "permalink")
"""Where a shop's own record may hold the address of a product's page."""


async def settle_variant(draft: Draft) -> str:
    """Find what is to be bought: "settled", "open" while a choice lacks, "which" or "none"."""
    if "buys" in draft.heard:
        _forget_given_up(draft)
    product = _meant(draft)
    draft.forget("choice")
    if product is None:
        return "which"
    if draft.slots.get("product_id") != product.product_id:
        draft.forget("options", "pieces", "pieces_most")
    draft.slots["product_id"] = product.product_id
    draft.slots[_OPEN] = "yes"
    words = _take_pieces(draft)
    question = _question(draft, product, words)
    variants = fitting(product, question, draft.desk.facts.lexicon)
    if not variants:
        _tell_lacking(draft, product)
        return "open" if _buyable(tuple(product.variants.values())) else "none"
    question = replace(question, chosen=chosen_options(product, question, draft.desk.facts.lexicon))
    here = _buyable(variants)
    if not here:
        return _sold_out(draft, product, variants)
    draft.slots["options"] = "\n".join(f"{option}={value}" for option, value in question.chosen)
    if _open_options(here):
        return "open"
    draft.slots["options"] = "\n".join(f"{option}={value}" for option, value in here[0].options.items())
    return _count(draft, product, here[0])


async def ask_option(draft: Draft) -> str:
    """Ask for the first option that is open, with a button for each value in stock."""
    product = draft.desk.facts.product(draft.slots.get("product_id", ""))
    if product is None:
        return ""
    here = _chosen(product, chosen_before(draft))
    facts, language = draft.desk.facts, draft.language
    name = in_language(product.names, language)
    if "pieces_most" in draft.slots:
        draft.say("buy_how_many", product=name)
        return ""
    if not _open_options(here):  # what was chosen is sold out: all that is in stock is open again
        here = _buyable(tuple(product.variants.values()))
    option = _open_options(here)[0] if _open_options(here) else next(iter(here[0].options), "")
    values = dict.fromkeys(variant.options[option] for variant in here if option in variant.options)
    labels = [option_word(product, value, facts.lexicon, language) for value in values]
    draft.say("buy_which", product=name, option=option_word(product, option, facts.lexicon, language),
              values=listing(labels, language))  # fmt: skip
    draft.buttons(*((label, label) for label in labels[:_BUTTONS]))
    draft.cite(f"product:{product.product_id}", name)
    return ""


async def give_cart_link(draft: Draft) -> str:
    """Tell what was chosen, its stock and price, and how to get it: the cart, the product's page, or the shop."""
    product = draft.desk.facts.product(draft.slots.get("product_id", ""))
    here = _chosen(product, chosen_before(draft)) if product else ()
    if product is None or not here:
        return "none"
    variant, pieces = here[0], int(draft.slots.pop("pieces", "1"))
    language, currency = draft.language, draft.desk.currency
    name = in_language(product.names, language)
    options = describe(product, variant, draft.desk.facts.lexicon, language)
    named = draft.word("buy_variant", product=name, options=options) if options else name
    stock = f" {draft.word('buy_few', stock=variant.stock)}" if variant.stock is not None and variant.stock <= 3 else ""
    total = money(variant.price * pieces, currency, language)
    price = money(variant.price, currency, language)
    draft.say(
        "buy_chosen" if pieces == 1 else "buy_chosen_more", product=named, price=price, pieces=pieces, total=total
    )
    draft.text(stock.strip())
    draft.cite(f"product:{product.product_id}", name)
    _tell_way(draft, product, variant, pieces)
    draft.bubbles[-1] = replace(draft.bubbles[-1], fixed=True)
    draft.forget(_OPEN)
    draft.slots["bought_now"] = product.product_id
    forget_wish(draft)
    return ""


def _tell_way(draft: Draft, product: Product, variant: Variant, pieces: int) -> None:
    page = next(
        (str(product.extra[key]) for key in _PAGE_KEYS if str(product.extra.get(key, "")).startswith("http")), ""
    )
    if draft.message.channel in SPOKEN_CHANNELS or not (draft.desk.cart_url or page):
        draft.say("buy_yourself", sku=variant.item_id)
    elif draft.desk.cart_url:
        link = draft.desk.cart_url.format(sku=quote(variant.item_id, safe=""), quantity=pieces)
        draft.say("buy_cart", link=link)
    else:
        draft.say("buy_page", link=page)


def _meant(draft: Draft) -> Product | None:
    """Return the product that the words name, that was chosen from a list, or that is spoken of."""
    facts = draft.desk.facts
    if "product_id" in draft.heard:
        return facts.product(draft.heard["product_id"])
    words = draft.heard.get("buys", "")
    named = {one.product_id for one in product_mentions(words, tuple(facts.products.values()), facts.lexicon)
             if one.strength >= _NAMED}  # fmt: skip
    current = draft.slots.get("product_id", "")
    if len(named) == 1:
        return facts.product(named.pop())
    if current and (not named or current in named):
        return facts.product(current)
    listed = listed_goods(draft)
    left = [key for key in listed if not named or key in named]
    if len(left) > 1:
        left = [key for key in left if (one := facts.product(key)) and _has_options(draft, one, words)]
    if named and not left:
        draft.list_shown("product_id", sorted(named))
    return facts.product(left[0]) if len(left) == 1 else None


def _has_options(draft: Draft, product: Product, words: str) -> bool:
    """Return whether the words name options, and the product has them: of a list only one may come in red."""
    question = read_question(words, draft.desk.facts.lexicon)
    lexicon = draft.desk.facts.lexicon
    return bool(chosen_options(product, question, lexicon)) and bool(fitting(product, question, lexicon))


def listed_goods(draft: Draft) -> list[str]:
    """Return the ids of the products of the list that the customer sees."""
    slot, _, values = draft.slots.get("listed", "").partition(":")
    return [one for one in values.split(",") if one] if slot == "product_id" else []


async def ask_which_goods(draft: Draft) -> str:
    """Ask which product shall be bought, with a button for each of a list."""
    draft.say("ask_which_product")
    listed = [one for key in listed_goods(draft) if (one := draft.desk.facts.product(key))]
    draft.buttons(*((in_language(one.names, draft.language), f"product:{one.product_id}") for one in listed[:_BUTTONS]))
    return ""


def _question(draft: Draft, product: Product, words: str) -> Question:
    """Return what the words choose of the product, with what was chosen before where it still fits."""
    lexicon = draft.desk.facts.lexicon
    question = read_question(words, lexicon)
    before = replace(question, chosen=chosen_before(draft))
    if fitting(product, before, lexicon):
        return before
    return question


def _forget_given_up(draft: Draft) -> None:
    """Forget what was chosen for a purchase that was given up; what was asked about before any stays chosen."""
    draft.forget("pieces", "pieces_most")
    if _OPEN in draft.slots:
        draft.forget(_OPEN, "options")


def _buyable(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    return tuple(filter(is_in_stock, variants))


def _chosen(product: Product, options: Sequence[tuple[str, str]]) -> tuple[Variant, ...]:
    wanted = set(options)
    return _buyable(tuple(one for one in product.variants.values() if wanted <= set(one.options.items())))


def _open_options(variants: Sequence[Variant]) -> list[str]:
    """Return the options in which the variants still differ."""
    options = dict.fromkeys(option for variant in variants for option in variant.options)
    return [option for option in options if len({variant.options.get(option) for variant in variants}) > 1]


def _sold_out(draft: Draft, product: Product, variants: Sequence[Variant]) -> str:
    """Say that what was chosen is sold out, and leave the choice open where another variant is not."""
    language, lexicon = draft.language, draft.desk.facts.lexicon
    name = in_language(product.names, language)
    told = listing([describe(product, one, lexicon, language) for one in variants[:2] if one.options], language)
    draft.say("buy_sold_out", product=draft.word("buy_variant", product=name, options=told) if told else name)
    draft.cite(f"product:{product.product_id}", name)
    draft.forget("options")
    return "open" if _buyable(tuple(product.variants.values())) else "none"


def _tell_lacking(draft: Draft, product: Product) -> None:
    lexicon, language = draft.desk.facts.lexicon, draft.language
    draft.say("no_such_option", product=in_language(product.names, language))
    options = dict.fromkeys(option for variant in product.variants.values() for option in variant.options)
    for option in options:
        values = [option_word(product, value, lexicon, language) for value in option_values(product, [option])]
        draft.say("option_values", product=in_language(product.names, language),
                  option=option_word(product, option, lexicon, language), values=listing(values, language))  # fmt: skip
    draft.cite(f"product:{product.product_id}", in_language(product.names, language))


def _take_pieces(draft: Draft) -> str:
    """Remember how many pieces are wanted; return the words without the number, which is no size."""
    words = normalise(spoken_text(draft.message, draft.percept))
    told = [entity for entity in draft.understanding.entities if entity.kind == "quantity"]
    if told:
        draft.slots["pieces"] = told[0].value
    elif words.strip().isdigit() and "pieces_most" in draft.slots:
        draft.slots["pieces"] = words.strip()
        return ""
    for one in reversed(told):
        words = f"{words[: one.start]} {words[one.end :]}"
    return words


def _count(draft: Draft, product: Product, variant: Variant) -> str:
    """Return "settled" when there are as many pieces as are wanted, else "open"."""
    pieces = int(draft.slots.get("pieces", "1"))
    draft.slots.pop("pieces_most", None)
    most = _MOST if variant.stock is None else min(variant.stock, _MOST)
    if 1 <= pieces <= most:
        return "settled"
    draft.forget("pieces")
    draft.slots["pieces_most"] = str(most)
    name = in_language(product.names, draft.language)
    few = variant.stock is not None and variant.stock <= _MOST
    draft.say("buy_too_many" if few else "buy_at_most", product=name, most=most)
    return "open"
