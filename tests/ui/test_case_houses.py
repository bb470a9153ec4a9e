"""Houses in which conversations are tried: what one writes the next must not see."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import delete, func, select

from core.config import load
from core.shop.tables import ORDERS, TICKETS
from ui.app import Application, Needs
from ui.case_houses import Houses, open_houses
from ui.terminal import Terminal

pytestmark = pytest.mark.models
_DEMO = Path(__file__).parents[2] / "assets" / "demo_shop"


@pytest.fixture
async def houses() -> AsyncIterator[Houses]:
    async with open_houses(load(), Needs(hearing=False, seeing=False, speaking=False)) as opened:
        yield opened


async def _count(house: Application, table: object) -> int:
    query = select(func.count()).select_from(table)  # type: ignore[arg-type]
    return await house.store.read(lambda connection: int(connection.execute(query).scalar_one()))


async def test_the_next_conversation_finds_the_records_as_they_were(houses: Houses) -> None:
    async with houses.house() as first:
        orders = await _count(first, ORDERS)
        await first.store.write(lambda connection: connection.execute(delete(ORDERS)) and None)
        await Terminal(engine=first.engine, conversation_id="c").say("hello")
        assert await _count(first, ORDERS) == 0
    async with houses.house() as second:
        assert second is first
        assert await _count(second, ORDERS) == orders > 0
        assert await _count(second, TICKETS) == 0
        assert await second.engine.turns("c") == ()


async def test_conversations_at_once_have_houses_of_their_own_and_share_their_models(houses: Houses) -> None:
    async with houses.house() as one, houses.house() as other:
        assert one.data != other.data
        assert one.understander.encoder is other.understander.encoder
        await one.store.write(lambda connection: connection.execute(delete(ORDERS)) and None)
        assert await _count(other, ORDERS) > 0


async def test_a_house_in_which_something_broke_serves_nobody_else(houses: Houses) -> None:
    broken: list[Application] = []
    with pytest.raises(RuntimeError):
        async with houses.house() as house:
            broken.append(house)
            raise RuntimeError("the conversation broke")
    async with houses.house() as house:
        assert house is not broken[0]


async def test_a_case_may_bring_its_own_shop(houses: Houses) -> None:
    async with houses.house() as built_in, houses.house(_DEMO / "shop.json") as own:
        about = await own.shop.about()
        assert about is not None and about.origin == "shop.json"
        assert await _count(own, ORDERS) == await _count(built_in, ORDERS)


def _mugs(folder: Path) -> Path:
    """Write a shop of two mugs with a picture each."""
    folder.mkdir()
    products = {}
    for name, colour in (("red", "crimson"), ("blue", "navy")):
        picture = Image.new("RGB", (80, 80), "white")
        picture.paste(colour, (20, 10, 50 if name == "red" else 70, 60))
        picture.save(folder / f"{name}.png")
        pictures = [{"file": f"{name}.png", "view": "main"}]
        variant = {"item_id": f"sku-{name}", "options": {}, "price": 4.5, "pictures": pictures}
        products[name] = {"name": "Mug", "product_id": name, "variants": {f"sku-{name}": variant}}
    (folder / "shop.json").write_text(json.dumps({"products": products, "users": {}, "orders": {}}), encoding="utf-8")
    return folder


async def test_of_the_data_folder_only_looks_are_taken_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perception.seeing.lessons._IMITATIONS", 4)
    monkeypatch.setattr("perception.seeing.lessons._SCENES", 2)
    monkeypatch.setattr("perception.seeing.strangers._COUNT", 2)
    shop, looked = _mugs(tmp_path / "mugs"), list[tuple[int, int]]()
    settings = load(data_dir=tmp_path / "data", backends={"photos": "fake", "sentences": "", "ocr": ""})
    needs = Needs(hearing=False, speaking=False)
    for _ in range(2):
        async with open_houses(settings, needs, shop=shop, progress=lambda *told: looked.append(told)) as houses:
            async with houses.house() as house:
                assert house.finder and len((await house.finder.ready()).owners) == 2
    assert looked == [(2, 12), (12, 12)]  # once
    assert [found.name for found in (tmp_path / "data").iterdir()] == ["looks"]
