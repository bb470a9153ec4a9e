"""Answers from how the shop's goods hang together: a cheaper one of the same kind, in the colour that is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from core.dialogue.comparing import compares
from core.dialogue.draft import Draft
from core.dialogue.photo_memory import compared_photos
from core.dialogue.products import chosen_before, list_products, tell_product
from core.knowledge.orderings import wanted_order
from core.knowledge.question import Question, read_question
from core.knowledge.variants import fitting
from core.shop.records import Product, Variant, in_language


async def answer_from_graph(draft: Draft) -> str:
    """Answer the questions that are about the relations of goods: "answered" when no other question is left."""
    asked = draft.slots.get("question", "")
    lines = [line for line in asked.split("\n") if line.strip()]
    await draft.desk.facts.library()
    left = [line for line in lines if not await _answer(draft, line)]
    if len(left) < len(lines):
        draft.slots["question"] = "\n".join(left)
        if left:
            draft.turn_page()
    return "answered" if lines and not left else ""


async def _answer(draft: Draft, text: str) -> bool:
    question = read_question(text, draft.desk.facts.lexicon)
    product = _compared_with(draft, question)
    if product is None or wanted_order(text) != "cheaper" or (compares(question) and compared_photos(draft, text)):
        return False
    await _tell_cheaper(draft, product, question)
    return True


def _compared_with(draft: Draft, question: Question) -> Product | None:
    """Return the product spoken of, unless the question names something else."""
    facts = draft.desk.facts
    product = facts.product(draft.slots.get("product_id", ""))
    if product is None or question.topics or question.unknown or question.budget:
        return None
    own = f"product:{product.product_id}"
    return product if all(own in facts.named(thing) for thing in question.things) else None


@dataclass(frozen=True, slots=True)
class _Offer:
    product: Product
    price: float


async def _tell_cheaper(draft: Draft, product: Product, question: Question) -> None:
    """Offer what is cheaper than the product, of its kind, with the options that are wanted; else say so."""
    facts = draft.desk.facts
    limit = _price(_for_sale(product, _chosen(draft, product)) or tuple(product.variants.values()))
    offers = [
        _Offer(other, price)
        for other in alike(draft, product)
        if (price := _price(_for_sale(other, fitting(other, question, facts.lexicon))))
    ]
    cheaper = sorted((offer for offer in offers if offer.price < limit), key=lambda offer: offer.price)
    name = in_language(product.names, draft.language)
    if len(cheaper) == 1:
        draft.say("cheaper_one", product=name)
        await tell_product(draft, cheaper[0].product, question)
    elif cheaper:
        list_products(draft, [offer.product for offer in cheaper], "cheaper_found")
    else:
        draft.say("cheaper_none", product=name)
        others = [offer.product for offer in sorted(offers, key=lambda offer: offer.price)]
        if others and (question.colours or question.sizes or question.features):
            list_products(draft, others, "products_found")
        draft.cite(f"product:{product.product_id}", name)


def alike(draft: Draft, product: Product) -> list[Product]:
    """Return the other products of a product's kind: those that are the same thing, else its category."""
    facts = draft.desk.facts
    title = " / ".join(product.names.values())
    kinds = [facts.named(f"thing:{thing}") for thing in facts.lexicon.concepts(title, "thing")]
    same = {one.partition(":")[2] for found in kinds for one in found if one.startswith("product:")}
    same.discard(product.product_id)
    if not same:
        same = {
            other.id.partition(":")[2]
            for category in facts.graph.near(f"product:{product.product_id}", "in")
            for other in facts.graph.near(category.id, "in")
            if other.id != f"product:{product.product_id}"
        }
    return [other for key, other in facts.products.items() if key in same]


def _chosen(draft: Draft, product: Product) -> tuple[Variant, ...]:
    """Return the variants with the options that the customer chose of the product spoken of."""
    wanted = set(chosen_before(draft))
    return tuple(variant for variant in product.variants.values() if wanted <= set(variant.options.items()))


def _for_sale(product: Product, variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    return tuple(one for one in variants if one.available and one.stock != 0)


def _price(variants: tuple[Variant, ...]) -> float:
    return min((one.price for one in variants), default=0.0)
