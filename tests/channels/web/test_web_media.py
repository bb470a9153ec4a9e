"""Photos and recordings, by signed addresses."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient

from channels.web import House
from core.config import Web
from tests.channels.web.conftest import Serve, Visitor, photo, recording, refused
from tests.channels.web.scripted_clerk import ScriptedClerk


async def sent_photo(visitor: Visitor) -> str:
    form = FormData({"id": "m"})
    form.add_field("image", photo(), filename="a.png")
    await visitor.post(data=form)
    history = await (await visitor.client.get(visitor.messages, headers=visitor.bearer)).json()
    address: str = history["messages"][0]["message"]["attachments"][0]["url"]
    return address


async def test_a_photo_comes_back_by_its_signed_address(visitor: Visitor) -> None:
    address = await sent_photo(visitor)
    answer = await visitor.client.get(address)
    assert answer.status == 200
    assert answer.content_type == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await answer.read()).startswith(b"\xff\xd8\xff")


async def test_a_wrong_signature_opens_nothing(visitor: Visitor) -> None:
    path, _, signature = (await sent_photo(visitor)).partition("?sig=")
    await refused(await visitor.client.get(path), 401, "unauthorized")
    turned = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    await refused(await visitor.client.get(f"{path}?sig={turned}"), 401, "unauthorized")


async def test_bytes_that_are_gone_are_not_found(visitor: Visitor, house: House) -> None:
    await refused(await visitor.client.get(house.signer.media("0" * 64)), 404, "not_found")
    await refused(await visitor.client.get(house.signer.media("..")), 404, "not_found")


async def test_a_range_of_a_spoken_reply_is_served(visitor: Visitor, clerk: ScriptedClerk) -> None:
    clerk.spoken = await clerk.blobs.put(recording())
    turn = await visitor.say("hello", speak=True)
    address = turn["replies"][0]["audio_url"]
    answer = await visitor.client.get(address, headers={"Range": "bytes=0-3"})
    assert (answer.status, await answer.read()) == (206, b"RIFF")
    assert answer.content_type == "audio/wav"


async def test_bytes_of_an_unknown_kind_are_a_download(visitor: Visitor, clerk: ScriptedClerk, house: House) -> None:
    sha256 = await clerk.blobs.put(b"<script>alert(1)</script>")
    answer = await visitor.client.get(house.signer.media(sha256))
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"


async def test_a_catalogue_picture_is_public(serve: Serve, clerk: ScriptedClerk, tmp_path: Path) -> None:
    file = tmp_path / "cup.png"
    await asyncio.to_thread(file.write_bytes, photo())
    page = tmp_path / "cup.html"
    await asyncio.to_thread(page.write_bytes, b"<script>alert(1)</script>")
    pictures = {"SKU 1/a": file, "page": page, "gone": tmp_path / "gone.png"}
    client = await serve(House(settings=Web(), clerk=clerk, secret_key=b"k" * 32, picture=pictures.get))
    answer = await client.get("/v1/products/SKU%201%2Fa/picture")
    assert (answer.status, answer.content_type) == (200, "image/png")
    answer = await client.get("/v1/products/page/picture")
    assert (answer.content_type, answer.headers["Content-Disposition"]) == ("application/octet-stream", "attachment")
    for sku in ("gone", "unknown"):
        await refused(await client.get(f"/v1/products/{sku}/picture"), 404, "not_found")


async def test_the_widget_is_there_for_every_site(client: TestClient[Any, Any]) -> None:
    for path, kind in (
        ("/widget.js", "text/javascript"),
        ("/widget.css", "text/css"),
        ("/widget/chat.js", "text/javascript"),
        ("/widget/seal.svg", "image/svg+xml"),
    ):
        answer = await client.get(path, headers={"Origin": "https://shop.example"})
        assert (answer.status, answer.content_type) == (200, kind)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for path in ("/widget/home.html", "/widget/nothing.js", "/widget/..%2f..%2fapp.py"):
        await refused(await client.get(path), 404, "not_found")
