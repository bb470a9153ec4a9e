"""Houses in which conversations are tried: what one writes the next must not see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
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
