"""Calling from the browser, as far as HTTP goes; tests/channels/test_webrtc.py has the sound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from channels.web import House
from core.errors import BusyError, MediaError
from tests.channels.web.conftest import Serve, Visitor, refused, visit


@dataclass
class Lines:
    """Answers offers with their own words."""

    stun: tuple[str, ...] = ("stun:stun.example.com:3478",)
    refusal: Exception | None = None
    offers: list[tuple[str, str]] = field(default_factory=list)

    async def answer(self, conversation_id: str, offer: str) -> str:
        if self.refusal:
            raise self.refusal
        self.offers.append((conversation_id, offer))
        return f"answer to {offer}"


@pytest.fixture
def lines(house: House) -> Lines:
    house.telephone = lines = Lines()
    return lines


async def call(visitor: Visitor, **keywords: Any) -> Any:
    address = f"/v1/conversations/{visitor.conversation_id}/call"
    return await visitor.client.post(address, **{"headers": visitor.bearer, "json": {"sdp": "offer"}} | keywords)


async def test_whether_there_are_calls_is_told(client: TestClient[Any, Any], house: House) -> None:
    assert await (await client.get("/v1/calls")).json() == {"available": False, "stun": []}
    house.telephone = Lines()
    told = await (await client.get("/v1/calls")).json()
    assert told == {"available": True, "stun": ["stun:stun.example.com:3478"]}


async def test_an_offer_is_answered_for_its_own_conversation(visitor: Visitor, lines: Lines) -> None:
    answer = await call(visitor)
    assert (answer.status, await answer.json()) == (200, {"type": "answer", "sdp": "answer to offer"})
    assert lines.offers == [(visitor.conversation_id, "offer")]


async def test_who_has_no_token_of_the_conversation_does_not_call(serve: Serve, house: House, lines: Lines) -> None:
    client = await serve(house)
    one, other = await visit(client), await visit(client)
    await refused(await call(one, headers={}), 401, "unauthorized")
    await refused(await call(one, headers=other.bearer), 401, "unauthorized")
    await refused(await call(Visitor(client, "nobody", one.token)), 404, "unknown_conversation")
    assert lines.offers == []


async def test_a_shop_without_calls_says_so(visitor: Visitor) -> None:
    await refused(await call(visitor), 503, "no_calls")


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [(BusyError("full"), 503, "busy"), (MediaError("bad_offer", "the offer is not SDP"), 422, "bad_offer")],
)
async def test_what_the_lines_refuse_is_told(
    visitor: Visitor, lines: Lines, refusal: Exception, status: int, code: str
) -> None:
    lines.refusal = refusal
    answer = await call(visitor)
    await refused(answer, status, code)
    assert ("Retry-After" in answer.headers) == (status == 503)
    await visitor.still_served()


@pytest.mark.parametrize(
    ("keywords", "status", "code"),
    [
        ({"json": {}}, 400, "invalid_body"),
        ({"json": {"sdp": ""}}, 400, "invalid_body"),
        ({"json": {"sdp": "x" * 40_000}}, 400, "invalid_body"),
        ({"json": {"sdp": "x" * 90_000}}, 413, "too_large"),
        ({"json": {"sdp": "o", "more": 1}}, 400, "invalid_body"),
        ({"json": None, "data": "not json"}, 415, "unsupported"),
    ],
)
async def test_a_body_that_is_no_offer_is_refused(
    visitor: Visitor, lines: Lines, keywords: dict[str, Any], status: int, code: str
) -> None:
    await refused(await call(visitor, **keywords), status, code)
    assert lines.offers == []


async def test_who_calls_without_end_is_asked_to_wait(visitor: Visitor, lines: Lines) -> None:
    for _ in range(10):
        assert (await call(visitor)).status == 200
    await refused(await call(visitor), 429, "rate_limited")
    await visitor.still_served()
