"""Trade numbers and whose they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import ShopError
from core.shop.barcodes import bearers, gtin, variants_by_code
from core.shop.formats.detect import read_shop
from core.shop.formats.json_out import product_to
from core.shop.records import Product, Variant
from core.types import SeenCode


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("4006381333931", "04006381333931"),
        ("400-6381 333931", "04006381333931"),
        ("036000291452", "00036000291452"),
        ("36000291452", "00036000291452"),
        ("0-306-40615-2", "09780306406157"),
        ("080442957X", "09780804429573"),
        ("96385074", "00000096385074"),
        ("4006381333932", ""),
        ("00000000", ""),
        ("ABC", ""),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", ""),
        ("", ""),
    ],
)
def test_one_thing_has_one_number(written: str, number: str) -> None:
    assert gtin(written) == number


def seen(value: str, symbology: str = "EAN-13") -> SeenCode:
    return SeenCode(attachment_id="a", symbology=symbology, value=value)


def shop(**barcodes: str) -> list[Product]:
    variants = {sku: Variant(item_id=sku, options={}, price=1, barcode=code) for sku, code in barcodes.items()}
    return [Product(product_id="P", names={"en": "Thing"}, variants=variants)]


@pytest.mark.parametrize(
    "code",
    [
        seen("4006381333931"),
        seen("(01)04006381333931(10)LOT7", "Data Matrix"),
        seen("https://id.gs1.org/01/04006381333931/10/7", "QR"),
    ],
)
def test_a_number_is_found_however_it_is_printed(code: SeenCode) -> None:
    assert bearers(code, variants_by_code(shop(red="4006381333931"))) == (("P", "red"),)


def test_a_label_with_the_shops_own_number_is_found_and_a_part_of_it_is_not() -> None:
    sold = variants_by_code(shop(**{"MH01-XS": ""}))
    assert bearers(seen("MH01-XS", "Code 128"), sold) == (("P", "MH01-XS"),)
    assert bearers(seen("MH01", "Code 128"), sold) == ()


def test_an_article_number_that_looks_like_a_trade_number_is_no_trade_number() -> None:
    sold = variants_by_code(shop(**{"96385074": ""}))
    assert bearers(seen("96385074", "EAN-8"), sold) == ()
    assert bearers(seen("96385074", "Code 128"), sold) == (("P", "96385074"),)


def _json(barcode: object) -> str:
    variant = {"item_id": "red", "options": {}, "price": 1, "barcode": barcode}
    product = {"product_id": "P", "name": "Thing", "variants": {"red": variant}}
    return json.dumps({"products": {"P": product}, "users": {}, "orders": {}})


@pytest.mark.parametrize(
    ("written", "read"), [("4006381333931", "4006381333931"), (36000291452, "36000291452"), (None, "")]
)
def test_barcodes_come_with_a_json_shop_and_go_out_again(tmp_path: Path, written: object, read: str) -> None:
    (tmp_path / "shop.json").write_text(_json(written))
    product = read_shop(tmp_path).records.products["P"]
    assert product.variants["red"].barcode == read
    assert product_to(product)["variants"]["red"].get("barcode", "") == read


def test_a_barcode_that_is_none_is_refused_by_its_place(tmp_path: Path) -> None:
    (tmp_path / "shop.json").write_text(_json(["4006381333931"]))
    with pytest.raises(ShopError, match=r"red.*'barcode'"):
        read_shop(tmp_path)


def test_barcodes_come_with_a_folder_of_tables(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("sku,name,categories,price,description,attributes\nP,Thing,,1,,\n")
    (tmp_path / "variants.csv").write_text(
        "variant_sku,parent_sku,size,color,price,qty,barcode\nred,P,,Red,1,3,4006381333931\n"
    )
    assert read_shop(tmp_path).records.products["P"].variants["red"].barcode == "4006381333931"
