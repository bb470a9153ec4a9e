from __future__ import annotations

import pytest

from core.knowledge.affinity import Affinity
from core.knowledge.graph import build_graph
from core.knowledge.history import count_history
from core.knowledge.lexicon import load_lexicon
from core.shop.records import Address, Customer, Order, OrderItem, Product, Records, Variant
from learning.evaluation.recommend import Held, held_links, held_purchases, rankers, score_ranker

HOME = Address(address1="1 Lane", city="Town", country="USA", zip="00000")


def product(key: str, *related: str) -> Product:
    variant = Variant(item_id=key, options={}, price=1.0)
    return Product(product_id=key, names={"en": key}, variants={key: variant}, related=related)


def order(number: str, customer: str, *keys: str, status: str = "delivered") -> Order:
    items = tuple(OrderItem(name=key, product_id=key, item_id=key, price=1.0, options={}) for key in keys)
    return Order(order_id=number, user_id=customer, address=HOME, items=items, status=status)


def shop(*orders: Order) -> Records:
    products = {
        key: product(key, *related) for key, related in {"a": ("b",), "b": (), "c": ("gone", "c"), "d": ()}.items()
    }
    customers = {
        name: Customer(user_id=name, first_name=name, last_name="", email=f"{name}@example.com", address=HOME,
                       orders=tuple(one.order_id for one in orders if one.user_id == name))
        for name in {one.user_id for one in orders}
    }  # fmt: skip
    return Records(name={}, products=products, customers=customers, orders={one.order_id: one for one in orders})


def test_the_last_product_is_held_out_and_stands_in_no_basket_of_the_customer() -> None:
    held, baskets = held_purchases(
        shop(order("1", "ann", "a", "b"), order("2", "ann", "b", "c"), order("3", "bo", "d"))
    )
    assert held == [Held(seeds=("a", "b"), truth=frozenset({"c"}))]
    assert sorted(map(sorted, baskets)) == [["a", "b"], ["b"], ["d"]]


def test_cancelled_orders_and_single_products_are_no_case() -> None:
    held, _ = held_purchases(shop(order("1", "ann", "a"), order("2", "ann", "b", status="cancelled")))
    assert held == []


def test_links_to_nothing_and_to_itself_are_no_truth() -> None:
    assert held_links(shop()) == [Held(seeds=("a",), truth=frozenset({"b"}))]


def test_scores_are_those_of_the_first_ten() -> None:
    catalogue = tuple("abcdefghijklmnop")
    cases = [Held(seeds=("a",), truth=frozenset({"c"})), Held(seeds=("b",), truth=frozenset({"p", "c"}))]
    scores = score_ranker(lambda _, pool: pool, cases, catalogue)
    assert scores.recall_at_5 == scores.recall_at_10 == 0.75  # second of all, and one of two
    assert scores.coverage == round(11 / 16, 4)
    assert scores.ndcg_at_10 == pytest.approx((0.6309 + 0.6309 / 1.6309) / 2, abs=1e-4)


def test_what_would_peep_is_left_out_and_chance_is_the_same_every_time() -> None:
    records = shop(order("1", "ann", "a", "b"))
    affinity = Affinity(
        graph=build_graph(tuple(records.products.values()), (), load_lexicon()), history=count_history([])
    )
    assert "linked" not in rankers(affinity, without=("linked",))
    pool = ["a", "b", "c", "d"]
    assert rankers(affinity)["random"]([], pool) == rankers(affinity)["random"]([], pool)
    assert rankers(affinity)["linked"](["a"], pool) == ["b"]


def test_nothing_to_foretell_is_said() -> None:
    with pytest.raises(ValueError, match="nothing"):
        score_ranker(lambda _, pool: pool, [], ("a",))
