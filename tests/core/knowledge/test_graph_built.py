from __future__ import annotations

import pytest

from core.knowledge.graph import SHOP, Graph, build_graph
from core.knowledge.lexicon import load_lexicon
from core.shop.records import Page, Product, Variant


def product(key: str, name: str, *, related: tuple[str, ...] = (), colour: str = "blue") -> Product:
    return Product(
        product_id=key,
        names={"en": name},
        category="kitchen",
        category_names={"en": "Kitchen", "zh": "厨房用品"},
        variants={f"{key}1": Variant(item_id=f"{key}1", options={"color": colour}, price=9.0)},
        related=related,
    )


MUG = product("mug", "Stoneware Mug", related=("kettle", "gone", "mug"))
KETTLE = product("kettle", "Electric Kettle", related=("mug",), colour="white")
CARE = Page(id="care", titles={"en": "Descaling"}, bodies={"en": "Descale every kettle once a month."})
KITCHEN = Page(id="kitchen", titles={"zh": "保养"}, bodies={"zh": "厨房用品请用温水清洗。"})
RETURNS = Page(id="returns", titles={"en": "Returns"}, bodies={"en": "Seven days."})
HOURS = Page(id="hours", titles={"en": "Opening hours"}, bodies={"en": "Nine to five."})


@pytest.fixture
def graph() -> Graph:
    return build_graph((MUG, KETTLE), (CARE, KITCHEN, RETURNS, HOURS), load_lexicon())


def test_what_goes_together_is_said_once_and_holds_both_ways(graph: Graph) -> None:
    assert [node.id for node in graph.near("product:mug", "goes_with")] == ["product:kettle"]
    assert [node.id for node in graph.near("product:kettle", "goes_with")] == ["product:mug"]


def test_goods_meet_in_their_category_and_their_colours(graph: Graph) -> None:
    assert [node.id for node in graph.near("category:kitchen", "in")] == ["product:mug", "product:kettle"]
    assert [node.id for node in graph.near("colour:blue", "has")] == ["product:mug"]
    assert graph.nodes["colour:blue"].names["zh"] == "蓝色"


def test_a_rule_applies_to_the_goods_and_categories_that_it_names(graph: Graph) -> None:
    assert {node.id for node in graph.policies("kettle")} == {"page:care", "page:kitchen", "page:returns"}
    assert {node.id for node in graph.policies("mug")} == {"page:kitchen", "page:returns"}


def test_a_rule_about_returns_that_names_no_goods_is_everybodys_and_one_about_hours_is_nobodys(graph: Graph) -> None:
    assert [node.id for node in graph.near(SHOP, "ruled_by")] == ["page:returns"]
    assert "page:hours" not in graph.nodes


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("mug", "product:mug"),
        ("厨房用品", "category:kitchen"),
        ("electric ketle", "product:kettle"),
        ("colour:blue",) * 2,
    ],
)
def test_a_node_is_found_by_id_and_by_name(graph: Graph, name: str, found: str) -> None:
    node = graph.find(name)
    assert node is not None and node.id == found


def test_nothing_is_found_by_a_name_that_nothing_has(graph: Graph) -> None:
    assert graph.find("quantum flux") is None


def test_a_neighbourhood_holds_what_is_near_and_no_more(graph: Graph) -> None:
    near = graph.around("page:care")
    assert set(near.nodes) == {"page:care", "product:kettle"}
    assert set(graph.nodes) - set(graph.around("page:care", depth=3).nodes) == {"page:returns", SHOP}
    assert len(graph.around("category:kitchen", depth=3, most=3).nodes) == 3


def test_a_shop_without_goods_has_an_empty_graph() -> None:
    assert build_graph((), (), load_lexicon()).find("mug") is None
