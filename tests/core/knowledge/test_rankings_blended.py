from __future__ import annotations

from core.knowledge.blending import blended, varied


def test_what_two_rankings_place_high_wins_over_what_one_places_first() -> None:
    assert next(iter(blended([(["a", "b"], 1.0), (["c", "b"], 1.0)]))) == "b"


def test_a_weight_lets_one_ranking_decide() -> None:
    assert next(iter(blended([(["a"], 1.0), (["b"], 2.0)]))) == "b"


def test_twins_do_not_stand_side_by_side() -> None:
    twins = {frozenset({"red mug", "blue mug"}): 1.0}
    ranked = ["red mug", "blue mug", "tent"]
    assert varied(ranked, lambda one, other: twins.get(frozenset({one, other}), 0.0), 2) == ["red mug", "tent"]


def test_without_likeness_the_order_stands() -> None:
    assert varied(["a", "b", "c"], lambda _, __: 0.0, 3) == ["a", "b", "c"]
