from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

from core.knowledge.graph import build_graph
from core.knowledge.lexicon import load_lexicon
from core.shop.records import Product
from ui.graph_picture import as_html, as_svg, lay_out


def goods(many: int) -> tuple[Product, ...]:
    hub = Product(
        product_id="hub",
        names={"en": 'Hub <script>alert("x")</script> & more'},
        variants={},
        related=tuple(f"p{n}" for n in range(many)),
    )
    return (hub, *(Product(product_id=f"p{n}", names={"en": f"Thing {n}"}, variants={}) for n in range(many)))


def test_no_two_nodes_lie_upon_each_other() -> None:
    graph = build_graph(goods(40), (), load_lexicon())
    drawing = lay_out(graph.around("product:hub", depth=2), "product:hub")
    places = [(placed.x, placed.y) for placed in drawing.places.values()]
    assert len(places) == 41
    assert min(math.dist(one, other) for at, one in enumerate(places) for other in places[:at]) > 40
    assert all(0 < x < drawing.size and 0 < y < drawing.size for x, y in places)


def test_names_are_data_and_never_markup() -> None:
    graph = build_graph(goods(2), (), load_lexicon())
    drawing = lay_out(graph.around("product:hub"), "product:hub")
    svg, page = as_svg(drawing, "en"), as_html(drawing, graph.nodes["product:hub"], "en")
    assert ElementTree.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own picture
    assert "<script" not in svg and "<script" not in page


def test_a_node_alone_is_a_picture_too() -> None:
    graph = build_graph((Product(product_id="a", names={"en": "Alone"}, variants={}),), (), load_lexicon())
    assert "Alone" in as_svg(lay_out(graph.around("product:a"), "product:a"), "en")
