"""Who is logged in at the shop's site opens a conversation as themselves; any other token opens one as nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.types import Identity

if TYPE_CHECKING:
    from channels.web import House
    from tests.channels.web.conftest import Serve
    from tests.channels.web.scripted_clerk import ScriptedClerk

_CHEN = Identity(customer_id="jing_chen_2040", proved_by="token")


async def _login(token: str, _conversation_id: str) -> Identity | None:
    return _CHEN if token == "good" else None  # noqa: S105 - a test's token


async def test_a_token_is_handed_to_the_clerk_as_an_identity(house: House, serve: Serve, clerk: ScriptedClerk) -> None:
    client = await serve(replace(house, login=_login))
    answer = await client.post("/v1/conversations", json={"login_token": "good"})
    assert answer.status == 201 and clerk.opened_for == [_CHEN]


async def test_a_bad_token_opens_a_conversation_with_nobody(house: House, serve: Serve, clerk: ScriptedClerk) -> None:
    client = await serve(replace(house, login=_login))
    answer = await client.post("/v1/conversations", json={"login_token": "forged"})
    assert answer.status == 201 and clerk.opened_for == [None]
    assert set(await answer.json()) == {"conversation_id", "token"}


async def test_without_a_secret_no_token_means_anything(house: House, serve: Serve, clerk: ScriptedClerk) -> None:
    client = await serve(house)
    assert (await client.post("/v1/conversations", json={"login_token": "good"})).status == 201
    assert clerk.opened_for == [None]


async def test_an_endless_token_is_refused(house: House, serve: Serve) -> None:
    client = await serve(house)
    assert (await client.post("/v1/conversations", json={"login_token": "x" * 5000})).status == 400
