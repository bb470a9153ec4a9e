"""`zhanggui kb graph`: what hangs together in the shop, listed and drawn."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ui.cli.output import AsJson, settings, show

if TYPE_CHECKING:
    from core.config import Settings
    from core.knowledge.graph import Graph

_KINDS = (".svg", ".html", ".png")


def graph(
    context: typer.Context,
    node: Annotated[
        str,
        typer.Argument(
            help="A product, category, feature or rule: its id (category:kitchen, colour:blue) or its name."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="F.svg|F.png|F.html", help="Draw the neighbourhood into this file.")
    ] = None,
    depth: Annotated[int, typer.Option(min=1, max=3, help="Steps from the node.")] = 1,
    language: Annotated[Literal["zh", "en"], typer.Option(help="The language of the names.")] = "zh",
    as_json: AsJson = False,
) -> None:
    """Show what hangs together: what goes with a product, what it shares with others, the rules that apply to it."""
    from core.errors import ShopError
    from core.shop.records import in_language

    if out is not None and out.suffix.lower() not in _KINDS:
        raise typer.BadParameter(f"{out} must end in {', '.join(_KINDS)}", param_hint="--out")
    if out is not None and not out.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.absolute().parent}", param_hint="--out")
    whole = asyncio.run(_graph(settings(context)))
    centre = whole.find(node)
    if centre is None:
        raise ShopError(f"nothing in the shop is called {node!r}; try a product's name, category:NAME or colour:NAME")
    around = whole.around(centre.id, depth=depth)
    if out is not None:
        _draw(around, centre.id, language, out)
    edges = list(dict.fromkeys(edge for edges in around.edges.values() for edge in edges))
    names = {one: in_language(found.names, language) or one for one, found in around.nodes.items()}
    lines = [f"{names[centre.id]} ({centre.id})"]
    lines += [f"  {names[edge.start]}  {edge.relation}  {names[edge.end]}" for edge in edges]
    report = {
        "node": centre.id,
        "nodes": [{"id": one.id, "kind": one.kind, "names": dict(one.names)} for one in around.nodes.values()],
        "edges": [{"start": edge.start, "relation": edge.relation, "end": edge.end} for edge in edges],
        "out": str(out) if out else None,
    }
    show(report, "\n".join([*lines, *([f"drawn into {out}"] if out else [])]), as_json=as_json)


def _draw(around: Graph, centre: str, language: str, out: Path) -> None:
    from ui.graph_picture import as_html, as_svg, lay_out, write_png

    drawing = lay_out(around, centre)
    if out.suffix.lower() == ".png":
        write_png(drawing, language, out)
    elif out.suffix.lower() == ".svg":
        out.write_text(as_svg(drawing, language), encoding="utf-8")
    else:
        out.write_text(as_html(drawing, around.nodes[centre], language), encoding="utf-8")


async def _graph(config: Settings) -> Graph:
    from core.journal.store import Store
    from core.knowledge.facts import Facts
    from core.knowledge.shelf import Shelf
    from ui.shop_folder import open_shop

    data = config.data_dir.expanduser()
    store = Store(data / "zhanggui.db")
    try:
        facts = Facts(await open_shop(store, data), None, documents=Shelf(store))
        await facts.refresh()
        return facts.graph
    finally:
        store.close()
