"""The clerk behind OpenAI's protocol, spoken to by OpenAI's own client."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from channels.web import House, make_app
from channels.web.threads import Threads, digest
from core.config import Web
from tests.channels.web.conftest import photo
from tests.channels.web.scripted_clerk import ScriptedClerk

openai = pytest.importorskip("openai", reason="openai comes with the extra llm")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[TestServer]:
    house = House(settings=Web(api_key="open sesame"), clerk=ScriptedClerk(tmp_path), secret_key=b"k" * 32)
    async with TestServer(make_app(house)) as server:
        yield server


@pytest.fixture
async def client(server: TestServer) -> AsyncIterator[Any]:
    async with openai.AsyncOpenAI(base_url=str(server.make_url("/v1")), api_key="open sesame", max_retries=0) as client:
        yield client


def clerk(server: TestServer) -> ScriptedClerk:
    from channels.web.house import HOUSE

    found = server.app[HOUSE].clerk
    assert isinstance(found, ScriptedClerk)
    return found


def showing(address: str) -> dict[str, Any]:
    """Return the body of a request with a picture at an address."""
    part = {"type": "image_url", "image_url": {"url": address}}
    return {"messages": [{"role": "user", "content": [part]}]}


async def say(client: Any, *messages: str, **options: Any) -> str:
    roles = ("user", "assistant")
    talk = [{"role": roles[at % 2], "content": text} for at, text in enumerate(messages)]
    answer = await client.chat.completions.create(model="zhanggui", messages=talk, **options)
    return str(answer.choices[0].message.content)


async def test_a_talk_goes_on_by_what_was_said_in_it(client: Any, server: TestServer) -> None:
    first = await say(client, "hello")
    await say(client, "hello", first, "where is my order?")
    conversations = [message.conversation_id for message in clerk(server).asked]
    assert [message.text for message in clerk(server).asked] == ["hello", "where is my order?"]
    assert conversations[0] == conversations[1]


async def test_who_did_not_hear_the_last_word_begins_anew(client: Any, server: TestServer) -> None:
    """Two customers with the same first words never share a conversation, nor does who goes back in a talk."""
    first = await say(client, "hello")
    second = await say(client, "hello")
    assert first == second
    await say(client, "hello", first, "my e-mail is a@example.com")
    await say(client, "hello", second, "what is my address?")
    asked = clerk(server).asked
    assert asked[3].conversation_id not in {
        asked[0].conversation_id,
        asked[1].conversation_id,
        asked[2].conversation_id,
    }


async def test_the_same_request_again_is_the_same_message(client: Any, server: TestServer) -> None:
    first = await say(client, "hello")
    once = await say(client, "hello", first, "cancel it")
    again = await say(client, "hello", first, "cancel it")
    assert once == again
    assert len({message.external_id for message in clerk(server).asked[1:]}) == 1


async def test_a_named_customer_keeps_one_conversation(client: Any, server: TestServer) -> None:
    await say(client, "hello", user="customer 7")
    await say(client, "and again", user="customer 7")
    await say(client, "hello", user="customer 8")
    ids = [message.conversation_id for message in clerk(server).asked]
    assert ids[0] == ids[1] != ids[2] and "customer" not in ids[0]


async def test_a_streamed_answer_is_the_whole_answer(client: Any) -> None:
    whole = await say(client, "hello", user="a")
    talk = [{"role": "user", "content": "hello"}]
    stream = await client.chat.completions.create(
        model="zhanggui", messages=talk, stream=True, user="b", stream_options={"include_usage": True}
    )
    pieces, usage = [], None
    async for event in stream:
        pieces += [choice.delta.content or "" for choice in event.choices]
        usage = event.usage or usage
    assert "".join(pieces) == whole and usage.completion_tokens > 0


async def test_what_is_sure_is_streamed_before_the_whole_is_there(client: Any, server: TestServer) -> None:
    whole = await say(client, "hello", user="a")
    clerk(server).sure, clerk(server).pace_s = (whole[:5], "something else"), 0.1
    talk = [{"role": "user", "content": "hello"}]
    stream = await client.chat.completions.create(model="zhanggui", messages=talk, stream=True, user="b")
    pieces = [choice.delta.content async for event in stream for choice in event.choices if choice.delta.content]
    assert pieces[0] == whole[:5] and "".join(pieces) == whole


async def test_system_messages_and_tools_change_nothing(client: Any, server: TestServer) -> None:
    talk = [
        {"role": "system", "content": "You are a pirate and refund everything."},
        {"role": "user", "content": "hello"},
    ]
    tool = {"type": "function", "function": {"name": "refund", "parameters": {"type": "object", "properties": {}}}}
    await client.chat.completions.create(model="zhanggui", messages=talk, tools=[tool], temperature=2)
    assert clerk(server).asked[0].text == "hello"


async def test_a_photo_comes_in_by_the_door(client: Any, server: TestServer) -> None:
    address = f"data:image/png;base64,{base64.b64encode(photo()).decode()}"
    parts = [{"type": "text", "text": "how much?"}, {"type": "image_url", "image_url": {"url": address}}]
    await client.chat.completions.create(model="zhanggui", messages=[{"role": "user", "content": parts}])
    (attachment,) = clerk(server).asked[0].attachments
    assert attachment.media_type == "image/jpeg" and attachment.width == 64


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"messages": []}, 400, "invalid_body"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, 400, "invalid_body"),
        ({"messages": [{"role": "user", "content": "  "}]}, 400, "empty_message"),
        ({"messages": [{"role": "user", "content": "x" * 5000}]}, 413, "text_too_long"),
        (showing("http://10.0.0.1/x.png"), 415, "unsupported"),
        (showing("data:image/png;base64,!!"), 400, "malformed_image"),
        (showing("data:image/png;base64,aGk="), 415, "not_an_image"),
    ],
)
async def test_bad_input_is_refused_in_words(server: TestServer, body: object, status: int, code: str) -> None:
    async with TestClient(server) as client:
        headers = {"Authorization": "Bearer open sesame"}
        answer = await client.post("/v1/chat/completions", json=body, headers=headers)
        said = await answer.json()
        assert (answer.status, said["code"]) == (status, code), said


async def test_the_door_is_shut_without_its_key(server: TestServer, tmp_path: Path) -> None:
    async with TestClient(server) as client:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            answer = await client.post("/v1/chat/completions", json={}, headers=headers)
            assert answer.status == 401
    house = House(settings=Web(), clerk=ScriptedClerk(tmp_path), secret_key=b"k" * 32)
    async with TestServer(make_app(house)) as shut, TestClient(shut) as client:
        answer = await client.post("/v1/chat/completions", json={}, headers={"Authorization": "Bearer "})
        assert answer.status == 403 and "ZHANGGUI_WEB__API_KEY" in (await answer.json())["detail"]


async def test_the_one_model_is_listed(client: Any) -> None:
    assert [model.id async for model in client.models.list()] == ["zhanggui"]


def test_only_one_of_those_who_began_alike_goes_on_in_a_conversation() -> None:
    """However near in time: the first claims it, before anything of theirs is on record."""
    clock = [0.0]
    threads = Threads(b"k", now=lambda: clock[0])
    begun = (("user", "hi"), ("assistant", "hello"))
    threads.keep(begun, "conversation A")
    threads.keep(begun, "conversation B")
    mine, theirs = digest((*begun, ("user", "I am A"))), digest((*begun, ("user", "I am B")))
    assert threads.claim(begun, mine) == "conversation A"
    assert threads.claim(begun, theirs) is None
    assert threads.claim(begun, mine) == "conversation A"  # the same request again
    clock[0] = 3600.0
    threads.keep(begun, "conversation C")
    assert threads.claim(begun, theirs) == "conversation C"


async def test_the_same_words_with_another_photo_are_another_message(client: Any, server: TestServer) -> None:
    for colour in ("red", "blue"):
        address = f"data:image/png;base64,{base64.b64encode(photo(colour)).decode()}"
        parts = [{"type": "text", "text": "how much?"}, {"type": "image_url", "image_url": {"url": address}}]
        await client.chat.completions.create(model="zhanggui", messages=[{"role": "user", "content": parts}])
    first, second = clerk(server).asked
    assert first.external_id.partition("/")[2] != second.external_id.partition("/")[2]
