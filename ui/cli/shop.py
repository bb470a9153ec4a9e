"""`zhanggui shop`: bring a shop's records in, take them out, count them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.output import AsJson, settings, show

if TYPE_CHECKING:
    from core.config import Settings
    from core.shop.local import LocalShop
    from core.shop.records import Records

app = typer.Typer(name="shop", help="Import, export and count the shop's records.", no_args_is_help=True)


@app.command("import")
def import_shop(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="A shop.json or db.json, or a folder of catalogue CSV files.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace a shop that was imported before.")] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Move the records' dates as if they were of this day."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replace the shop by the records at PATH, all of them or none."""
    from core.shop.dates import shifted
    from core.shop.formats.detect import read_shop

    config = settings(context)
    found = read_shop(path)
    records = shifted(found.records, as_of.date()) if as_of else found.records

    async def work() -> None:
        async with _shop(config, demo=False) as shop:
            await _refuse_to_replace(shop, replace)
            await shop.import_records(records, origin=path.resolve().name, pictures_from=found.folder)

    asyncio.run(work())
    counts = _counts(records)
    show({"format": found.format, "path": str(path), **counts}, f"imported {path}: {_listed(counts)}", as_json=as_json)


@app.command("export")
def export_shop(
    context: typer.Context,
    path: Annotated[
        Path | None,
        typer.Argument(help="A .json file, or a folder that gets shop.json and the pictures; standard output without."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the shop's records as JSON; what was imported from such JSON comes out the same."""
    from core.shop.formats.json_out import records_to

    into_folder = path is not None and path.suffix.lower() != ".json"

    async def work() -> Records:
        async with _shop(settings(context)) as shop:
            return await shop.export_records(path if into_folder else None)

    records = asyncio.run(work())
    text = json.dumps(records_to(records), ensure_ascii=False, indent=1)
    if path is None:
        typer.echo(text)
        return
    file = path / "shop.json" if into_folder else path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", encoding="utf-8")
    counts = _counts(records)
    show({"path": str(file), **counts}, f"exported to {file}: {_listed(counts)}", as_json=as_json)


@app.command("show")
def show_shop(context: typer.Context, as_json: AsJson = False) -> None:
    """Count what the shop has."""
    from core.shop.importing import About
    from core.shop.records import in_language

    async def work() -> tuple[About | None, Records]:
        async with _shop(settings(context)) as shop:
            return await shop.about(), await shop.export_records()

    about, records = asyncio.run(work())
    counts = _counts(records)
    statuses = dict(Counter(order.status for order in records.orders.values()).most_common())
    name = in_language(records.name, "zh") or "(no name)"
    origin = about.origin if about else ""
    lines = [
        f"{name}, from {origin}: {_listed(counts)}",
        *(f"  {many:5} {status}" for status, many in statuses.items()),
    ]
    report = {
        "name": dict(records.name),
        "origin": origin,
        "currency": records.currency,
        "as_of": records.as_of,
        **counts,
        "order_statuses": statuses,
    }
    show(report, "\n".join(lines), as_json=as_json)


@asynccontextmanager
async def _shop(config: Settings, *, demo: bool = True) -> AsyncIterator[LocalShop]:
    """Open the shop; with `demo`, an empty store gets the demo shop."""
    from core.journal.store import Store
    from core.shop.local import LocalShop
    from ui.shop_folder import open_shop

    data = config.data_dir.expanduser()
    store = Store(data / "zhanggui.db")
    try:
        yield await open_shop(store, data) if demo else LocalShop(store, data / "shop")
    finally:
        store.close()


async def _refuse_to_replace(shop: LocalShop, replace: bool) -> None:
    from core.errors import ShopError
    from ui.shop_folder import DEMO_ORIGIN

    about = await shop.about()
    if about and about.origin != DEMO_ORIGIN and not replace:
        raise ShopError(f"the shop {about.origin!r} is here already; add --replace to put the new one in its place")


def _counts(records: Records) -> dict[str, int]:
    return {
        "products": len(records.products),
        "variants": sum(len(product.variants) for product in records.products.values()),
        "customers": len(records.customers),
        "orders": len(records.orders),
        "pages": len(records.pages),
        "reviews": sum(len(product.reviews) for product in records.products.values()),
    }


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{many} {name}" for name, many in counts.items())
