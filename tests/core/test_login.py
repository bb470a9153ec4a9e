"""Login tokens of the shop's own site."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import jwt
import pytest

from core.errors import ConfigError
from core.journal.logins import StoreLogins
from core.journal.store import Store
from core.login import AUDIENCE, Logins
from core.shop.formats.json_in import records_from
from core.shop.local import LocalShop
from core.types import Identity

SECRET = "a secret that is known to two houses only"
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "z.db")
    yield store
    store.close()


@pytest.fixture
async def logins(store: Store, tmp_path: Path) -> Logins:
    shop = LocalShop(store, tmp_path / "shop")
    file = Path(str(files("assets"))) / "demo_shop" / "shop.json"
    await shop.import_records(records_from(json.loads(file.read_text(encoding="utf-8")), file=str(file)), origin="test")
    return Logins(SECRET, shop, StoreLogins(store), clock=lambda: NOW)


def token(*, secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    said = {"sub": "jing_chen_2040", "aud": AUDIENCE, "exp": NOW.timestamp() + 300, "jti": "t1", **claims}
    return jwt.encode({name: value for name, value in said.items() if value is not None}, secret, algorithm=algorithm)


async def test_a_good_token_proves_the_customer(logins: Logins) -> None:
    assert await logins.admit(token(), "c1") == Identity(customer_id="jing_chen_2040", proved_by="token")


@pytest.mark.parametrize(
    "bad",
    [
        token(exp=NOW.timestamp() - 60),
        token(exp=NOW.timestamp() + 40 * 3600),
        token(secret="another secret of the same length as ours"),
        token(sub="nobody_here"),
        token(aud="another service"),
        token(jti=None),
        token(exp=None),
        token()[:-4] + "AAAA",
        "",
        "not a token",
        jwt.encode({"sub": "jing_chen_2040", "aud": AUDIENCE, "exp": 9e9, "jti": "x"}, "", algorithm="none"),
    ],
)
async def test_any_other_token_proves_nobody_and_says_so_in_the_log(
    logins: Logins, bad: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert await logins.admit(bad, "c1") is None
    assert "login token was refused for conversation c1" in caplog.text and SECRET not in caplog.text


async def test_a_token_opens_one_conversation_only(logins: Logins) -> None:
    assert await logins.admit(token(), "c1") is not None
    assert await logins.admit(token(), "c2") is None
    assert await logins.admit(token(), "c1") is not None


def test_a_short_secret_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="login_secret"):
        Logins("short", LocalShop(store, tmp_path), StoreLogins(store))
