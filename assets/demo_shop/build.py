"""Regenerate the demo shop: `python -m assets.demo_shop.build`.

Everything but the hand-written YAML is made here from fixed seeds, so that a second run writes the same
bytes. `--out FOLDER` writes elsewhere, `--no-pictures` leaves the drawing out (it takes a minute).
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from assets.demo_shop.catalogue import HERE, pages, products, read
from assets.demo_shop.customers import customers
from assets.demo_shop.orders import NOON, orders, with_orders
from assets.demo_shop.pictures import Shot, shots, write
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
        policy=read("policy.yaml"),
    )


def shop_json(shop: Records) -> str:
    """Return the text of shop.json."""
    return json.dumps(records_to(shop), ensure_ascii=False, indent=1) + "\n"


def images_csv(taken: Iterable[Shot]) -> str:
    """Return the text of images.csv: a line per picture, for measuring photo search."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("file", "sku", "product_id", "color", "view"))
    rows.writerows((shot.file, shot.sku, shot.product.product_id, shot.color, shot.view) for shot in taken)
    return text.getvalue()


def main() -> None:
    """Write the demo shop's files."""
    parser = argparse.ArgumentParser(description="Regenerate the demo shop.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: this one)")
    parser.add_argument("--no-pictures", action="store_true", help="write the records only")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    shop = demo_shop()
    taken = list(shots(shop.products))
    (out / "shop.json").write_text(shop_json(shop), encoding="utf-8")
    (out / "images.csv").write_text(images_csv(taken), encoding="utf-8")
    for done, shot in enumerate(() if arguments.no_pictures else taken, 1):
        write(shot, out)
        sys.stderr.write(f"\r{done} of {len(taken)} pictures")
    sys.stderr.write("\n")


if __name__ == "__main__":
    main()
