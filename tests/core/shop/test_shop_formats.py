import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.errors import ShopError
from core.journal.store import Store
from core.shop.dates import shifted
from core.shop.formats.detect import Found, read_shop
from core.shop.formats.html_text import plain
from core.shop.formats.json_out import records_to
from core.shop.local import LocalShop
from core.shop.records import Records

SMALL: dict[str, Any] = {
    "products": {
        "1": {
            "name": "Mug",
            "product_id": "1",
            "variants": {"11": {"item_id": "11", "options": {"color": "red"}, "available": True, "price": 9.5}},
        }
    },
    "users": {
        "ann_1": {
            "user_id": "ann_1",
            "name": {"first_name": "Ann", "last_name": "Lee"},
            "address": {
                "address1": "1 A",
                "address2": "",
                "city": "X",
                "country": "USA",
                "state": "CA",
                "zip": "90001",
            },
            "email": "ann@example.com",
            "payment_methods": {"gift_card_1": {"source": "gift_card", "id": "gift_card_1", "balance": 0}},
            "orders": ["#W1"],
        }
    },
    "orders": {
        "#W1": {
            "order_id": "#W1",
            "user_id": "ann_1",
            "address": {
                "address1": "1 A",
                "address2": "",
                "city": "X",
                "country": "USA",
                "state": "CA",
                "zip": "90001",
            },
            "items": [{"name": "Mug", "product_id": "1", "item_id": "11", "price": 9.5, "options": {"color": "red"}}],
            "status": "delivered",
            "fulfillments": [{"tracking_id": ["5"], "item_ids": ["11"]}],
            "payment_history": [{"transaction_type": "payment", "amount": 9.5, "payment_method_id": "gift_card_1"}],
            "return_items": ["11"],
        }
    },
}


def written(folder: Path, document: object) -> Path:
    file = folder / "some.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return file


async def through_the_store(found: Found, folder: Path) -> Records:
    store = Store(folder / "zhanggui.db")
    try:
        shop = LocalShop(store, folder / "shop")
        await shop.import_records(found.records, origin="test", pictures_from=found.folder)
        return await shop.export_records()
    finally:
        store.close()


async def test_the_retail_data_goes_in_and_comes_out_the_same(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "retail" / "db.json"
    found = read_shop(file)
    assert found.format == "retail"
    assert records_to(await through_the_store(found, tmp_path)) == json.loads(file.read_text(encoding="utf-8"))


async def test_the_demo_shop_goes_round_with_its_pictures(demo: Found, tmp_path: Path) -> None:
    assert demo.format == "demo"
    assert await through_the_store(demo, tmp_path) == demo.records


async def test_the_luma_catalogue_is_read_whole(shared_data: Path, tmp_path: Path) -> None:
    records = await through_the_store(read_shop(shared_data / "luma"), tmp_path)
    assert len(records.products) == 183
    hoodie = records.products["MH01"]
    assert hoodie.names == {"en": "Chaz Kangeroo Hoodie"}
    assert hoodie.variants["MH01-XS-Black"].price == 52 and hoodie.variants["MH01-XS-Black"].stock == 100
    assert hoodie.attributes["material"] == {"en": "Wool"}
    colors = {picture.file for v in hoodie.variants.values() if v.options["color"] == "Gray" for picture in v.pictures}
    assert colors and all("gray" in file.lower() for file in colors)
    assert all(other in records.products for product in records.products.values() for other in product.related)
    bag = records.products["24-MB01"]
    assert list(bag.variants) == ["24-MB01"] and bag.reviews[0].rating == 2
    assert set(records.pages) == {"about-us", "customer-service", "privacy-policy-cookie-restriction-mode"}
    assert all("<" not in page.bodies["en"] and "{{" not in page.bodies["en"] for page in records.pages.values())


def test_keys_that_nobody_reads_come_out_again(tmp_path: Path) -> None:
    assert records_to(read_shop(written(tmp_path, SMALL)).records) == SMALL


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (
            ("products", "1", "variants", "11", "price"),
            "9.5",
            r'some\.json\.products\["1"\]\.variants\["11"\].*price.*number',
        ),
        (("products", "1", "variants", "11", "price"), -1, "0 or more"),
        (("products", "1", "product_id"), "2", "as the key above it"),
        (("products", "1", "name"), "", "the product's name"),
        (("users", "ann_1", "address"), None, "an object"),
        (("users", "ann_1", "email"), 7, "email.*a string"),
        (("orders", "#W1", "user_id"), "bob", "'bob' is nobody in users"),
        (("orders", "#W1", "items"), {"a": 1}, "a list of objects"),
        (("orders", "#W1", "placed_at"), "yesterday", "ISO 8601"),
        (("orders", "#W1", "payment_history", 0, "amount"), float("nan"), "amount.*number"),
        (("orders", "#W1", "payment_history", 0, "amount"), 10**400, "amount.*number"),
        (("products", "1", "variants", "11", "stock"), 10**400, "stock.*whole number"),
    ],
)
def test_a_mistake_is_named_with_file_key_and_what_was_expected(
    tmp_path: Path, path: tuple[Any, ...], value: object, complaint: str
) -> None:
    document: Any = copy.deepcopy(SMALL)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(ShopError, match=complaint):
        read_shop(written(tmp_path, document))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not valid JSON"),
        ("{", "line 1: not valid JSON"),
        ("[]", "not a shop"),
        ('{"products": []}', "not a shop"),
        ('{"products": {}, "products": {}}', "stands twice"),
        ('{"products": {}, "name": "a half \\ud83d"}', "after .*half .*a lone surrogate"),
        ("[" * 100_000, "not JSON|not valid JSON"),
        (f'{{"products": {"9" * 5000}}}', "not JSON.*limit"),
    ],
)
def test_what_is_no_shop_is_told_what_a_shop_is(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ShopError, match=complaint):
        read_shop(written(tmp_path, text))


def test_bytes_an_empty_folder_and_a_missing_path_are_refused(tmp_path: Path) -> None:
    (tmp_path / "photo.json").write_bytes(b"\xff\xd8\xff\xe0 not json")
    with pytest.raises(ShopError, match="not JSON in UTF-8"):
        read_shop(tmp_path / "photo.json")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ShopError, match="no shop in the folder.*products.csv"):
        read_shop(tmp_path / "empty")
    with pytest.raises(ShopError, match="no file or folder"):
        read_shop(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("products", "variants", "complaint"),
    [
        ("sku,name\n1,Mug\n", "", "products.csv: there is no column 'categories'"),
        (
            "",
            "variant_sku,parent_sku,size,color,price,qty\n11,1,,red,cheap,3\n",
            "variants.csv, line 2.*'cheap'.*price",
        ),
        ("", "variant_sku,parent_sku,size,color,price,qty\n11,9,,red,4,3\n", "'9'; expected a sku of products.csv"),
        ("", "variant_sku,parent_sku,size,color,price,qty\n11,1,,red,4\n", "line 2: expected 6 columns"),
        ("", "variant_sku,parent_sku,size,color,price,qty\n11,1,,red,4,2.5\n", "qty.*whole number"),
        ("", "variant_sku,parent_sku,size,color,price,qty\n11,1,,red,4,inf\n", "qty.*whole number"),
        ("", "variant_sku,parent_sku,size,color,price,qty\n11,1,,red,4,nan\n", "qty.*whole number"),
    ],
)
def test_a_mistake_in_a_table_is_named_with_file_and_line(
    tmp_path: Path, products: str, variants: str, complaint: str
) -> None:
    header = "sku,name,categories,price,description,attributes\n"
    (tmp_path / "products.csv").write_text(products or f"{header}1,Mug,Home,4,,\n", encoding="utf-8")
    (tmp_path / "variants.csv").write_text(
        variants or "variant_sku,parent_sku,size,color,price,qty\n", encoding="utf-8"
    )
    with pytest.raises(ShopError, match=complaint):
        read_shop(tmp_path)


def test_html_becomes_the_words_a_person_reads() -> None:
    html = '<style>p{}</style><h2>Delivery</h2><p>Two&nbsp;days &amp; <b>free</b></p><a href="{{store url="x"}}">us</a>'
    assert plain(html) == "Delivery\nTwo days & free\nus"
    assert plain("plain words\n• one") == "plain words\n• one"


def test_dates_move_by_the_same_days_everywhere(demo: Found) -> None:
    moved = shifted(demo.records, date(2026, 7, 15))
    before, after = demo.records.orders["#W3912701"], moved.orders["#W3912701"]
    assert moved.as_of == "2026-07-15"
    assert (before.placed_at[:10], after.placed_at[:10]) == ("2026-06-13", "2026-07-13")
    assert before.placed_at[10:] == after.placed_at[10:]
    assert after.fulfilments[0].expected == "2026-07-16"
    assert after.fulfilments[0].events[0].at[:10] == "2026-07-13"
    assert shifted(moved, date(2026, 6, 15)) == demo.records


def test_records_without_a_day_cannot_be_moved() -> None:
    with pytest.raises(ShopError, match="as_of"):
        shifted(Records(name={}), date(2026, 6, 15))
