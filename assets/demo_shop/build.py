"""Regenerate the demo shop: `python -m assets.demo_shop.build`.

Everything but the hand-written YAML is made here from fixed seeds, so that a second run writes the same
bytes. `--out FOLDER` writes elsewhere.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from assets.demo_shop.catalogue import HERE, pages, products
from assets.demo_shop.customers import customers
from assets.demo_shop.orders import NOON, orders, with_orders
from core.shop.formats.json_out import records_to
from core.shop.records import Records


def demo_shop() -> Records:
    """Return the whole demo shop as of its fixed day."""
    catalogue, people = products(), customers()
    placed = orders(catalogue, people)
    return Records(
        name={"zh": "掌柜小铺", "en": "Zhanggui Store"},
        currency="CNY",
        as_of=NOON.date().isoformat(),
        products=catalogue,
        customers=with_orders(people, placed),
        orders=placed,
        pages=pages(),
    )


def shop_json() -> str:
    """Return the text of shop.json."""
    return json.dumps(records_to(demo_shop()), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the demo shop's files."""
    parser = argparse.ArgumentParser(description="Regenerate the demo shop.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: this one)")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    (out / "shop.json").write_text(shop_json(), encoding="utf-8")


if __name__ == "__main__":
    main()
