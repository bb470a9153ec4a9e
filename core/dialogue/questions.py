"""Answer questions: from a product's record, from a page of the shop, or honestly not at all."""

from __future__ import annotations

from core.dialogue.draft import Draft
from core.dialogue.products import list_products, tell_assortment, tell_product
from core.knowledge.library import Hit
from core.knowledge.question import Question, read_question
from core.shop.records import Page, Product, in_language
from core.types import spoken_text

_ENOUGH = 0.5
"""Evidence below this is no evidence: the clerk says that it does not know."""
_LEANING = 0.12
"""What the understanding's intent adds to the kind of passage that it expects."""
_UNDERSTOOD = 0.5
"""Probability of the likeliest intent above which the question was clear and only the answer lacks."""
_NEAR = 0.07
"""Products this near to the best are meant as well ("backpacks")."""
_QUOTE_CHARS = 80
_PRODUCT_INTENTS = frozenset({"product_question", "product_recommendation", "stock_availability"})


async def answer_question(draft: Draft) -> str:
    """Answer the question in slot "question": "answered", or "thin" when the evidence is."""
    asked_of_photo = draft.slots.pop("photo_question", "")
    text = draft.slots.get("question") or asked_of_photo or spoken_text(draft.message, draft.percept)
    question = read_question(text, draft.desk.facts.lexicon)
    product = _spoken_of(draft, question)
    if product is not None:
        tell_product(draft, product, question)
        return "answered"
    facts = draft.desk.facts
    chosen = [product for product in facts.products.values() if product.category == draft.heard.get("category")]
    if chosen:
        list_products(draft, chosen, "products_found")
        return "answered"
    if _asks_for_assortment(question) and facts.products:
        tell_assortment(draft, "assortment")
        return "answered"
    products = _of_named_things(draft, question, await facts.search(text, prefix="product:", k=20))
    pages = await facts.search(text, prefix="page:", k=1)
    leaning = _leaning(draft, question)
    best_product = products[0].score + max(leaning, 0.0) if products else 0.0
    best_page = pages[0].score + max(-leaning, 0.0) if pages else 0.0
    if max(best_product, best_page) < _ENOUGH:
        return _without_evidence(draft, question)
    if best_page > best_product:
        tell_page(draft, facts.pages[pages[0].passage.id.partition(":")[2]])
        return "answered"
    _tell_products(draft, products, question)
    return "answered"


def _spoken_of(draft: Draft, question: Question) -> Product | None:
    """Return the product that was chosen just now, or that "it" means when the words name no other."""
    facts = draft.desk.facts
    if "product_id" in draft.heard:
        return facts.product(draft.heard["product_id"])
    asks = question.aspects or question.colours or question.sizes
    others = set(question.subject) - set(question.features)
    on_it = question.points or not question.lists if question.features else bool(asks)
    if others or question.topics or not on_it:
        return None
    return facts.product(draft.slots.get("product_id", ""))


def _of_named_things(draft: Draft, question: Question, hits: list[Hit]) -> list[Hit]:
    """Keep the products that are what the question names: a laptop bag is no answer to "do you sell laptops"."""
    if not question.things:
        return hits
    named = frozenset().union(*(draft.desk.facts.named(thing) for thing in question.things))
    return [hit for hit in hits if hit.passage.id in named]


def _without_evidence(draft: Draft, question: Question) -> str:
    """Answer about the product spoken of when only a feature is asked ("is it waterproof?"), else admit it."""
    product = draft.desk.facts.product(draft.slots.get("product_id", ""))
    if product is not None and question.features and not set(question.subject) - set(question.features):
        tell_product(draft, product, question)
        return "answered"
    likely = draft.understanding.intents[0].name if draft.understanding.intents else ""
    lacking = [thing for thing in question.things if not draft.desk.facts.named(thing)]
    if lacking and likely in _PRODUCT_INTENTS:
        kind, _, name = lacking[0].partition(":")
        draft.say("not_sold", wanted=draft.desk.facts.lexicon.word(kind, name, draft.language))
        return "answered"
    if likely == "product_recommendation" and draft.desk.facts.products:
        tell_assortment(draft, "ask_need")
        return "answered"
    return "thin"


def _asks_for_assortment(question: Question) -> bool:
    """Return whether it is "what do you sell": it asks what there is and names nothing."""
    named = question.subject or question.topics or question.aspects or question.colours or question.sizes
    return question.lists and not question.points and not named


def _leaning(draft: Draft, question: Question) -> float:
    """Return how much the question leans to products (positive) or to pages (negative)."""
    intents = draft.understanding.intents
    likely = intents[0].name if intents else ""
    if likely in _PRODUCT_INTENTS:
        return _LEANING
    if question.topics and not question.aspects:
        return -_LEANING
    return _LEANING if question.aspects and not question.topics else 0.0


def _tell_products(draft: Draft, hits: list[Hit], question: Question) -> None:
    facts = draft.desk.facts
    near = [hit for hit in hits if hit.score >= hits[0].score - _NEAR and hit.coverage >= hits[0].coverage - _NEAR]
    found = [product for hit in near if (product := facts.product(hit.passage.id.partition(":")[2]))]
    if len(found) > 1:
        list_products(draft, found, "products_found")
    else:
        tell_product(draft, found[0], question)


def tell_page(draft: Draft, page: Page) -> None:
    """Quote a page and cite it."""
    body = in_language(page.bodies, draft.language)
    draft.text(body)
    draft.cite(f"page:{page.id}", body[:_QUOTE_CHARS])


async def admit_ignorance(draft: Draft) -> str:
    """Say that the clerk does not know, or did not understand; what follows is `core.dialogue.repair`'s."""
    draft.missed = True
    intents = draft.understanding.intents
    understood = bool(intents) and intents[0].probability >= _UNDERSTOOD
    draft.say("dont_know" if understood else "not_understood")
    return ""
