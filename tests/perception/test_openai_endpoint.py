"""An endpoint that misbehaves in every way: each has its code, and the answer of a good one arrives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core import registry
from core.errors import ModelError
from core.ports import LanguageModel
from core.types import ChatMessage

pytest.importorskip("openai", reason="openai comes with the extra llm")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


def event(**delta: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n".encode()


async def streamed(request: web.Request, *events: bytes, cut: bool = False) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for one in events:
        await response.write(one)
    if cut:
        assert request.transport is not None
        request.transport.abort()
    return response


class Endpoint:
    """Behave as the model's name says, and remember what was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []

    async def complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        self.keys.append(request.headers.get("Authorization", ""))
        model = body["model"]
        if model.isdigit():
            problem = {"error": {"message": "maximum context length" if model == "400" else "no", "type": "x"}}
            return web.json_response(problem, status=int(model), headers={"Retry-After": "3"})
        if model == "slow":
            await asyncio.sleep(5)
        if model == "cut":
            return await streamed(request, event(content="Hel"), cut=True)
        if model == "garbled":
            return await streamed(request, event(content="Hel"), b"data: {not json\n\n")
        if model == "html":
            return web.Response(text="<html>login</html>", content_type="text/html")
        if model == "tool":
            call = {"index": 0, "id": "1", "type": "function", "function": {"name": "answer", "arguments": '{"a":'}}
            rest = {"index": 0, "function": {"arguments": " 1}"}}
            return await streamed(request, event(tool_calls=[call]), event(tool_calls=[rest]), b"data: [DONE]\n\n")
        usage = {
            "prompt_tokens": 9,
            "completion_tokens": 2,
            "total_tokens": 11,
            "prompt_tokens_details": {"cached_tokens": 4},
        }
        last = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": usage}
        return await streamed(
            request,
            event(content="Hel"),
            event(content="lo"),
            f"data: {json.dumps(last)}\n\n".encode(),
            b"data: [DONE]\n\n",
        )


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
async def server(endpoint: Endpoint) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_post("/v1/chat/completions", endpoint.complete)
    async with TestServer(app) as server:
        yield server


def model(server: TestServer, name: str, **options: str) -> LanguageModel:
    query = "".join(f"&{key}={value}" for key, value in options.items())
    spec = f"openai:{name}?base_url={server.make_url('/v1')}{query}"
    built: LanguageModel = registry.build("language", spec, Path(), api_key="secret-key")
    return built


async def answer(model: LanguageModel, **options: Any) -> tuple[str, Any]:
    text, usage = "", None
    async with aclosing(model):  # type: ignore[type-var]
        async for chunk in model.generate((ChatMessage(role="user", content="hi"),), **options):
            text += chunk.text
            usage = chunk.usage or usage
    return text, usage


async def test_a_good_one_streams_counts_and_gets_the_key(server: TestServer, endpoint: Endpoint) -> None:
    text, usage = await answer(model(server, "good"), max_tokens=7)
    assert (text, usage.prompt, usage.cached, usage.completion) == ("Hello", 9, 4, 2)
    (asked,) = endpoint.asked
    assert endpoint.keys == ["Bearer secret-key"]
    assert asked["stream"] and asked["max_tokens"] == 7 and asked["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("429", "rate_limited"),
        ("500", "unreachable"),
        ("503", "unreachable"),
        ("401", "refused"),
        ("404", "refused"),
        ("400", "too_long"),
        ("422", "refused"),
        ("slow", "timeout"),
        ("cut", "cut_off"),
        ("garbled", "malformed"),
    ],
)
async def test_each_misbehaviour_has_its_code(server: TestServer, name: str, code: str) -> None:
    with pytest.raises(ModelError) as told:
        await answer(model(server, name), deadline_s=0.5 if name == "slow" else 5)
    assert told.value.code == code
    assert told.value.retry_after_s == (3.0 if code == "rate_limited" else 0.0)
    assert "secret-key" not in str(told.value)


async def test_an_answer_that_is_no_stream_says_nothing(server: TestServer) -> None:
    assert await answer(model(server, "html")) == ("", None)


async def test_nobody_listening_is_told() -> None:
    spec = "openai:m?base_url=http://127.0.0.1:9/v1"
    with pytest.raises(ModelError) as told:
        await answer(registry.build("language", spec, Path()))
    assert told.value.code == "unreachable"


@pytest.mark.parametrize(
    ("structured", "key"),
    [("schema", "response_format"), ("tool", "tools"), ("json", "response_format"), ("prompt", "")],
)
async def test_a_schema_is_asked_for_in_the_way_that_the_endpoint_knows(
    server: TestServer, endpoint: Endpoint, structured: str, key: str
) -> None:
    name = "tool" if structured == "tool" else "good"
    text, _ = await answer(model(server, name, structured=structured), schema=SCHEMA)
    (asked,) = endpoint.asked
    assert {one for one in ("response_format", "tools") if one in asked} == ({key} if key else set())
    assert ("JSON Schema" in asked["messages"][0]["content"]) == (structured in ("json", "prompt"))
    assert text == ('{"a": 1}' if structured == "tool" else "Hello")


async def test_pictures_go_before_the_words_as_data_addresses(server: TestServer, endpoint: Endpoint) -> None:
    prompt = (
        ChatMessage(role="system", content="Look."),
        ChatMessage(role="user", content="What is it?", pictures=(b"one", b"two")),
    )
    looks = model(server, "good", structured="prompt")
    assert looks.capabilities.sees
    async with aclosing(looks):  # type: ignore[type-var]
        async for _ in looks.generate(prompt, schema=SCHEMA):
            pass
    system, asked = endpoint.asked[0]["messages"]
    assert isinstance(system["content"], str) and "JSON Schema" in system["content"]
    urls = [part["image_url"]["url"] for part in asked["content"][:2]]
    assert urls == ["data:image/jpeg;base64,b25l", "data:image/jpeg;base64,dHdv"]
    assert asked["content"][2:] == [{"type": "text", "text": "What is it?"}]
