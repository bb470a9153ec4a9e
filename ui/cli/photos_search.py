"""`zhanggui photos search`: products by how somebody describes them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.output import AsJson, looking, settings, show, start_logging

if TYPE_CHECKING:
    from core.config import Settings


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help='What it looks like: "red hoodie", "红色连帽衫".')],
    most: Annotated[int, typer.Option(min=1, max=50, help="Products at most.")] = 4,
    as_json: AsJson = False,
) -> None:
    """Find products whose pictures look as a text says; tell how sure that is, or why none can be found."""
    if not text.strip():
        raise typer.BadParameter("say what it looks like", param_hint="TEXT")
    config = settings(context)
    start_logging(config.log.level, beside_talk=True)
    found = asyncio.run(_found(config, text, most))
    show(found, _told(found), as_json=as_json)


async def _found(config: Settings, text: str, most: int) -> dict[str, object]:
    from core.errors import BackendError
    from core.shop.records import in_language
    from ui.app import Needs, assemble

    async with assemble(config, needs=Needs(hearing=False, speaking=False), progress=looking()) as house:
        if house.finder is None:
            raise BackendError("no photo encoder is at work: set backends.photos, and see `zhanggui doctor`")
        descriptions = await house.finder.descriptions()
        rows = [
            {"sku": sku, "score": score, "product_id": product.product_id, "name": in_language(product.names, "en")}
            for sku, score in await descriptions.find(text, most=most)
            for product in await house.shop.products()
            if sku in product.variants
        ]
    way = descriptions.way(text)
    judged = way and {
        "way": way.name,
        "usable": way.is_usable,
        "recall": round(way.recall, 4),
        "chance": round(way.chance, 4),
        "depth": way.depth,
        "texts": way.texts,
    }
    return {"text": text, "found": rows, "judged": judged}


def _told(found: dict[str, object]) -> str:
    judged, rows = found["judged"], found["found"]
    if not isinstance(judged, dict):
        return "Nothing: the catalogue has no texts beside its pictures in any language that could be compared."
    told = (
        f"of {judged['texts']} texts of the catalogue that were held out, {judged['recall']:.0%} found their product "
        f"among the first {judged['depth']} (by chance {judged['chance']:.0%}); way: {judged['way']}"
    )
    if not isinstance(rows, list) or not judged["usable"]:
        return f"Nothing: texts cannot be told apart well enough; {told}."
    return "\n".join([*(f"{row['score']:.2f}  {row['sku']:24} {row['name']}" for row in rows), f"({told})"])
