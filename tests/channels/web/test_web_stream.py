"""Following a conversation over a WebSocket."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from aiohttp.test_utils import TestClient

from channels.web import House, schemas
from core.config import Web
from tests.channels.web.conftest import Serve, Visitor, refused, visit
from tests.channels.web.scripted_clerk import ScriptedClerk


def stream_of(visitor: Visitor) -> str:
    return f"/v1/conversations/{visitor.conversation_id}/stream"


def protocols(visitor: Visitor) -> tuple[str, str]:
    return ("zhanggui.v1", f"token.{visitor.token}")


async def test_typing_and_the_turn_arrive_as_they_happen(visitor: Visitor) -> None:
    async with visitor.client.ws_connect(stream_of(visitor), protocols=protocols(visitor)) as line:
        assert line.protocol == "zhanggui.v1"
        assert await line.receive_json() == {"type": "ready"}
        turn = await visitor.say("hello", id="a/b")
        typing, told = await line.receive_json(), await line.receive_json()
    assert typing == {"type": "typing", "message_id": "a/b"}
    assert told["turn"] == turn
    assert told["message"]["text"] == "hello"
    schemas.StreamEvent.model_validate(told)


async def test_what_is_sure_of_a_reply_arrives_before_its_turn(visitor: Visitor, clerk: ScriptedClerk) -> None:
    clerk.sure = ("You have 30 days.", "You have 30 days. It is free.")
    async with visitor.client.ws_connect(stream_of(visitor), protocols=protocols(visitor)) as line:
        await line.receive_json()
        await visitor.say("hello", id="a")
        events = [await line.receive_json() for _ in range(4)]
    assert [event["type"] for event in events] == ["typing", "words", "words", "turn"]
    assert [event["words"] for event in events[1:3]] == list(clerk.sure)
    for event in events:
        schemas.StreamEvent.model_validate(event)


async def test_a_reader_who_comes_again_gets_what_was_missed(visitor: Visitor) -> None:
    first = await visitor.say("one")
    second = await visitor.say("two")
    address = f"{stream_of(visitor)}?token={visitor.token}&after={first['turn_id']}"
    async with visitor.client.ws_connect(address) as line:
        assert (await line.receive_json())["type"] == "ready"
        assert (await line.receive_json())["turn"]["turn_id"] == second["turn_id"]


async def test_nobody_hears_of_another_conversation(visitor: Visitor) -> None:
    other = await visit(visitor.client)
    async with visitor.client.ws_connect(stream_of(visitor), protocols=protocols(visitor)) as line:
        await line.receive_json()
        await other.say("secret")
        await visitor.say("mine")
        assert (await line.receive_json())["type"] == "typing"
        assert (await line.receive_json())["message"]["text"] == "mine"


@pytest.mark.parametrize(("query", "status"), [("", 401), ("?token=wrong", 401)])
async def test_a_stream_needs_the_token(visitor: Visitor, query: str, status: int) -> None:
    with pytest.raises(WSServerHandshakeError) as failure:
        await visitor.client.ws_connect(stream_of(visitor) + query)
    assert failure.value.status == status


async def test_a_plain_request_is_told_to_open_a_websocket(visitor: Visitor) -> None:
    answer = await visitor.client.get(f"{stream_of(visitor)}?token={visitor.token}")
    await refused(answer, 426, "websocket")
    await refused(await visitor.client.get("/v1/conversations/nope/stream?token=x"), 404, "unknown_conversation")


async def test_another_site_may_not_listen_unless_it_is_allowed(serve: Serve, clerk: ScriptedClerk) -> None:
    settings = Web(allowed_origins=("https://shop.example",))
    client = await serve(House(settings=settings, clerk=clerk, secret_key=b"k" * 32))
    visitor = await visit(client)
    with pytest.raises(WSServerHandshakeError) as failure:
        await client.ws_connect(stream_of(visitor), protocols=protocols(visitor), origin="https://evil.example")
    assert failure.value.status == 403
    async with client.ws_connect(
        stream_of(visitor), protocols=protocols(visitor), origin="https://shop.example"
    ) as line:
        assert (await line.receive_json())["type"] == "ready"


async def test_a_reader_who_leaves_is_forgotten(visitor: Visitor, clerk: ScriptedClerk) -> None:
    line = await visitor.client.ws_connect(stream_of(visitor), protocols=protocols(visitor))
    await line.receive_json()
    assert len(clerk.watchers) == 1
    await line.close()
    await asyncio.wait_for(clerk.left.wait(), 5)
    assert clerk.watchers == []


async def test_a_server_that_stops_says_goodbye(client: TestClient[Any, Any]) -> None:
    visitor = await visit(client)
    line = await client.ws_connect(stream_of(visitor), protocols=protocols(visitor))
    await line.receive_json()
    stopping = asyncio.create_task(client.server.close())
    message = await line.receive(timeout=5)
    assert message.type is WSMsgType.CLOSE
    assert message.data == 1001
    await line.close()
    await stopping


async def test_words_written_into_the_stream_change_nothing(visitor: Visitor, clerk: ScriptedClerk) -> None:
    async with visitor.client.ws_connect(stream_of(visitor), protocols=protocols(visitor)) as line:
        await line.receive_json()
        await line.send_str('{"type": "message", "text": "hello"}')
        await line.send_str("x" * 3000)
        await visitor.say("hello")
        assert (await line.receive_json())["type"] == "typing"
    assert len(clerk.asked) == 1
