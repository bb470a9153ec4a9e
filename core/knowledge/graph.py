"""Products, categories, features, things that go together and the rules that apply, as one graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from rapidfuzz import fuzz, process

from core.knowledge.chunks import citation_of
from core.knowledge.lexicon import Lexicon
from core.shop.records import Page, Product, Texts

Kind: TypeAlias = Literal["product", "category", "feature", "policy"]
Relation: TypeAlias = Literal["in", "has", "goes_with", "ruled_by"]

_FEATURES = ("colour", "material", "feature", "audience")
"""Kinds of concepts that become nodes; what two products share joins them."""
SHOP = "category:"
"""The node of the whole shop, which rules about returns and the like apply to when they name no goods."""
_OF_ALL = frozenset({"return", "exchange", "refund", "warranty", "price_protection", "damaged"})
"""What a rule's title speaks of when it applies to all goods."""
_NAMED = 60
"""Likeness of letters, of 100, from which on a name is meant."""
_CONTENTS = 400
"""Of a policy, the characters that may name what it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Something in the shop."""

    id: str
    """"product:ID", "category:NAME", "colour:blue", "material:steel", "page:ID", "doc:ID#1"."""
    kind: Kind
    names: Texts


@dataclass(frozen=True, slots=True)
class Edge:
    """A directed relation; `Graph.edges` holds it at both of its ends."""

    start: str
    relation: Relation
    end: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by id, and each node's edges, whichever end it is."""

    nodes: Mapping[str, Node]
    edges: Mapping[str, tuple[Edge, ...]]

    def near(self, node_id: str, relation: Relation) -> tuple[Node, ...]:
        """Return the nodes at the other end of a node's edges of one kind, in the order of the records."""
        return tuple(self.nodes[other] for edge in self.edges.get(node_id, ()) if edge.relation == relation
                     if (other := edge.end if edge.start == node_id else edge.start) in self.nodes)  # fmt: skip

    def around(self, node_id: str, *, depth: int = 1, most: int = 60) -> Graph:
        """Return the part of the graph within `depth` steps of a node, at most `most` nodes, nearest first."""
        reached = {node_id: None}
        edge_of_reach = [node_id]
        for _ in range(depth):
            following = [
                other
                for one in edge_of_reach
                for edge in self.edges.get(one, ())
                if (other := edge.end if edge.start == one else edge.start) not in reached
            ]
            edge_of_reach = list(dict.fromkeys(following))[: max(most - len(reached), 0)]
            reached |= dict.fromkeys(edge_of_reach)
        kept = {
            one: tuple(e for e in self.edges.get(one, ()) if e.start in reached and e.end in reached) for one in reached
        }
        return Graph(MappingProxyType({one: self.nodes[one] for one in reached}), MappingProxyType(kept))

    def find(self, name: str) -> Node | None:
        """Return the node with an id, or the one whose name is nearest; None when nothing is near."""
        for candidate in (name, f"product:{name}", f"category:{name}", f"page:{name}"):
            if candidate in self.nodes:
                return self.nodes[candidate]
        named = [(text.lower(), node) for node in self.nodes.values() for text in node.names.values() if text]
        best = process.extractOne(name.lower(), [text for text, _ in named], scorer=fuzz.WRatio, score_cutoff=_NAMED)
        return named[best[2]][1] if best else None

    def policies(self, product_id: str) -> tuple[Node, ...]:
        """Return the rules that apply to a product: those that name it, its kind or its category, then everybody's."""
        own = self.near(f"product:{product_id}", "ruled_by")
        by_category = [
            rule for category in self.near(f"product:{product_id}", "in") for rule in self.near(category.id, "ruled_by")
        ]
        of_all = self.near(SHOP, "ruled_by") if SHOP in self.nodes else ()
        return tuple({rule.id: rule for rule in (*own, *by_category, *of_all)}.values())


@dataclass(slots=True)
class _Builder:
    lexicon: Lexicon
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[str, dict[Edge, None]] = field(default_factory=dict)

    def node(self, node_id: str, kind: Kind, names: Texts) -> str:
        self.nodes.setdefault(node_id, Node(id=node_id, kind=kind, names=names))
        return node_id

    def edge(self, start: str, relation: Relation, end: str) -> None:
        made, back = Edge(start, relation, end), Edge(end, relation, start)
        if relation == "goes_with" and back in self.edges.get(start, {}):
            return  # two records say the same
        for one in (start, end):
            self.edges.setdefault(one, {})[made] = None

    def product(self, product: Product) -> None:
        own = self.node(f"product:{product.product_id}", "product", product.names)
        if product.category:
            names = product.category_names or {"en": product.category}
            self.edge(own, "in", self.node(f"category:{product.category}", "category", names))
        for kind in _FEATURES:
            for concept in _with_wider(self.lexicon, kind, _words_of(product)):
                names = {language: self.lexicon.word(kind, concept, language) for language in ("zh", "en")}
                self.edge(own, "has", self.node(f"{kind}:{concept}", "feature", names))

    def policy(self, page: Page, by_thing: Mapping[str, Sequence[str]], by_category: Mapping[str, str]) -> None:
        own, linked = Node(id=citation_of(page), kind="policy", names=page.titles), []
        words = " / ".join([*page.titles.values(), *(body[:_CONTENTS] for body in page.bodies.values())])
        for thing in dict.fromkeys(self.lexicon.concepts(words, "thing")):
            for product_id in by_thing.get(thing, ()):
                linked.append(f"product:{product_id}")
        for name, category in by_category.items():
            if name in words.lower():
                linked.append(f"category:{category}")
        if not linked and _OF_ALL & set(self.lexicon.concepts(" / ".join(page.titles.values()), "topic")):
            linked.append(self.node(SHOP, "category", {"zh": "全店", "en": "the whole shop"}))
        if linked:
            self.nodes[own.id] = own
        for one in linked:
            self.edge(one, "ruled_by", own.id)


def build_graph(products: Sequence[Product], pages: Sequence[Page], lexicon: Lexicon) -> Graph:
    """Build the graph from the records: no relation is guessed.

    A rule applies to the products whose kind, and to the categories whose name, its text mentions; one about
    returns and the like that mentions none applies to the whole shop.
    """
    builder = _Builder(lexicon)
    by_thing: dict[str, list[str]] = {}
    by_category: dict[str, str] = {}
    for product in products:
        builder.product(product)
        for thing in _with_wider(lexicon, "thing", " / ".join(product.names.values())):
            by_thing.setdefault(thing, []).append(product.product_id)
        for name in product.category_names.values():
            by_category[name.lower()] = product.category
    for product in products:
        for other in product.related:
            if f"product:{other}" in builder.nodes and other != product.product_id:
                builder.edge(f"product:{product.product_id}", "goes_with", f"product:{other}")
    for page in pages:
        builder.policy(page, by_thing, by_category)
    edges = {node: tuple(found) for node, found in builder.edges.items()}
    return Graph(MappingProxyType(builder.nodes), MappingProxyType(edges))


def _with_wider(lexicon: Lexicon, kind: str, text: str) -> dict[str, None]:
    """Return the concepts of a text in order, with what they are sorts of: navy is blue, too."""
    own = lexicon.concepts(text, kind)
    return dict.fromkeys([*own, *(wider for one in own for wider in lexicon.broader(kind, one))])


def _words_of(product: Product) -> str:
    options: Iterable[str] = {
        value: None for variant in product.variants.values() for value in variant.options.values()
    }
    facts = (text for texts in product.attributes.values() for text in texts.values())
    return " / ".join([*product.names.values(), *facts, *options, *product.descriptions.values()])
