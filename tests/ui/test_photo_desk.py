"""The staff's look at a photo: what it shows, and whose order it may be."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image
from pydantic import SecretStr

from channels.web import House, make_app
from core.config import Web
from core.journal.store import Store
from core.ports import Picture
from core.shop.formats.json_in import records_from
from core.shop.local import LocalShop
from core.types import MatchDecision, ProductMatch
from tests.channels.web.conftest import refused
from tests.channels.web.scripted_clerk import ScriptedClerk
from ui.photo_desk import PhotoDesk

KEY = {"Authorization": "Bearer key"}
SHOES = "RUNSHOE-ORANGE-38"


@dataclass
class Finder:
    """Sees shoes of one size in every photo."""

    sku: str = SHOES

    async def find(self, photo: Picture, *, attachment_id: str) -> tuple[ProductMatch, ...]:
        match = ProductMatch(
            attachment_id=attachment_id,
            sku=self.sku,
            product_id="running-shoes",
            score=0.9,
            decision=MatchDecision.MATCH,
        )
        return (match,)

    async def find_described(self, text: str, *, most: int = 4) -> tuple[tuple[str, float], ...]:
        return ()


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestClient[Any, Any]]:
    store = Store(tmp_path / "z.db")
    shop = LocalShop(store, tmp_path / "shop")
    file = Path(str(files("assets"))) / "demo_shop" / "shop.json"
    await shop.import_records(records_from(json.loads(file.read_text(encoding="utf-8")), file=str(file)), origin="test")
    clerk = ScriptedClerk(tmp_path / "blobs")
    house = House(
        settings=Web(admin_key=SecretStr("key")),
        clerk=clerk,
        secret_key=b"k" * 32,
        photos=PhotoDesk(shop=shop, finder=Finder(), blobs=clerk.blobs),
    )
    async with TestClient(TestServer(make_app(house))) as client:
        yield client
    store.close()


async def looked(desk: TestClient[Any, Any], query: str = "") -> dict[str, Any]:
    answer = await desk.post(f"/v1/admin/photos{query}", data=photo(), headers={**KEY, "Content-Type": "image/jpeg"})
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def test_staff_see_what_a_photo_shows_with_price_and_stock(desk: TestClient[Any, Any]) -> None:
    [thing] = (await looked(desk, "?language=zh"))["things"]
    [product] = thing["products"]
    assert (thing["decision"], product["sku"], product["orders"]) == ("match", SHOES, [])
    assert "鞋" in product["name"] and product["price"] == 329.0 and "stock" in product


async def test_staff_see_which_item_of_an_order_it_may_be(desk: TestClient[Any, Any]) -> None:
    [thing] = (await looked(desk, "?order=%23W4498359"))["things"]
    [item] = thing["products"][0]["orders"]
    assert (item["order_id"], item["item_id"], item["is_same_variant"]) == ("#W4498359", SHOES, True)
    [thing] = (await looked(desk, "?customer=jianguo_zhu_8678"))["things"]
    assert any(one["order_id"] == "#W4498359" for one in thing["products"][0]["orders"])


async def test_only_staff_look_and_only_at_photos_of_customers_that_there_are(desk: TestClient[Any, Any]) -> None:
    path, jpeg = "/v1/admin/photos", {"Content-Type": "image/jpeg"}
    await refused(await desk.post(path, data=photo(), headers=jpeg), 401, "unauthorized")
    await refused(await desk.post(path, data=b"x", headers={**KEY, "Content-Type": "text/plain"}), 415, "unsupported")
    unknown = await desk.post(f"{path}?customer=nobody", data=photo(), headers={**KEY, **jpeg})
    await refused(unknown, 404, "unknown_customer")
    strange = await desk.post(f"{path}?language=fr", data=photo(), headers={**KEY, **jpeg})
    await refused(strange, 400, "invalid_query")
    broken = await desk.post(path, data=photo()[:200], headers={**KEY, **jpeg})
    assert broken.status in (400, 415, 422), await broken.text()
