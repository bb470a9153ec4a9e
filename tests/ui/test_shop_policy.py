from pathlib import Path

import pytest

from core.errors import ConfigError
from core.journal.store import Store
from ui.shop_folder import open_shop


async def test_the_built_in_demo_keeps_the_windows_that_its_pages_promise(tmp_path: Path) -> None:
    store = Store(tmp_path / "zhanggui.db")
    try:
        shop = await open_shop(store, tmp_path)
        terms, _ = await shop.terms()
        assert (terms.returns.days, terms.exchanges.days) == (7, 15)
    finally:
        store.close()


async def test_a_policy_of_the_configuration_wins(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("returns: {days: 30}\n", encoding="utf-8")
    store = Store(tmp_path / "zhanggui.db")
    try:
        shop = await open_shop(store, tmp_path, policy=policy)
        terms, _ = await shop.terms()
        assert (terms.returns.days, terms.exchanges.days) == (30, None)
        policy.write_text("returns: {days: soon}\n", encoding="utf-8")
        with pytest.raises(ConfigError, match=r"returns\.days = 'soon'"):
            await open_shop(store, tmp_path, policy=policy)
    finally:
        store.close()
