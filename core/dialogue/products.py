"""Answer from the catalogue: one product with its card, or several to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.dialogue.aspects import ASPECTS, Subject, is_in_stock, tell_feature, tell_price, tell_sizes, tell_stock
from core.dialogue.draft import Draft
from core.knowledge.question import Question
from core.knowledge.variants import colours, fitting
from core.shop.records import Product, Variant, in_language
from core.types import Button, CardPart
from core.wording.formats import listing, price_range

_LISTED = 4
_CATEGORIES = 8
"""Buttons under the list of categories."""


def tell_product(draft: Draft, product: Product, question: Question) -> None:
    """Answer a question about one product, with its card; afterwards "it" means this product."""
    draft.slots["product_id"] = product.product_id
    every = tuple(product.variants.values())
    variants = fitting(product, question, draft.desk.facts.lexicon)
    about = Subject(draft=draft, product=product, variants=variants or every, question=question)
    if variants:
        _tell(about)
    else:
        _tell_missing_option(about)
    show_card(draft, product, variants or every)
    draft.cite(f"product:{product.product_id}", in_language(product.names, draft.language))


def _tell(about: Subject) -> None:
    told = [tell_feature(about, feature) for feature in about.question.features]
    aspects = [aspect for aspect in about.question.aspects if aspect in ASPECTS]
    for aspect in aspects:
        ASPECTS[aspect](about)
    if aspects or any(told):
        return
    if told:
        about.say("not_in_record")
    elif about.question.colours or about.question.sizes:
        tell_stock(about)
    else:
        tell_price(about)
        about.draft.text(in_language(about.product.descriptions, about.draft.language))


def _tell_missing_option(about: Subject) -> None:
    lexicon, language = about.draft.desk.facts.lexicon, about.draft.language
    have = colours(about.product)
    known = {concept for value in have for concept in lexicon.concepts(value, "colour")}
    if have and about.question.colours and not known & set(about.question.colours):
        wanted = listing([lexicon.word("colour", name, language) for name in about.question.colours], language)
        about.say("no_such_colour", wanted=wanted, colours=listing([about.word(value) for value in have], language))
    else:
        about.say("no_such_option")
        tell_sizes(about)


def tell_assortment(draft: Draft, key: str) -> None:
    """Name the shop's categories, with a button for each of the largest."""
    sizes = Counter(product.category for product in draft.desk.facts.products.values() if product.category)
    names = {
        product.category: in_language(product.category_names, draft.language) or product.category
        for product in draft.desk.facts.products.values()
    }
    largest = [category for category, _ in sizes.most_common()]
    draft.say(key, categories=listing([names[category] for category in largest], draft.language))
    draft.buttons(*((names[category], f"category:{category}") for category in largest[:_CATEGORIES]))


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
