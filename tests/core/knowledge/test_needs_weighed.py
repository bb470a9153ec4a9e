from __future__ import annotations

from core.knowledge.budget import Budget
from core.knowledge.comparing import amounts, differing
from core.knowledge.lexicon import load_lexicon
from core.knowledge.needs import read_needs
from core.knowledge.question import read_question
from core.knowledge.recommend import candidates
from core.shop.records import Product, Variant

LEXICON = load_lexicon()
BOOTS = Product(
    product_id="boots",
    names={"en": "Hiking Boots"},
    attributes={"weight": {"en": "1.1 kg a pair"}, "warranty": {"en": "1 year"}},
    variants={
        "dry": Variant(item_id="dry", options={"waterproof": "yes", "color": "brown"}, price=120.0),
        "wet": Variant(item_id="wet", options={"waterproof": "no", "color": "black"}, price=80.0),
        "gone": Variant(item_id="gone", options={"waterproof": "yes", "color": "black"}, price=60.0, available=False),
    },
)
SANDALS = Product(
    product_id="sandals",
    names={"en": "Beach Sandals"},
    attributes={"waterproof": {"en": "No"}, "weight": {"en": "400 g"}, "warranty": {"en": "1 year"}},
    descriptions={"en": "Not for hiking. Light and airy."},
    variants={"s": Variant(item_id="s", options={"color": "black"}, price=30.0)},
)
TRAIN = Product(
    product_id="train",
    names={"zh": "木头火车"},
    attributes={"ages": {"zh": "3 岁以上"}},
    variants={"t": Variant(item_id="t", options={}, price=69.0)},
)


def weighed(text: str, budget: Budget | None = None) -> dict[str, tuple[set[str], set[str]]]:
    """Return for each product the kinds of needs that it meets and lacks."""
    question = read_question(text, LEXICON)
    needs = read_needs(question, LEXICON, budget or question.budget)
    found = candidates(
        (BOOTS, SANDALS, TRAIN), needs, question, LEXICON, language="en", budget=budget or question.budget
    )
    return {
        one.product.product_id: ({reason.need.kind for reason in one.reasons}, {need.kind for need in one.lacking})
        for one in found
    }


def test_needs_are_met_by_the_name_an_option_or_an_attribute() -> None:
    assert weighed("waterproof shoes for hiking") == {"boots": ({"feature", "use"}, set())}


def test_what_a_record_denies_is_no_reason() -> None:
    assert "sandals" not in weighed("something waterproof for hiking")


def test_a_budget_counts_only_variants_that_meet_the_rest_and_are_there() -> None:
    assert weighed("waterproof, under 100")["boots"] == ({"feature"}, {"budget"})
    assert weighed("waterproof, under 150")["boots"] == ({"feature", "budget"}, set())


def test_an_age_is_looked_up_in_the_ages_of_the_record() -> None:
    assert weighed("给5岁孩子")["train"] == ({"age"}, {"audience"})
    assert "train" not in weighed("给2岁孩子")


def test_only_what_differs_is_compared() -> None:
    keys = {row.key for row in differing((BOOTS, SANDALS), "en")}
    assert keys == {"weight", "waterproof", "color"}


def test_weights_are_compared_across_units_and_prices_always() -> None:
    assert amounts((BOOTS, SANDALS), ("weight",)) == (1100.0, 400.0)
    assert amounts((BOOTS, SANDALS), ("price",)) == (60.0, 30.0)
    assert amounts((BOOTS, TRAIN), ("weight",)) is None
