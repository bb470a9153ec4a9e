"""Answer from the catalogue: which product, in which colour and size, at what price."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.dialogue.draft import Draft
from core.knowledge.question import Question
from core.knowledge.variants import colours, describe, fitting, option_values, option_word, other_options
from core.shop.records import Product, Variant, in_language
from core.types import Button, CardPart
from core.wording.formats import listing, price_range

_LISTED = 4
_SENTENCE_END = re.compile(r"(?<=[。！？.!?])\s*")
_QUOTE_CHARS = 160


def tell_product(draft: Draft, product: Product, question: Question) -> None:
    """Answer a question about one product, with its card; afterwards "it" means this product."""
    lexicon = draft.desk.facts.lexicon
    draft.slots["product_id"] = product.product_id
    name = in_language(product.names, draft.language)
    variants = fitting(product, question, lexicon)
    if not variants:
        _tell_missing_option(draft, product, question, name)
    else:
        _tell_aspects(draft, product, question, name, variants)
    show_card(draft, product, variants or tuple(product.variants.values()))
    draft.cite(f"product:{product.product_id}", name)


def _tell_aspects(draft: Draft, product: Product, question: Question, name: str, variants: Sequence[Variant]) -> None:
    aspects = [aspect for aspect in question.aspects if aspect in _TELLERS]
    told = 0
    for feature in question.features:
        told += _tell_feature(draft, product, feature, name)
    for aspect in aspects:
        _TELLERS[aspect](draft, product, name, variants, question)
        told += 1
    if told:
        return
    if question.colours or question.sizes:
        _tell_stock(draft, product, name, variants, question)
        return
    _tell_price(draft, product, name, variants, question)
    draft.text(in_language(product.descriptions, draft.language))


def _tell_missing_option(draft: Draft, product: Product, question: Question, name: str) -> None:
    lexicon = draft.desk.facts.lexicon
    have = [option_word(value, lexicon, draft.language) for value in colours(product)]
    if question.colours and have and not set(question.colours) & _colour_concepts(draft, product):
        wanted = listing([lexicon.word("colour", c, draft.language) for c in question.colours], draft.language)
        draft.say("no_such_colour", product=name, wanted=wanted, colours=listing(have, draft.language))
        return
    draft.say("no_such_option", product=name)
    _tell_sizes(draft, product, name, tuple(product.variants.values()), question)


def _colour_concepts(draft: Draft, product: Product) -> set[str]:
    return {c for value in colours(product) for c in draft.desk.facts.lexicon.concepts(value, "colour")}


def _tell_price(draft: Draft, product: Product, name: str, variants: Sequence[Variant], question: Question) -> None:
    prices = price_range([variant.price for variant in variants], draft.desk.currency, draft.language)
    narrowed = len(variants) < len(product.variants)
    if narrowed and len(variants) == 1:
        options = describe(variants[0], draft.desk.facts.lexicon, draft.language)
        draft.say("price_variant", product=name, options=options, price=prices)
        return
    draft.say("price", product=name, price=prices)


def _tell_stock(draft: Draft, product: Product, name: str, variants: Sequence[Variant], question: Question) -> None:
    lexicon = draft.desk.facts.lexicon
    here = [variant for variant in variants if is_in_stock(variant)]
    gone = [variant for variant in variants if not is_in_stock(variant)]
    if not here:
        draft.say("stock_none", product=name)
        return
    prices = price_range([variant.price for variant in here], draft.desk.currency, draft.language)
    if len(variants) == 1:
        draft.say("stock_one", product=name, options=describe(here[0], lexicon, draft.language), price=prices)
    elif not gone:
        draft.say("stock_all", product=name, price=prices)
    else:
        lacking = [describe(variant, lexicon, draft.language) for variant in gone]
        draft.say("stock_some", product=name, price=prices)
        if len(lacking) <= _LISTED:
            draft.say("stock_lacking", options="; ".join(lacking) if draft.language == "en" else "；".join(lacking))


def _tell_colours(draft: Draft, product: Product, name: str, variants: Sequence[Variant], question: Question) -> None:
    have = [option_word(value, draft.desk.facts.lexicon, draft.language) for value in colours(product)]
    if question.colours:
        _tell_stock(draft, product, name, variants, question)
    elif have:
        draft.say("colours", product=name, colours=listing(have, draft.language))
    else:
        draft.say("one_colour", product=name)


def _tell_sizes(draft: Draft, product: Product, name: str, variants: Sequence[Variant], question: Question) -> None:
    lexicon = draft.desk.facts.lexicon
    options = other_options(product)
    facts = [key for key in ("size", "dimensions", "capacity") if key in product.attributes]
    for option in options:
        values = [option_word(value, lexicon, draft.language) for value in option_values(product, [option])]
        label = lexicon.word("option", option.lower(), draft.language)
        draft.say("option_values", product=name, option=label, values=listing(values, draft.language))
    for fact in facts if not options else ():
        _tell_fact(draft, product, name, fact)
    if not options and not facts:
        draft.say("not_in_record", product=name)


def _tell_material(draft: Draft, product: Product, name: str, variants: Sequence[Variant], question: Question) -> None:
    _tell_attribute(draft, product, name, ("material", "fabric", "materials"))


def _tell_weight(draft: Draft, product: Product, name: str, variants: Sequence[Variant], question: Question) -> None:
    _tell_attribute(draft, product, name, ("weight", "net_weight"))


def _tell_care(draft: Draft, product: Product, name: str, variants: Sequence[Variant], question: Question) -> None:
    _tell_attribute(draft, product, name, ("care", "washing"))


def _tell_related(draft: Draft, product: Product, name: str, variants: Sequence[Variant], question: Question) -> None:
    related = [found for key in product.related if (found := draft.desk.facts.product(key))]
    if not related:
        draft.say("not_in_record", product=name)
        return
    draft.say(
        "related", product=name, others=listing([in_language(p.names, draft.language) for p in related], draft.language)
    )


def _tell_attribute(draft: Draft, product: Product, name: str, keys: Sequence[str]) -> None:
    for key in keys:
        if key in product.attributes:
            _tell_fact(draft, product, name, key)
            return
    draft.say("not_in_record", product=name)


def _tell_fact(draft: Draft, product: Product, name: str, key: str) -> None:
    label = draft.desk.facts.lexicon.word("attribute", key, draft.language).replace("_", " ")
    draft.say("fact", product=name, label=label, value=in_language(product.attributes[key], draft.language))


def _tell_feature(draft: Draft, product: Product, token: str, name: str) -> int:
    """Quote the attribute or the sentence of the record that speaks of a feature; 0 when none does."""
    lexicon = draft.desk.facts.lexicon
    concept = token.partition(":")[2]
    for key, texts in product.attributes.items():
        spoken = any(token in {span.token for span in lexicon.read(text)} for text in texts.values())
        if spoken or key == concept:
            _tell_fact(draft, product, name, key)
            return 1
    for language, text in product.descriptions.items():
        for place, sentence in enumerate(_SENTENCE_END.split(text)):
            if token in {span.token for span in lexicon.read(sentence)}:
                own = _SENTENCE_END.split(in_language(product.descriptions, draft.language))
                quote = sentence if language == draft.language else own[min(place, len(own) - 1)]
                draft.say("quote", product=name, quote=quote[:_QUOTE_CHARS])
                return 1
    if token.startswith(("feature:", "attribute:")):
        draft.say("not_in_record", product=name)
        return 1
    return 0


_TELLERS = {
    "price": _tell_price,
    "stock": _tell_stock,
    "colours": _tell_colours,
    "sizes": _tell_sizes,
    "material": _tell_material,
    "weight": _tell_weight,
    "care": _tell_care,
    "related": _tell_related,
}


def list_products(draft: Draft, products: Sequence[Product], key: str) -> None:
    """Show several products, numbered, with a card each."""
    shown = list(products)[:_LISTED]
    draft.say(key, count=len(shown))
    lines = []
    for place, product in enumerate(shown, start=1):
        prices = price_range([v.price for v in product.variants.values()], draft.desk.currency, draft.language)
        name = in_language(product.names, draft.language)
        lines.append(draft.word("product_line", place=place, product=name, price=prices))
    draft.text("\n".join(lines))
    for product in shown:
        show_card(draft, product, tuple(product.variants.values()), choose=True)
        draft.cite(f"product:{product.product_id}", in_language(product.names, draft.language))
    draft.list_shown("product_id", [product.product_id for product in shown])


def show_card(draft: Draft, product: Product, variants: Sequence[Variant], *, choose: bool = False) -> None:
    """Show a product's card with the picture of the first variant that has one."""
    prices = price_range([variant.price for variant in variants], draft.desk.currency, draft.language)
    in_stock = any(is_in_stock(variant) for variant in variants)
    fields = [
        (draft.word("field.price"), prices),
        (draft.word("field.stock"), draft.word("stock.yes" if in_stock else "stock.no")),
    ]
    name = in_language(product.names, draft.language)
    pictured = [variant for variant in variants if variant.pictures]
    image = draft.desk.picture(pictured[0].pictures[0]) if pictured else ""
    draft.card(
        CardPart(
            title=name,
            subtitle=in_language(product.category_names, draft.language) or product.category,
            fields=tuple(field for field in fields if field[1]),
            image_sha256=image,
            sku=variants[0].item_id if len(variants) == 1 else "",
            buttons=(Button(label=draft.word("button.this"), value=f"product:{product.product_id}"),) if choose else (),
        )
    )


def is_in_stock(variant: Variant) -> bool:
    """Return whether a variant can be bought now."""
    return variant.available and (variant.stock is None or variant.stock > 0)
