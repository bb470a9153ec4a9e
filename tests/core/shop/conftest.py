from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.journal.store import Store
from core.shop.formats.detect import Found, read_shop
from core.shop.local import LocalShop

DEMO = Path(__file__).parents[3] / "assets" / "demo_shop"


@pytest.fixture(scope="session")
def demo() -> Found:
    return read_shop(DEMO)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(tmp_path / "zhanggui.db")
    yield opened
    opened.close()


@pytest.fixture
async def shop(store: Store, demo: Found, tmp_path: Path) -> LocalShop:
    made = LocalShop(store, tmp_path / "shop")
    await made.import_records(demo.records, origin="demo")
    return made
