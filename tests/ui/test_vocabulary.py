"""The hint for speech recognition."""

from __future__ import annotations

from ui.shop_folder import demo_records
from ui.vocabulary import vocabulary


def test_each_language_has_a_line_with_the_trade_and_what_things_are_called_for_short() -> None:
    chinese, english = vocabulary(demo_records().products.values()).splitlines()
    assert all(word in chinese for word in ("转人工", "订单", "保温杯", "马克杯"))
    assert all(words in english for words in ("refund", "ceramic mug", "vacuum flask"))


def test_a_huge_catalogue_does_not_fill_the_prompt() -> None:
    products = list(demo_records().products.values()) * 50
    assert len(vocabulary(products)) < 600


def test_a_shop_without_products_gives_the_words_of_the_trade() -> None:
    assert "转人工" in vocabulary([]) and "stock" not in vocabulary([])
