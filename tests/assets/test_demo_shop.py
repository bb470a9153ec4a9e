import re
from pathlib import Path

import pytest
import yaml
from PIL import Image

from assets.demo_shop import build, photos, pictures
from assets.demo_shop.catalogue import HERE
from core.shop.formats.detect import read_shop
from core.shop.records import OrderStatus, Records


@pytest.fixture(scope="module")
def shop() -> Records:
    return read_shop(HERE).records


def test_regenerating_writes_the_committed_records_byte_for_byte() -> None:
    made = build.demo_shop()
    assert build.shop_json(made) == (HERE / "shop.json").read_text(encoding="utf-8")
    assert build.images_csv(pictures.shots(made.products)) == (HERE / "images.csv").read_text(encoding="utf-8")


def test_drawing_twice_gives_the_same_bytes_and_the_committed_picture(shop: Records, tmp_path: Path) -> None:
    for shot in list(pictures.shots(shop.products))[::64]:
        pictures.write(shot, tmp_path / "one")
        pictures.write(shot, tmp_path / "two")
        once = (tmp_path / "one" / shot.file).read_bytes()
        assert once == (tmp_path / "two" / shot.file).read_bytes()
        # Another Pillow may carry another JPEG library: pixels then differ by a shade, not by a shape.
        with Image.open(tmp_path / "one" / shot.file) as drawn, Image.open(HERE / shot.file) as kept:
            assert drawn.size == kept.size == (320, 320)
            difference = sum(abs(a - b) for a, b in zip(drawn.tobytes(), kept.tobytes(), strict=True))
            assert difference / len(kept.tobytes()) < 2


def test_the_shop_has_what_was_promised(shop: Records) -> None:
    assert len(shop.products) == 60
    assert len({product.category for product in shop.products.values()}) == 12
    assert len(shop.customers) == 40
    assert len(shop.orders) == 150
    assert len(shop.pages) >= 25
    assert {order.status for order in shop.orders.values()} == {status.value for status in OrderStatus}


def test_everything_a_customer_reads_is_in_both_languages(shop: Records) -> None:
    for product in shop.products.values():
        texts = [product.names, product.category_names, product.descriptions, *product.attributes.values()]
        for words in [*texts, *product.option_texts.values()]:
            assert words["zh"] and words["en"], product.product_id
        assert re.search(r"[\u4e00-\u9fff]", product.descriptions["zh"])
        assert not re.search(r"[\u4e00-\u9fff]", product.descriptions["en"])
        named = {word for v in product.variants.values() for pair in v.options.items() for word in pair}
        assert named <= set(product.option_texts)
    for page in shop.pages.values():
        assert page.titles["zh"] and page.titles["en"] and page.bodies["zh"] and page.bodies["en"]
        assert all(len(page.questions[language]) >= 3 for language in ("zh", "en"))
    parcels = [parcel for order in shop.orders.values() for parcel in order.fulfilments]
    assert all(parcel.carrier_names["zh"] and parcel.carrier_names["en"] == parcel.carrier for parcel in parcels)
    events = [event for parcel in parcels for event in parcel.events]
    assert all(event.place["zh"] and event.place["en"] and event.what["zh"] and event.what["en"] for event in events)


def test_orders_buy_what_is_in_the_catalogue_and_pay_for_it(shop: Records) -> None:
    for order in shop.orders.values():
        for item in order.items:
            variant = shop.products[item.product_id].variants[item.item_id]
            assert item.price == variant.price
            assert item.options == variant.options
        assert order.payments[0].amount == pytest.approx(sum(item.price for item in order.items))
        owner = shop.customers[order.user_id]
        assert order.order_id in owner.orders
        assert all(payment.payment_method_id in owner.payment_methods for payment in order.payments)
        assert re.fullmatch(r"#W\d{7}", order.order_id)


def test_dates_make_sense(shop: Records) -> None:
    for order in shop.orders.values():
        for parcel in order.fulfilments:
            moments = [order.placed_at, *(event.at for event in parcel.events)]
            assert moments == sorted(moments)
            assert all(moment[:10] <= shop.as_of for moment in moments)
            assert parcel.expected > order.placed_at[:10]
        if order.status == OrderStatus.DELIVERED:
            assert order.fulfilments[0].events[-1].what["en"].startswith("Delivered")
        if order.status in (OrderStatus.PENDING, OrderStatus.CANCELLED):
            assert not order.fulfilments
        if order.status == OrderStatus.SHIPPED:
            assert order.fulfilments[0].tracking_ids and not order.fulfilments[0].events[-1].what["en"].startswith(
                "Del"
            )


def test_customers_live_in_ranges_kept_for_fiction(shop: Records) -> None:
    fictional = r"\+86 120 |\+1 \d{3}-555-01|\+44 7700 900|\+61 491 57|\+49 30 2312 5|\+33 6 39 98 "
    assert all(customer.email.endswith("@example.com") for customer in shop.customers.values())
    assert all(re.match(fictional, customer.phone) for customer in shop.customers.values())
    assert len({customer.email for customer in shop.customers.values()}) == 40


def test_every_variant_has_three_pictures_that_are_there_and_together_they_are_small(shop: Records) -> None:
    named = {
        picture.file
        for product in shop.products.values()
        for variant in product.variants.values()
        for picture in variant.pictures
    }
    kept = {f"pictures/{file.name}" for file in (HERE / "pictures").iterdir()}
    assert named == kept
    assert sum((HERE / file).stat().st_size for file in kept) < 5_000_000


def test_related_products_exist(shop: Records) -> None:
    assert all(other in shop.products for product in shop.products.values() for other in product.related)


def test_customers_photos_are_made_anew_from_the_same_seed() -> None:
    planned = {photo.name: photo for photo in photos.planned(1)}
    photo = planned["ceramic-mug-0"]
    one, quality = photos.take(photo, size=200)
    two, again = photos.take(photo, size=200)
    other, _ = photos.take(photo, size=200, seed=2)
    assert one.tobytes() == two.tobytes() and quality == again
    assert one.tobytes() != other.tobytes()
    assert {name.rpartition("-")[0] for name in planned if name.startswith("unsold")} == {
        f"unsold-{thing}" for thing in photos.UNSOLD
    }


def test_the_photos_of_the_tests_name_products_of_the_shop(shop: Records) -> None:
    folder = Path(__file__).parents[1] / "photos"
    lines = (folder / "images.csv").read_text(encoding="utf-8").splitlines()[1:]
    for file, sku, product_id, view in (line.split(",") for line in lines):
        assert (folder / file).is_file()
        if view == "unknown":
            assert not sku and not product_id
        else:
            assert sku in shop.products[product_id].variants


def test_the_hand_written_people_have_no_two_orders_of_one_number() -> None:
    numbers = [order["id"] for order in yaml.safe_load((HERE / "people.yaml").read_text(encoding="utf-8"))["orders"]]
    assert len(numbers) == len(set(numbers))
