"""Health, metrics, administration, CORS, the document of the API, and the server itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, FormData, web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from channels.web import House, WebChannel, load_key, make_app, schemas
from channels.web.rates import Rate
from channels.web.routes import ROUTES
from channels.web.tokens import Signer
from channels.web.trace import Handler
from core.batching import ModelQueue
from core.config import Web
from core.errors import ConfigError
from core.shop.records import Product, Variant
from tests.channels.web.conftest import Serve, Visitor, photo, refused
from tests.channels.web.scripted_clerk import ScriptedClerk


class Views:
    """Shows one of everything."""

    async def conversations(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        return [{"id": "c1", "limit": limit}]

    async def conversation(self, conversation_id: str, *, language: str | None) -> Mapping[str, Any] | None:
        return {"id": "c1", "turns": [], "read_in": language} if conversation_id == "c1" else None

    async def tickets(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        return [{"number": "T1", "subject": "退货"}]

    async def handoffs(self, *, limit: int) -> Sequence[Mapping[str, Any]]:
        return []


async def test_health_is_told(client: TestClient[Any, Any], house: House) -> None:
    assert await (await client.get("/healthz")).json() == {"status": "ok", "checks": {}}
    assert (await client.get("/readyz")).status == 200

    async def half_up() -> Mapping[str, bool]:
        return {"store": True, "models": False}

    house.ready = half_up
    answer = await client.get("/readyz")
    assert (answer.status, (await answer.json())["checks"]) == (503, {"store": True, "models": False})


async def test_turns_are_counted_once(visitor: Visitor) -> None:
    await visitor.say("get me a person", id="1")
    await visitor.say("get me a person", id="1")
    answer = await visitor.client.get("/metrics")
    text = await answer.text()
    assert answer.content_type == "text/plain"
    assert 'zhanggui_turns_total{outcome="handed_off"} 1.0' in text
    assert 'zhanggui_messages_total{content="text"} 1.0' in text
    assert "zhanggui_turn_seconds_count 1.0" in text
    route = 'method="POST",route="/v1/conversations/{id}/messages",status="200"'
    assert f"zhanggui_http_requests_total{{{route}}} 2.0" in text


async def test_messages_are_counted_by_what_they_hold(visitor: Visitor) -> None:
    form = FormData({"id": "m"})
    form.add_field("image", photo(), filename="a.png")
    await visitor.post(data=form)
    text = await (await visitor.client.get("/metrics")).text()
    assert 'zhanggui_messages_total{content="image"} 1.0' in text


async def test_queues_before_models_are_counted(serve: Serve, clerk: ScriptedClerk) -> None:
    def twice(numbers: list[int]) -> list[int]:
        if len(numbers) > 2:
            raise RuntimeError("CUDA out of memory")
        return [2 * number for number in numbers]

    house = House(settings=Web(), clerk=clerk, secret_key=b"k" * 32)
    queue: ModelQueue[int, int] = ModelQueue(name="doubler", run=twice, most=4)
    house.metrics.watch("photos", queue)
    assert await queue.do_all([1, 2, 3, 4]) == [2, 4, 6, 8]
    text = await (await (await serve(house)).get("/metrics")).text()
    assert 'zhanggui_queue_length{model="photos"} 0.0' in text
    assert 'zhanggui_out_of_memory_total{model="photos"} 1.0' in text
    assert 'zhanggui_batch_size_count{model="photos"} 2.0' in text
    assert 'zhanggui_batch_size_sum{model="photos"} 4.0' in text
    assert 'zhanggui_queue_seconds_count{model="photos"} 4.0' in text
    assert 'zhanggui_batch_seconds_count{model="photos"} 2.0' in text


async def test_it_is_not_ready_while_a_model_is_warming_up(serve: Serve, clerk: ScriptedClerk) -> None:
    checks = {"asr": True, "photos": False}

    async def ready() -> Mapping[str, bool]:
        return checks

    client = await serve(House(settings=Web(), clerk=clerk, secret_key=b"k" * 32, ready=ready))
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert await answer.json() == {"status": "starting", "checks": {"asr": True, "photos": False}}
    checks["photos"] = True
    assert (await client.get("/readyz")).status == 200


async def test_administration_is_shut_without_a_key(client: TestClient[Any, Any]) -> None:
    problem = await refused(await client.get("/v1/admin/tickets"), 403, "admin_closed")
    assert "ZHANGGUI_WEB__ADMIN_KEY" in problem["detail"]


async def test_a_stored_photo_is_given_to_staff_with_the_key_only(serve: Serve, clerk: ScriptedClerk) -> None:
    settings = Web(admin_key=SecretStr("key"))
    client = await serve(House(settings=settings, clerk=clerk, secret_key=b"k" * 32, admin=Views()))
    sha256 = await clerk.blobs.put(b"\xff\xd8\xff a photo")
    await refused(await client.get(f"/v1/admin/media/{sha256}"), 401, "unauthorized")
    key = {"Authorization": "Bearer key"}
    answer = await client.get(f"/v1/admin/media/{sha256}", headers=key)
    assert (answer.status, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-store"
    await refused(await client.get("/v1/admin/media/nothing", headers=key), 404, "not_found")


async def test_the_key_opens_administration(serve: Serve, clerk: ScriptedClerk) -> None:
    settings = Web(admin_key=SecretStr("key"))
    client = await serve(House(settings=settings, clerk=clerk, secret_key=b"k" * 32, admin=Views()))
    for header in ({}, {"Authorization": "Bearer kez"}, {"Authorization": "Basic key"}):
        await refused(await client.get("/v1/admin/conversations", headers=header), 401, "unauthorized")
    key = {"Authorization": "Bearer key"}
    answer = await client.get("/v1/admin/conversations?limit=7", headers=key)
    assert await answer.json() == {"items": [{"id": "c1", "limit": 7}]}
    assert (await client.get("/v1/admin/conversations/c1", headers=key)).status == 200
    await refused(await client.get("/v1/admin/conversations/c2", headers=key), 404, "unknown_conversation")
    read_in = [
        await (await client.get(f"/v1/admin/conversations/c1{query}", headers=key)).json()
        for query in ("", "?language=zh")
    ]
    assert [one["read_in"] for one in read_in] == [None, "zh"]
    for language in ("de", "", "ZH"):
        address = f"/v1/admin/conversations/c1?language={language}"
        await refused(await client.get(address, headers=key), 400, "invalid_query")
    text = await (await client.get("/v1/admin/tickets", headers=key)).text()
    assert text == '{"items": [{"number": "T1", "subject": "退货"}]}'
    assert await (await client.get("/v1/admin/handoffs", headers=key)).json() == {"items": []}
    for limit in ("0", "1001", "x", "²"):
        await refused(await client.get(f"/v1/admin/tickets?limit={limit}", headers=key), 400, "invalid_query")


async def test_an_allowed_site_may_call_and_another_may_not(serve: Serve, clerk: ScriptedClerk) -> None:
    settings = Web(allowed_origins=("https://shop.example",))
    client = await serve(House(settings=settings, clerk=clerk, secret_key=b"k" * 32))
    preflight = {"Access-Control-Request-Method": "POST"}
    answer = await client.options("/v1/conversations", headers={**preflight, "Origin": "https://shop.example"})
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    answer = await client.options("/v1/conversations", headers={**preflight, "Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    problem = await client.get("/nothing", headers={"Origin": "https://shop.example"})
    assert problem.headers["Access-Control-Allow-Origin"] == "https://shop.example"


async def test_every_answer_carries_the_headers_of_safety(client: TestClient[Any, Any]) -> None:
    for path in ("/", "/healthz", "/nothing", "/widget.js"):
        headers = (await client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"


async def test_every_address_is_in_the_document(client: TestClient[Any, Any]) -> None:
    document = await (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in client.server.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    documented = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert served == documented == {(route.method.lower(), route.path) for route in ROUTES}


async def test_the_document_refers_to_nothing_that_is_missing(client: TestClient[Any, Any]) -> None:
    document = await (await client.get("/openapi.json")).json()
    names = document["components"]["schemas"]
    text = json.dumps(document)
    referred = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred <= names.keys()
    identifiers = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(identifiers) == len(set(identifiers))


async def test_answers_hold_nothing_that_the_document_leaves_out(visitor: Visitor) -> None:
    turn = await visitor.say("where is my order? get me a person")
    shown = schemas.TurnAnswered.model_validate(turn).model_dump(mode="json", exclude_unset=True)
    assert shown == turn


async def test_the_home_page_shows_the_shelf_in_both_languages(serve: Serve, clerk: ScriptedClerk) -> None:
    product = Product(
        product_id="1",
        names={"zh": "保温杯 <b>", "en": "Flask <b>"},
        variants={"S1": Variant(item_id="S1", options={}, price=129)},
    )

    class Shelf:
        async def products(self) -> tuple[Product, ...]:
            return (product,)

    house = House(
        settings=Web(),
        clerk=clerk,
        secret_key=b"k" * 32,
        shop=Shelf(),  # type: ignore[arg-type]  # the page asks for the products only
        picture=lambda _sku: Path(__file__),
    )
    client = await serve(house)
    page = await (await client.get("/", headers={"Accept-Language": "zh-CN"})).text()
    assert "保温杯 &lt;b&gt;" in page
    assert '<html lang="zh-CN">' in page
    page = await (await client.get("/?lang=en")).text()
    assert "Flask &lt;b&gt;" in page
    assert 'src="/widget.js"' in page
    assert "made up" not in page
    house.is_demo = True
    assert "made up" in await (await client.get("/?lang=en")).text()


async def test_a_stranger_cannot_open_conversations_without_end(house: House) -> None:
    @web.middleware
    async def from_afar(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await handler(request.clone(remote=request.headers["X-Test-Address"]))

    house.settings = Web(rate_per_minute=2)
    house.openings = Rate(2)
    app = make_app(house)
    app.middlewares.insert(0, from_afar)
    async with TestClient(TestServer(app)) as client:

        async def opens(address: str) -> ClientResponse:
            return await client.post("/v1/conversations", json={}, headers={"X-Test-Address": address})

        assert [(await opens("203.0.113.7")).status for _ in range(2)] == [201, 201]
        answer = await opens("203.0.113.7")
        await refused(answer, 429, "rate_limited")
        assert 0 < int(answer.headers["Retry-After"]) <= 30
        assert (await opens("203.0.113.8")).status == 201
        assert [(await opens("::1")).status for _ in range(4)] == [201] * 4  # a proxy with all its customers


async def test_the_channel_serves_until_cancelled(house: House) -> None:
    house.settings = Web(port=0)
    channel = WebChannel(house)
    running = asyncio.create_task(channel.run())
    address = await channel.address()
    async with ClientSession() as session:
        assert (await session.get(f"{address}/healthz")).status == 200
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    with socket.create_server(("127.0.0.1", int(address.rpartition(":")[2]))):
        pass  # the port is free again


async def test_a_port_that_is_taken_is_named(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        house.settings = Web(port=port)
        with pytest.raises(OSError, match=rf"127\.0\.0\.1:{port}.*web\.port"):
            await WebChannel(house).run()


def test_a_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    file = tmp_path / "new" / "web.key"
    key = load_key(file)
    assert load_key(file) == key
    assert len(key) == 32
    assert file.stat().st_mode & 0o077 == 0
    assert [item.name for item in file.parent.iterdir()] == ["web.key"]
    file.write_bytes(b"short")
    with pytest.raises(ConfigError, match="delete it"):
        load_key(file)


def test_a_token_of_one_purpose_opens_no_other() -> None:
    signer = Signer(b"k" * 32)
    assert signer.opens("c1", signer.conversation("c1"))
    assert not signer.opens("c2", signer.conversation("c1"))
    assert not signer.opens_media("c1", signer.conversation("c1"))
    assert not signer.opens("c1", "\u00e9")


def test_a_rate_lets_a_minute_through_and_then_one_by_one() -> None:
    now = 0.0
    rate = Rate(60, clock=lambda: now)
    assert [rate.wait_s("c") for _ in range(60)] == [0.0] * 60
    assert rate.wait_s("c") == pytest.approx(1.0)
    assert rate.wait_s("other") == 0
    now = 1.0
    assert rate.wait_s("c") == 0
    assert rate.wait_s("c") > 0
