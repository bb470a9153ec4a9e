"""Answer from the catalogue: one product with its card, or several to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from core.dialogue.aspects import (
    ASPECTS,
    Subject,
    is_in_stock,
    tell_fact,
    tell_feature,
    tell_price,
    tell_sizes,
    tell_stock,
)
from core.dialogue.draft import Draft
from core.knowledge.answer_kind import asks_who_or_whence, names_such
from core.knowledge.question import Question
from core.knowledge.record_lines import RecordLine, answering_line, asks_more, asks_quantity
from core.knowledge.variants import (
    chosen_options,
    colours,
    describe_options,
    fitting,
    has_colour,
    settled_features,
    shared_options,
    variants_with,
)
from core.shop.records import Product, Variant, in_language
from core.types import Button, CardPart
from core.wording.formats import listing, price_range
from core.wording.templates import SPOKEN_CHANNELS

_EACH = 3
"""Products that one answer speaks about one after the other; more are listed."""
_LISTED = 4
_NAMED = 15
"""Categories, or products where there are no categories, that the clerk names in one breath."""
_CATEGORIES = 8
"""Buttons under the list of categories."""
_LOOSE = frozenset({"sizes", "weight"})
"""Aspects whose words are part of many other questions: how big a laptop fits, how much weight it holds."""


async def tell_product(draft: Draft, product: Product, question: Question) -> None:
    """Answer a question about one product, with its card; afterwards "it" means this product."""
    every = tuple(product.variants.values())
    question = _with_chosen_options(draft, product, question)
    draft.slots["product_id"] = product.product_id
    if product.product_id not in draft.slots.get("listed", "").partition(":")[2].split(","):
        draft.list_shown("product_id", [product.product_id])  # an older list is no longer what "the first one" means
    variants = fitting(product, question, draft.desk.facts.lexicon)
    about = Subject(draft=draft, product=product, variants=variants or every, question=question)
    if variants:
        await _tell(about)
    elif line := await _line_for_more(about):
        _tell_record_line(about, line)
    else:
        _tell_missing_option(about)
    show_card(draft, product, variants or variants_with(product, chosen_before(draft)))
    draft.cite(f"product:{product.product_id}", in_language(product.names, draft.language))


def _with_chosen_options(draft: Draft, product: Product, question: Question) -> Question:
    """Add the options that the customer chose before of the same product, and remember those named now."""
    lexicon, again = draft.desk.facts.lexicon, draft.slots.get("product_id") == product.product_id
    asks_which = {"colours", "sizes"} & set(question.aspects)
    wanted = replace(question, chosen=chosen_before(draft) if again and not asks_which else ())
    if not fitting(product, wanted, lexicon):
        wanted = question
    if fitting(product, wanted, lexicon):
        wanted = replace(wanted, chosen=chosen_options(product, wanted, lexicon))
        draft.slots["options"] = "\n".join(f"{option}={value}" for option, value in wanted.chosen)
    return wanted


def chosen_before(draft: Draft) -> tuple[tuple[str, str], ...]:
    """Return the options and values that were chosen of the product spoken of, as its record writes them."""
    parted = (one.partition("=") for one in draft.slots.get("options", "").split("\n") if one)
    return tuple((option, value) for option, _, value in parted)


async def _tell(about: Subject) -> None:
    question = about.question
    if asks_who_or_whence(question.text) and not names_such(list(about.product.attributes)):
        about.admit()
        return
    if line := await _closer_line(about):
        _tell_record_line(about, line)
        return
    named = question.text and (question.colours or question.sizes or question.chosen)
    settled = settled_features(about.product, question, about.draft.desk.facts.lexicon)
    wanted = [feature for feature in question.features if feature not in settled]
    wanted = [*wanted, *(f"topic:{topic}" for topic in question.topics if topic in about.product.attributes)]
    told = [tell_feature(about, feature) for feature in wanted]
    aspects = [aspect for aspect in question.aspects if aspect in ASPECTS]
    if "cheapest" in aspects:
        aspects = [aspect for aspect in aspects if aspect != "price"]
    asks_price = "price" in aspects and not (question.colours or question.sizes)
    if question.lists and named and "stock" not in aspects and not asks_price:
        aspects = ["stock", *(aspect for aspect in aspects if aspect not in ("price", "colours", "sizes"))]
    for aspect in aspects:
        ASPECTS[aspect](about)
    if any(told) or (aspects and not told):
        return
    if named and not told:
        await _tell_of_option(about)
    elif not await _tell_line(about, asked_for=bool(told)):
        tell_price(about)
        if about.draft.message.channel not in SPOKEN_CHANNELS:
            _describe(about)


async def _tell_line(about: Subject, *, asked_for: bool) -> bool:
    """Quote the line of the record that answers by its meaning; False when the question only names the product.

    `asked_for` says that something was asked of it for certain, which then is not in the record.
    """
    draft, product = about.draft, about.product
    facts, text = draft.desk.facts, about.question.text
    line = await answering_line(text, product, draft.language, facts.lexicon, facts.encoder)
    if line is not None and not line.sure:
        if not (asked_for or asks_more(text, product, draft.language, facts.lexicon)):
            return False
        about.admit()
        draft.say("nearest_line")
    if line is not None:
        _tell_record_line(about, line)
    elif asked_for or asks_more(text, product, draft.language, facts.lexicon):
        about.admit()
    else:
        return False
    return True


async def _closer_line(about: Subject) -> RecordLine | None:
    """Return the line that answers what only sounds like a question about sizes or weight."""
    if not about.question.aspects or not _LOOSE.issuperset(about.question.aspects):
        return None
    return await _line_for_more(about)


async def _line_for_more(about: Subject) -> RecordLine | None:
    """Return the line that surely answers what is asked beyond the product and its options."""
    facts, text, language = about.draft.desk.facts, about.question.text, about.draft.language
    if not asks_more(text, about.product, language, facts.lexicon):
        return None
    line = await answering_line(text, about.product, language, facts.lexicon, facts.encoder)
    return line if line is not None and line.sure else None


async def _tell_of_option(about: Subject) -> None:
    """Tell the stock of the variant that is named, or what else is asked of it."""
    if line := await _line_for_more(about):
        _tell_record_line(about, line)
    elif asks_quantity(about.question.text):
        about.admit()
    else:
        tell_stock(about)


def _tell_record_line(about: Subject, line: RecordLine) -> None:
    if line.attribute:
        tell_fact(about, line.attribute)
    else:
        about.say("quote", quote=line.text)


def _describe(about: Subject) -> None:
    draft, texts = about.draft, about.product.descriptions
    text = in_language(texts, draft.language)
    draft.text(text if draft.language in texts or not text else draft.word("foreign_text", text=text))


async def tell_each(
    draft: Draft,
    products: Sequence[Product],
    question: Question,
    *,
    chosen: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({}),
) -> bool:
    """Answer about each of a few products; False when nothing but what there is was asked, or of too many.

    `chosen` are options that were chosen of the products, by their ids.
    """
    asked = question.features or [a for a in question.aspects if a in ASPECTS] or question.topics
    if not asked or len(products) > _EACH:
        return False
    for product in products:
        own = replace(question, chosen=chosen.get(product.product_id, ()))
        variants = fitting(product, own, draft.desk.facts.lexicon)
        about = Subject(
            draft=draft, product=product, variants=variants or tuple(product.variants.values()), question=own
        )
        await _tell(about)
        draft.cite(f"product:{product.product_id}", in_language(product.names, draft.language))
    draft.list_shown("product_id", [product.product_id for product in products])
    return True


async def tell_facts(draft: Draft, question: Question) -> bool:
    """Tell what a named product's own record says on a topic ("warranty"); False when none does."""
    facts = draft.desk.facts
    await facts.library()
    topics = set(question.topics)
    if question.things:
        keys = [product.product_id for product in facts.products.values()
                if all(f"product:{product.product_id}" in facts.named(thing) for thing in question.things)]  # fmt: skip
    else:
        keys = [draft.slots["product_id"]] if question.points and "product_id" in draft.slots else []
    found = [p for key in keys if (p := facts.product(key)) and topics & set(p.attributes)]
    if not found or len(found) > _EACH:
        return False
    for product in found:
        about = Subject(draft=draft, product=product, variants=tuple(product.variants.values()), question=question)
        for topic in question.topics:
            if topic in product.attributes:
                tell_fact(about, topic)
        draft.cite(f"product:{product.product_id}", in_language(product.names, draft.language))
    if len(found) == 1:
        draft.slots["product_id"] = found[0].product_id
    return True


def _tell_missing_option(about: Subject) -> None:
    lexicon, language = about.draft.desk.facts.lexicon, about.draft.language
    have = colours(about.product)
    if have and about.question.colours and not has_colour(about.product, about.question.colours, lexicon):
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
    named = [names[category] for category in largest]
    if not named:
        named = [in_language(product.names, draft.language) for product in draft.desk.facts.products.values()]
    draft.say(key, categories=listing(list(dict.fromkeys(named))[:_NAMED], draft.language))
    draft.buttons(*((names[category], f"category:{category}") for category in largest[:_CATEGORIES]))


def list_products(
    draft: Draft,
    products: Sequence[Product],
    key: str,
    *,
    only: Callable[[Variant], bool] = lambda _: True,
    notes: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Show several products, numbered, with a card each; of their variants those that `only` lets through.

    `notes` are said of the products by their ids, such as why one is recommended.
    """
    shown = list(products)[: draft.at_most(_LISTED)]
    draft.say(key, count=len(shown))
    lines = []
    for place, product in enumerate(shown, start=1):
        prices = price_range([variant.price for variant in _let(product, only)], draft.desk.currency, draft.language)
        name = in_language(product.names, draft.language)
        line = draft.word("product_line", place=place, product=name, price=prices)
        note = notes.get(product.product_id, "")
        wordy = draft.is_heard and len(shown) > 1  # a listener who wants to know why asks
        lines.append(draft.word("line_note", line=line, note=note) if note and not wordy else line)
    draft.text("\n".join(lines))
    for product in shown:
        show_card(draft, product, _let(product, only), choose=True)
        draft.cite(f"product:{product.product_id}", in_language(product.names, draft.language))
    draft.list_shown("product_id", [product.product_id for product in shown])
    if len(shown) == 1:
        draft.slots["product_id"] = shown[0].product_id


def _let(product: Product, only: Callable[[Variant], bool]) -> tuple[Variant, ...]:
    every = tuple(product.variants.values())
    return tuple(filter(only, every)) or every


def show_card(draft: Draft, product: Product, variants: Sequence[Variant], *, choose: bool = False) -> None:
    """Show a product's card with the picture of the first variant that has one."""
    prices = price_range([variant.price for variant in variants], draft.desk.currency, draft.language)
    in_stock = any(is_in_stock(variant) for variant in variants)
    fields = [
        (draft.word("field.price"), prices),
        (draft.word("field.stock"), draft.word("stock.yes" if in_stock else "stock.no")),
    ]
    name = in_language(product.names, draft.language)
    if options := shared_options(product, variants):
        told = describe_options(product, options, draft.desk.facts.lexicon, draft.language)
        name = draft.word("name_with_options", product=name, options=told)
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
