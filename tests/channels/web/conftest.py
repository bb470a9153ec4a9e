"""A web server around a scripted clerk, and somebody who visits it."""

from __future__ import annotations

import io
import itertools
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from channels.web import House, make_app
from channels.web.schemas import Problem
from core.config import Web
from tests.channels.web.scripted_clerk import ScriptedClerk

_NUMBERS = itertools.count()


def photo(colour: str = "red", kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(file, kind)
    return file.getvalue()


def recording(seconds: float = 0.5) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(b"\x01\x00" * int(16_000 * seconds))
    return file.getvalue()


@dataclass(slots=True)
class Visitor:
    """One customer with an open conversation."""

    client: TestClient[Any, Any]
    conversation_id: str
    token: str

    @property
    def messages(self) -> str:
        return f"/v1/conversations/{self.conversation_id}/messages"

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, **keywords: Any) -> ClientResponse:
        return await self.client.post(self.messages, headers=self.bearer, **keywords)

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        body = {"id": f"m{next(_NUMBERS)}", "text": text, **more}
        answer = await self.post(json=body)
        assert answer.status == 200, await answer.text()
        shown: dict[str, Any] = await answer.json()
        return shown

    async def still_served(self) -> None:
        assert (await self.say("hello"))["replies"][0]["text"] == "You said: hello"


async def refused(answer: ClientResponse, status: int, code: str) -> dict[str, Any]:
    """Check that the answer is a whole problem (RFC 9457) and return it."""
    assert answer.status == status, await answer.text()
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = await answer.json()
    Problem.model_validate(body)
    assert (body["status"], body["code"]) == (status, code)
    assert body["trace_id"] == answer.headers["X-Trace-Id"]
    return body


@pytest.fixture
def clerk(tmp_path: Path) -> ScriptedClerk:
    return ScriptedClerk(tmp_path / "blobs")


@pytest.fixture
def house(clerk: ScriptedClerk) -> House:
    return House(settings=Web(), clerk=clerk, secret_key=b"k" * 32)


Serve = Callable[[House], Awaitable[TestClient[Any, Any]]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    clients: list[TestClient[Any, Any]] = []

    async def start(house: House) -> TestClient[Any, Any]:
        client = TestClient(TestServer(make_app(house)))
        await client.start_server()
        clients.append(client)
        return client

    yield start
    for client in clients:
        await client.close()


@pytest.fixture
async def client(serve: Serve, house: House) -> TestClient[Any, Any]:
    return await serve(house)


async def visit(client: TestClient[Any, Any]) -> Visitor:
    answer = await client.post("/v1/conversations", json={"locale": "en"})
    assert answer.status == 201
    return Visitor(client, **await answer.json())


@pytest.fixture
async def visitor(client: TestClient[Any, Any]) -> Visitor:
    return await visit(client)
