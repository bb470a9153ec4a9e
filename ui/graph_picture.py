"""A neighbourhood of the shop's graph as a picture: the node in the middle, what is near it around it."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import BackendError
from core.knowledge.graph import Graph, Node
from core.shop.records import in_language
from core.types import Language

_COLOURS: Mapping[str, str] = {"product": "#2f6f9f", "category": "#8a5a9e", "feature": "#4d8a50", "policy": "#b3662e"}
_RELATIONS: Mapping[str, Mapping[Language, str]] = {
    "in": {"zh": "属于", "en": "in"},
    "has": {"zh": "具有", "en": "has"},
    "goes_with": {"zh": "搭配", "en": "goes with"},
    "ruled_by": {"zh": "适用规则", "en": "ruled by"},
}
_RING = 190.0
"""Pixels between one ring and the next, at least; a full ring is wider."""
_APART = 64.0
"""Pixels between neighbours on a ring, at least: two lines of a label fit."""
_MARGIN = 130.0
_LABEL_CHARS = 22
_DOT = 9.0
_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "PingFang SC",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Serif CJK SC",
    "Noto Serif CJK JP",
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A node and where it is drawn, in pixels from the picture's upper left corner."""

    node: Node
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything placed, with the size of the whole in pixels."""

    graph: Graph
    places: Mapping[str, Placed]
    size: float


def lay_out(graph: Graph, centre: str) -> Drawing:
    """Place a node's neighbourhood on rings around it, every node near the one that it was reached from."""
    rings, angle = [[centre]], {centre: 0.0}
    seen = {centre}
    while rings[-1]:
        following: dict[str, float] = {}
        for one in rings[-1]:
            for edge in graph.edges.get(one, ()):
                other = edge.end if edge.start == one else edge.start
                if other not in seen:
                    following.setdefault(other, angle[one])
        seen |= following.keys()
        ordered = sorted(following, key=lambda one: (following[one], graph.nodes[one].kind, one))
        for at, one in enumerate(ordered):
            angle[one] = 2 * math.pi * at / len(ordered)
        rings.append(ordered)
    radii = [0.0]
    for ring in rings[1:-1]:
        radii.append(max(radii[-1] + _RING, len(ring) * _APART / (2 * math.pi)))
    size = 2 * (radii[-1] + _MARGIN)
    places = {
        one: Placed(
            graph.nodes[one], size / 2 + radius * math.cos(angle[one]), size / 2 + radius * math.sin(angle[one])
        )
        for ring, radius in zip(rings, radii, strict=False)
        for one in ring
    }
    return Drawing(graph, places, size)


def as_svg(drawing: Drawing, language: Language) -> str:
    """Return the picture as SVG; every name is escaped, for names are data."""
    size = f"{drawing.size:.0f}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {size} {size}" '
        'font-family="Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for start, end, relation in _lines(drawing, language):
        told = html.escape(f"{_name(start.node, language)} {relation} {_name(end.node, language)}")
        lines.append(
            f'<line x1="{start.x:.1f}" y1="{start.y:.1f}" x2="{end.x:.1f}" y2="{end.y:.1f}" stroke="#b9c0c7">'
            f"<title>{told}</title></line>"
        )
    for placed in drawing.places.values():
        lines.append(
            f'<circle cx="{placed.x:.1f}" cy="{placed.y:.1f}" r="{_DOT:g}" fill="{_COLOURS[placed.node.kind]}"/>'
            f'<text x="{placed.x:.1f}" y="{placed.y + 2.4 * _DOT:.1f}" text-anchor="middle" fill="#222222">'
            f"{html.escape(_label(placed.node, language))}<title>{html.escape(placed.node.id)}</title></text>"
        )
    return "\n".join([*lines, "</svg>", ""])


def as_html(drawing: Drawing, centre: Node, language: Language) -> str:
    """Return a page that needs nothing else: the picture, and its relations as a table to read and search."""
    rows = "\n".join(
        f"<tr><td>{html.escape(_name(start.node, language))}</td><td>{html.escape(relation)}</td>"
        f"<td>{html.escape(_name(end.node, language))}</td></tr>"
        for start, end, relation in _lines(drawing, language)
    )
    title = html.escape(_name(centre, language))
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>\n'
        "<style>body{font-family:sans-serif;margin:1rem}svg{max-width:100%;height:auto}"
        "td{padding:.2rem .8rem;border-bottom:1px solid #ddd}</style></head>\n"
        f"<body><h1>{title}</h1>\n{as_svg(drawing, language)}<table>\n{rows}\n</table></body></html>\n"
    )


def write_png(drawing: Drawing, language: Language, file: Path) -> None:
    """Draw with matplotlib; raises `BackendError` naming the extra when it is not installed."""
    try:
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise BackendError(
            'a PNG needs matplotlib: pip install "zhanggui[pictures]", or write .svg or .html'
        ) from error
    with rc_context({"font.family": _fonts()}):
        figure = Figure(figsize=(drawing.size / 80, drawing.size / 80), dpi=100)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, drawing.size)
        axes.set_ylim(drawing.size, 0)
        for start, end, _ in _lines(drawing, language):
            axes.plot([start.x, end.x], [start.y, end.y], color="#b9c0c7", linewidth=1, zorder=1)
        for placed in drawing.places.values():
            axes.scatter([placed.x], [placed.y], s=120, color=_COLOURS[placed.node.kind], zorder=2)
            label = _label(placed.node, language).replace("$", r"\$")  # a dollar would begin a formula
            axes.text(placed.x, placed.y + 2.6 * _DOT, label, ha="center", va="center", fontsize=8, zorder=3)
        figure.canvas = FigureCanvasAgg(figure)
        figure.savefig(file, format="png")


def _fonts() -> list[str]:
    """Return the fonts of this machine that can write Chinese, then one that is always there."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return [*(name for name in _CHINESE_FONTS if name in known), "DejaVu Sans"]


def _lines(drawing: Drawing, language: Language) -> list[tuple[Placed, Placed, str]]:
    every = dict.fromkeys(edge for edges in drawing.graph.edges.values() for edge in edges)
    return [
        (drawing.places[edge.start], drawing.places[edge.end], in_language(_RELATIONS[edge.relation], language))
        for edge in every
        if edge.start in drawing.places and edge.end in drawing.places
    ]


def _name(node: Node, language: Language) -> str:
    return in_language(node.names, language) or node.id


def _label(node: Node, language: Language) -> str:
    name = _name(node, language)
    return name if len(name) <= _LABEL_CHARS else f"{name[: _LABEL_CHARS - 1]}…"
