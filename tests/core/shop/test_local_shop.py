from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ShopError
from core.journal.store import Store
from core.shop.formats.detect import Found
from core.shop.formats.json_out import records_to
from core.shop.local import LocalShop
from core.shop.records import Picture, Records
from core.types import Identity

JING = Identity(customer_id="jing_chen_2040", proved_by="email")


async def test_an_email_finds_its_customer_whatever_the_case(shop: LocalShop) -> None:
    found = await shop.customer_by_email("  Chen.Jing@EXAMPLE.com ")
    assert found and found.user_id == JING.customer_id
    assert await shop.customer_by_email("nobody@example.com") is None
    assert await shop.customer_by_email("") is None


@pytest.mark.parametrize("name", ["Jing Chen", "chen jing", "CHEN, Jing", "陈静", "陈 静", "ChenJing"])
async def test_a_name_is_found_in_either_order_and_script(shop: LocalShop, name: str) -> None:
    assert [found.user_id for found in await shop.customers_by_name_zip(name, "200040")] == [JING.customer_id]


@pytest.mark.parametrize(
    ("name", "zip_code"),
    [("Jing Chen", "200041"), ("Jing", "200040"), ("", "200040"), ("Jing Chen", ""), ("陈", "200040")],
)
async def test_half_a_name_or_another_zip_finds_nobody(shop: LocalShop, name: str, zip_code: str) -> None:
    assert await shop.customers_by_name_zip(name, zip_code) == ()


async def test_accents_and_blanks_of_a_zip_are_forgiven(shop: LocalShop) -> None:
    assert [c.last_name for c in await shop.customers_by_name_zip("lucas muller", "10435")] == ["Müller"]
    assert [c.first_name for c in await shop.customers_by_name_zip("James Patel", "n17aa")] == ["James"]


@pytest.mark.parametrize("order_id", ["#W3912701", "w3912701", " # W3912701 ", "＃Ｗ３９１２７０１"])  # noqa: RUF001 - full width
async def test_an_order_is_found_however_it_is_typed(shop: LocalShop, order_id: str) -> None:
    found = await shop.order(order_id)
    assert found and found.order_id == "#W3912701"


async def test_an_order_that_is_not_here_is_none(shop: LocalShop) -> None:
    assert await shop.order("#W0000000") is None
    assert await shop.order("") is None


async def test_orders_come_newest_first_and_only_ones_own(shop: LocalShop) -> None:
    orders = await shop.orders_of(JING)
    assert [order.order_id for order in orders] == ["#W3912702", "#W3912701", "#W3912688"]
    assert await shop.orders_of(Identity(customer_id="nobody", proved_by="email")) == ()


async def test_an_import_in_another_process_is_seen(shop: LocalShop, store: Store, demo: Found, tmp_path: Path) -> None:
    before = await shop.products()
    key = before[0].product_id
    other = LocalShop(store, tmp_path / "shop")
    cheaper = replace(demo.records.products[key], names={"zh": "新的", "en": "New"})
    await other.import_records(replace(demo.records, products={key: cheaper}), origin="demo")
    assert [product.names["en"] for product in await shop.products()] == ["New"]
    assert (await shop.product(key)) == await other.product(key)
    assert before[0].names != cheaper.names


async def test_a_failed_import_leaves_the_old_shop(shop: LocalShop, demo: Found, tmp_path: Path) -> None:
    old = await shop.export_records()
    twins = dict(demo.records.orders)
    twins["#w3912701"] = replace(twins["#W3912701"], order_id="#w3912701")
    with pytest.raises(ShopError, match="differ only in letter case"):
        await shop.import_records(replace(demo.records, products={}, orders=twins), origin="bad")
    with pytest.raises(ShopError, match="picture .* is not in"):
        await shop.import_records(demo.records, origin="bad", pictures_from=tmp_path)
    assert await shop.export_records() == old
    about = await shop.about()
    assert about and about.origin == "demo"


async def test_pictures_are_copied_and_old_ones_swept(store: Store, demo: Found, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    shop = LocalShop(store, folder)
    few = dict(list(demo.records.products.items())[:2])
    await shop.import_records(replace(demo.records, products=few), origin="demo", pictures_from=demo.folder)
    kept = (await shop.products())[0]
    paths = [shop.picture_path(picture) for variant in kept.variants.values() for picture in variant.pictures]
    assert paths and all(path.is_file() and folder in path.parents for path in paths)
    out = tmp_path / "out"
    exported = await shop.export_records(out)
    assert exported.products == few
    assert (out / next(iter(few[kept.product_id].variants.values())).pictures[0].file).is_file()
    await shop.import_records(replace(demo.records, products={}), origin="empty", pictures_from=demo.folder)
    assert not any(path.exists() for path in paths)


@pytest.mark.parametrize("file", ["../secret.jpg", "/etc/passwd", "a/../../b.jpg", "", "..\\b.jpg"])
async def test_a_picture_outside_the_shop_is_refused(shop: LocalShop, file: str) -> None:
    with pytest.raises(ShopError, match="does not lie in the shop's folder"):
        shop.picture_path(Picture(file=file))


async def test_a_picture_that_is_a_link_out_of_the_catalogue_is_refused(
    shop: LocalShop, demo: Found, tmp_path: Path
) -> None:
    key, product = next(iter(demo.records.products.items()))
    catalogue, secret = tmp_path / "catalogue", tmp_path / "secret.jpg"
    secret.write_bytes(b"not for everybody")
    for variant in product.variants.values():
        for picture in variant.pictures:
            file = catalogue / picture.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True)
            file.symlink_to(secret)
    with pytest.raises(ShopError, match="a link that leads out"):
        await shop.import_records(replace(demo.records, products={key: product}), origin="bad", pictures_from=catalogue)


async def test_the_demo_shop_comes_out_as_it_went_in(shop: LocalShop, demo: Found) -> None:
    without = {
        key: replace(product, variants={k: replace(v, pictures=()) for k, v in product.variants.items()})
        for key, product in demo.records.products.items()
    }
    assert records_to(await shop.export_records()) == records_to(replace(demo.records, products=without))


async def test_an_empty_store_is_an_empty_shop(store: Store, tmp_path: Path) -> None:
    shop = LocalShop(store, tmp_path)
    assert await shop.about() is None
    assert await shop.products() == () and await shop.pages() == ()
    assert await shop.export_records() == Records(name={})


async def test_two_customers_of_one_address_are_nobody(shop: LocalShop, demo: Found) -> None:
    twin = replace(demo.records.customers["wei_zhang_8677"], email="CHEN.JING@example.com")
    await shop.import_records(
        replace(demo.records, customers={**demo.records.customers, twin.user_id: twin}), origin="demo"
    )
    assert await shop.customer_by_email("chen.jing@example.com") is None
