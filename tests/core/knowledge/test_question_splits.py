from __future__ import annotations

from core.knowledge.lexicon import load_lexicon
from core.knowledge.splitting import best_split
from core.shop.records import Product, Variant


def jacket(key: str, about: str, price: float) -> Product:
    variant = Variant(item_id=f"{key}1", options={}, price=price)
    return Product(product_id=key, names={"en": "Jacket"}, descriptions={"en": about}, variants={"v": variant})


USES = ("For running.", "For hiking.", "For yoga.", "For camping.", "For cycling.", "For running.")


def test_the_question_is_asked_that_the_records_answer_best() -> None:
    products = [jacket(str(at), about, 50.0) for at, about in enumerate(USES)]
    split = best_split(products, load_lexicon())
    assert split is not None and split.kind == "use" and split.values[0] == "running"


def test_where_records_tell_no_use_the_price_splits_at_round_numbers() -> None:
    products = [jacket(str(at), "Warm.", price) for at, price in enumerate((42, 58, 61, 118, 129, 187, 240, 310, 488))]
    split = best_split(products, load_lexicon())
    assert split is not None and split.kind == "budget" and split.values == ("120", "200")


def test_what_was_asked_already_is_not_asked_again() -> None:
    products = [jacket(str(at), about, 50.0) for at, about in enumerate(USES)]
    assert best_split(products, load_lexicon(), known={"use"}) is None


def test_nothing_is_asked_of_goods_that_do_not_differ() -> None:
    assert best_split([jacket(str(at), "Warm.", 50.0) for at in range(6)], load_lexicon()) is None
    assert best_split([], load_lexicon()) is None
