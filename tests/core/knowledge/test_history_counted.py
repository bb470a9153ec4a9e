from __future__ import annotations

from core.knowledge.history import History, count_history

TENTS = [frozenset({"tent", "lamp"})] * 8 + [frozenset({"tent"})] * 2
MUGS = [frozenset({"mug"})] * 60 + [frozenset({"mug", "spoon"})] * 2


def counted() -> History:
    return count_history([*TENTS, *MUGS])


def test_customers_are_counted_by_product_and_by_pair() -> None:
    history = counted()
    assert history.customers == 72
    assert history.bought["mug"] == 62 and history.together["lamp"]["tent"] == 8
    assert history.popular(["lamp", "mug", "never"]) == ["mug", "lamp"]


def test_what_is_bought_together_more_often_than_chance_has_it_is_told_with_its_customers() -> None:
    assert counted().often_with("tent") == [("lamp", 8)]


def test_a_pair_of_two_customers_is_an_accident() -> None:
    assert counted().often_with("spoon") == []


def test_bestsellers_that_meet_as_often_as_chance_has_it_do_not_go_together() -> None:
    mixed = [frozenset({"a", "b"})] * 25 + [frozenset({"a"})] * 25 + [frozenset({"b"})] * 25 + [frozenset({"c"})] * 25
    assert count_history(mixed).often_with("a") == []


def test_the_rarer_companion_is_nearer_than_the_bestseller() -> None:
    orders = [frozenset({"tent", "peg", "mug"})] * 3 + [frozenset({"mug"})] * 30
    assert count_history(orders).beside(["tent"], ["mug", "peg", "sock"]) == ["peg", "mug"]


def test_a_shop_without_orders_has_no_opinion() -> None:
    history = count_history([])
    assert history.popular(["a"]) == [] and history.beside(["a"], ["b"]) == [] and history.often_with("a") == []


def test_a_customer_of_a_whole_warehouse_says_nothing_of_pairs() -> None:
    assert count_history([frozenset(map(str, range(60)))]).together == {}
