"""Bad input gets a clear refusal, and the next message works."""

from __future__ import annotations

import io
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient

from channels.web import House, incoming
from core.config import Web
from core.errors import MediaError
from core.ports import Limits
from tests.channels.web.conftest import Serve, Visitor, photo, recording, refused, visit
from tests.channels.web.scripted_clerk import ScriptedClerk


@pytest.mark.parametrize("text", ["", "   \n\t", "\u3000"])
async def test_empty_text_is_refused(visitor: Visitor, text: str) -> None:
    await refused(await visitor.post(json={"id": "1", "text": text}), 400, "empty_message")
    await visitor.still_served()


@pytest.mark.parametrize("size", [4_001, 100_000])
async def test_too_much_text_names_the_limit(visitor: Visitor, size: int) -> None:
    problem = await refused(await visitor.post(json={"id": "1", "text": "a" * size}), 413, problem_code(size))
    assert problem["limit"] >= 4000
    form = FormData({"id": "1", "text": "字" * size})
    form.add_field("image", photo(), filename="a.png")
    problem = await refused(await visitor.post(data=form), 413, "text_too_long")
    assert problem["limit"] == 4000
    await visitor.still_served()


def problem_code(size: int) -> str:
    return "text_too_long" if size < 50_000 else "too_large"


@pytest.mark.parametrize("body", [b"{", b'{"id": "1", "text": ', b"\xff\xfe", b"[" * 20_000, b"nope"])
async def test_malformed_json_is_refused(visitor: Visitor, body: bytes) -> None:
    answer = await visitor.client.post(
        visitor.messages, data=body, headers={**visitor.bearer, "Content-Type": "application/json"}
    )
    await refused(answer, 400, "malformed_json")
    await visitor.still_served()


@pytest.mark.parametrize(
    "body",
    [
        {"text": "hello"},
        {"id": "", "text": "hello"},
        {"id": "a\u0000b", "text": "hello"},
        {"id": "x" * 129, "text": "hello"},
        {"id": 7, "text": "hello"},
        {"id": "1", "text": ["hello"]},
        {"id": "1", "text": "hello", "txet": "typo"},
        {"id": "1", "text": "hello", "locale": "../../etc"},
        {"id": "1", "text": "\ud800"},
        [],
        "hello",
        None,
    ],
)
async def test_a_body_of_another_shape_is_refused_and_the_place_is_named(visitor: Visitor, body: Any) -> None:
    problem = await refused(await visitor.post(json=body), 400, "invalid_body")
    assert problem["errors"][0]["pointer"].startswith("/")
    await visitor.still_served()


async def test_another_content_type_is_refused(visitor: Visitor) -> None:
    answer = await visitor.client.post(
        visitor.messages, data=b"id=1&text=hi", headers={**visitor.bearer, "Content-Type": "text/plain"}
    )
    await refused(answer, 415, "unsupported")
    await visitor.still_served()


async def test_a_photo_that_is_no_photo_is_refused(visitor: Visitor) -> None:
    form = FormData({"id": "1"})
    form.add_field("image", b"MZ this is a program", filename="photo.jpg", content_type="image/jpeg")
    problem = await refused(await visitor.post(data=form), 415, "not_an_image")
    assert "JPEG" in problem["detail"]
    await visitor.still_served()


async def test_an_empty_photo_is_refused(visitor: Visitor) -> None:
    form = FormData({"id": "1"})
    form.add_field("image", b"", filename="photo.jpg", content_type="image/jpeg")
    await refused(await visitor.post(data=form), 422, "empty")
    await visitor.still_served()


async def test_a_file_that_a_busy_machine_did_not_open_in_time_may_be_sent_again(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: object, **__: object) -> None:
        raise MediaError("too_slow", "decoding the file took more than 30 s")

    monkeypatch.setattr(incoming, "admit_file", slow)
    form = FormData({"id": "1"})
    form.add_field("image", photo("red"), filename="photo.png", content_type="image/png")
    answer = await visitor.post(data=form)
    assert int(answer.headers["Retry-After"]) >= 1
    await refused(answer, 503, "too_slow")
    await visitor.still_served()


async def test_a_recording_of_two_hours_is_refused(visitor: Visitor) -> None:
    # 2 h at 16 bits and 16 kHz are 230 MB: the size alone shuts the door, long before the end
    form = FormData({"id": "1"})
    form.add_field("audio", io.BytesIO(b"RIFF" + b"\0" * (26 * 2**20)), filename="long.wav", content_type="audio/wav")
    problem = await refused(await visitor.post(data=form), 413, "too_large")
    assert problem["limit"] == 25 * 2**20
    await visitor.still_served()


async def test_a_long_quiet_recording_that_fits_in_bytes_is_refused(visitor: Visitor) -> None:
    form = FormData({"id": "1"})
    form.add_field("audio", io.BytesIO(recording(400)), filename="long.wav", content_type="audio/wav")
    await refused(await visitor.post(data=form), 422, "too_long")
    await visitor.still_served()


async def test_a_large_photo_is_refused_before_it_is_whole(serve: Serve, clerk: ScriptedClerk) -> None:
    clerk.limits = Limits(image_bytes=1000, attachments=2)
    visitor = await visit(await serve(House(settings=Web(), clerk=clerk, secret_key=b"k" * 32)))
    form = FormData({"id": "1"})
    form.add_field("image", b"\xff\xd8\xff" + b"0" * 5000, filename="a.jpg")
    problem = await refused(await visitor.post(data=form), 413, "too_large")
    assert problem["limit"] == 1000
    form = FormData({"id": "2"})
    for colour in ("red", "green", "blue"):
        form.add_field("image", photo(colour), filename="a.png")
    await refused(await visitor.post(data=form), 413, "too_many_attachments")
    await visitor.still_served()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"no boundary here"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\nabc'),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken header\r\n\r\nabc\r\n--x--\r\n"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\n\xff\r\n--x--\r\n',
        ),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="odd"\r\n\r\n1\r\n--x--\r\n'),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("multipart/form-data; boundary=" + "x" * 100, b"--x--\r\n"),
    ],
)
async def test_a_broken_form_is_refused(visitor: Visitor, content_type: str, body: bytes) -> None:
    answer = await visitor.client.post(
        visitor.messages, data=body, headers={**visitor.bearer, "Content-Type": content_type}
    )
    problem = await answer.json()
    assert (answer.status, answer.content_type) == (400, "application/problem+json"), problem
    await visitor.still_served()


async def test_a_long_id_in_a_form_is_refused(visitor: Visitor) -> None:
    form = FormData({"id": "x" * 5000})
    form.add_field("image", photo(), filename="a.png")
    await refused(await visitor.post(data=form), 413, "too_large")
    await visitor.still_served()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic abc", "Bearer \u00e9", "Bearer " + "0" * 64])
async def test_a_wrong_token_is_refused(visitor: Visitor, header: str) -> None:
    for method in ("GET", "POST"):
        answer = await visitor.client.request(
            method, visitor.messages, json={"id": "1", "text": "hi"}, headers={"Authorization": header}
        )
        await refused(answer, 401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    await visitor.still_served()


async def test_the_token_of_another_conversation_opens_nothing(visitor: Visitor) -> None:
    other = await visit(visitor.client)
    answer = await visitor.client.get(visitor.messages, headers=other.bearer)
    await refused(answer, 401, "unauthorized")


async def test_an_unknown_conversation_is_not_found(visitor: Visitor) -> None:
    answer = await visitor.client.post(
        "/v1/conversations/nope/messages", json={"id": "1", "text": "hi"}, headers=visitor.bearer
    )
    problem = await refused(answer, 404, "unknown_conversation")
    assert "POST /v1/conversations" in problem["detail"]


async def test_an_unknown_address_and_a_wrong_method_are_problems(client: TestClient[Any, Any]) -> None:
    await refused(await client.get("/v2/nothing"), 404, "not_found")
    answer = await client.delete("/v1/conversations")
    await refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("body", [{"channel": "Not A Name"}, {"locale": "x" * 50}, {"colour": "red"}, []])
async def test_a_conversation_is_opened_with_valid_words_only(client: TestClient[Any, Any], body: Any) -> None:
    await refused(await client.post("/v1/conversations", json=body), 400, "invalid_body")


async def test_opening_a_conversation_with_a_huge_body_is_refused(client: TestClient[Any, Any]) -> None:
    await refused(await client.post("/v1/conversations", json={"locale": "x" * 10_000}), 413, "too_large")
