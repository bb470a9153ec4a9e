"""The shop that the commands serve: the imported one, else the demo shop."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import assets
from core.journal.store import Store
from core.shop.dates import shifted
from core.shop.formats.detect import Found, read_shop
from core.shop.local import LocalShop
from core.shop.lookup import Bench
from core.shop.records import Records
from core.shop.terms import load_terms

DEMO = Path(assets.__file__).parent / "demo_shop"
DEMO_ORIGIN = "built-in demo"
"""What `About.origin` says of the demo shop."""


def demo_records() -> Records:
    """Return the demo shop as of its own fixed day."""
    return _demo().records


async def open_shop(store: Store, data: Path, *, policy: Path | None = None) -> LocalShop:
    """Return the shop in the store; an empty store gets the demo shop first, as if it were of today.

    `policy` is a file with terms in place of the shop's own. Raises `ConfigError` naming its mistakes.
    """
    terms = await asyncio.to_thread(lambda: load_terms(policy.expanduser())) if policy else None
    shop = LocalShop(store, data / "shop", Bench(terms=terms))
    if await shop.about() is None:
        await put_demo(shop, as_of=date.today())
    return shop


async def put_demo(shop: LocalShop, *, as_of: date | None = None) -> None:
    """Make the demo shop the shop, its dates moved to `as_of` if given."""
    demo = _demo()
    records = shifted(demo.records, as_of) if as_of else demo.records
    await shop.import_records(records, origin=DEMO_ORIGIN, pictures_from=demo.folder)


def _demo() -> Found:
    return read_shop(DEMO)
