"""`zhanggui eval recommend`: whether the next purchase, and what a shop links, is foretold."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.output import AsJson, settings, show

if TYPE_CHECKING:
    from ui.recommend_scores import Table

_COLUMNS = ("recall_at_5", "recall_at_10", "ndcg_at_10", "coverage")


def recommend(
    context: typer.Context,
    shop: Annotated[
        Path | None, typer.Option(help="A shop's file or folder, as for `shop import`; default: the demo shop.")
    ] = None,
    sentences: Annotated[
        str, typer.Option(help="Spec of the encoder; default: backends.sentences, '' for none.")
    ] = "?",
    as_json: AsJson = False,
) -> None:
    """Hold out each customer's last product, and each product's links; report what finds them again.

    Beside the blend that the clerk uses stand its single parts, bestsellers and chance.
    """
    from core import registry
    from core.errors import ConfigError
    from core.shop.formats.detect import read_shop
    from ui.recommend_scores import scores_of
    from ui.shop_folder import demo_records

    chosen = settings(context)
    records = read_shop(shop).records if shop else demo_records()
    spec = chosen.backends.sentences if sentences == "?" else sentences
    encoder = registry.build("sentences", spec, chosen.models.folder.expanduser()) if spec else None
    tables = asyncio.run(scores_of(records, encoder))
    if not tables:
        raise ConfigError(f"{shop or 'the demo shop'} has no customer with two products and no product with links")
    show(dict(tables), "\n\n".join(_as_text(name, table) for name, table in tables.items()), as_json=as_json)


def _as_text(name: str, table: Table) -> str:
    head = f"{name}: {table['cases']} cases, {table['products']} products"
    lines = [head, f"{'':10}" + "".join(f"{column:>14}" for column in _COLUMNS)]
    rankings = table["rankings"]
    if isinstance(rankings, dict):
        lines += [f"{own:10}" + "".join(f"{scores[c]:14.4f}" for c in _COLUMNS) for own, scores in rankings.items()]
    return "\n".join(lines)
