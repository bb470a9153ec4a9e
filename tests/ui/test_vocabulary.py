"""The hint for speech recognition."""

from __future__ import annotations

from ui.shop_folder import demo_records
from ui.vocabulary import vocabulary


def test_the_hint_holds_what_things_are_called_for_short_in_both_languages() -> None:
    words = vocabulary(demo_records().products.values()).split(",")
    assert {"保温杯", "马克杯", "ceramic mug", "vacuum flask", "订单"} <= set(words)


def test_a_huge_catalogue_does_not_fill_the_prompt() -> None:
    products = list(demo_records().products.values()) * 50
    assert len(vocabulary(products)) < 600


def test_a_shop_without_products_gives_the_words_of_the_trade() -> None:
    assert "转人工" in vocabulary([])
