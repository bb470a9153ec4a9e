"""Choose among products by price and by what a customer needs."""

from __future__ import annotations

from collections.abc import Sequence

from core.knowledge.budget import Budget
from core.knowledge.lexicon import Lexicon
from core.knowledge.needs import Candidate, Need, weigh
from core.knowledge.question import Question
from core.shop.records import Product


def affordable(products: Sequence[Product], budget: Budget) -> list[Product]:
    """Return the products with a variant inside the budget that can be bought now, in the order given."""
    return [product for product in products if any(map(budget.holds, product.variants.values()))]


def cheapest_first(products: Sequence[Product]) -> list[Product]:
    """Return the products by their lowest price."""
    return sorted(products, key=lambda product: min((v.price for v in product.variants.values()), default=0.0))


def candidates(
    products: Sequence[Product],
    needs: Sequence[Need],
    question: Question,
    lexicon: Lexicon,
    *,
    language: str,
    budget: Budget | None,
) -> list[Candidate]:
    """Return the products by how many of the needs their records meet, then by price; those that meet none left out.

    Where nothing but a price or an audience is stated, there is nothing to meet and all stay. The audience
    narrows down and does not recommend by itself: a product that says it is for others is left out.
    """
    suiting = [product for product in products if suits(product, question.audience, lexicon)]
    weighed = [weigh(product, needs, question, lexicon, language, budget) for product in suiting]
    narrows_only = all(need.kind in ("budget", "audience") for need in needs)
    met = [one for one in weighed if narrows_only or any(reason.need.kind != "budget" for reason in one.reasons)]
    return sorted(met, key=lambda one: (len(one.lacking), min((v.price for v in one.variants), default=0.0)))


def suits(product: Product, audience: Sequence[str], lexicon: Lexicon) -> bool:
    """Return whether a product is for those who are named (men, women, children), or for nobody in particular."""
    if not audience:
        return True
    words = " / ".join([*product.names.values(), product.category, *product.category_names.values()])
    its = set(lexicon.concepts(words, "audience"))
    return not its or bool(its & set(audience))
