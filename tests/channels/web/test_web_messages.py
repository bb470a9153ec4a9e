"""Saying something over HTTP."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient

from channels.web import House, schemas
from core.config import Web
from tests.channels.web.conftest import Serve, Visitor, photo, recording, refused, visit
from tests.channels.web.scripted_clerk import ScriptedClerk
from tests.perception.films import BLUE, PER_S, RED, film, scene


async def test_a_question_is_answered_as_the_contract_says(visitor: Visitor) -> None:
    turn = await visitor.say("where is my order?")
    assert {"turn_id", "understanding", "actions", "replies"} <= turn.keys()
    reply = turn["replies"][0]
    assert {"id", "text", "language", "buttons", "cards", "citations"} <= reply.keys()
    assert reply["text"].startswith("Your order #W1001")
    assert reply["buttons"][0] == {"label": "Track it", "value": "Track it"}
    schemas.TurnAnswered.model_validate(turn)


async def test_the_same_id_gets_the_same_answer_and_one_turn(visitor: Visitor, clerk: ScriptedClerk) -> None:
    first = await visitor.say("hello", id="once")
    assert await visitor.say("hello", id="once") == first
    assert len(clerk.asked) == 1


async def test_the_same_id_with_other_words_is_a_conflict(visitor: Visitor) -> None:
    await visitor.say("hello", id="once")
    await refused(await visitor.post(json={"id": "once", "text": "goodbye"}), 409, "id_conflict")
    await visitor.still_served()


async def test_two_customers_may_use_the_same_id(visitor: Visitor) -> None:
    other = await visit(visitor.client)
    await visitor.say("my order", id="1")
    turn = await other.say("hello", id="1")
    assert turn["replies"][0]["text"] == "You said: hello"
    assert turn["message_id"] == "1"


async def test_photos_and_a_recording_travel_in_a_form(visitor: Visitor, clerk: ScriptedClerk) -> None:
    form = FormData({"id": "m", "text": "what is this", "speak": "true", "locale": "en-GB"})
    form.add_field("image", photo("red"), filename="a.png", content_type="image/png")
    form.add_field("image", photo("blue", "JPEG"), filename="b.jpg", content_type="image/jpeg")
    form.add_field("audio", recording(), filename="c.wav", content_type="audio/wav")
    answer = await visitor.post(data=form)
    assert answer.status == 200, await answer.text()
    turn = await answer.json()
    assert turn["transcript"]["text"] == "where is my order"
    assert [match["sku"] for match in turn["matches"]] == ["SKU-1001", "SKU-1001"]
    assert [item.kind for item in clerk.asked[0].attachments] == ["image", "image", "audio"]
    assert clerk.asked[0].wants_speech
    assert clerk.asked[0].locale == "en-GB"
    schemas.TurnAnswered.model_validate(turn)


@pytest.mark.parametrize("name", ["video", "image", "audio"])
async def test_a_video_travels_in_a_form_whatever_it_is_called(
    visitor: Visitor, clerk: ScriptedClerk, name: str
) -> None:
    form = FormData({"id": "m", "text": "like this one"})
    data = film([scene(RED)] * PER_S + [scene(BLUE)] * PER_S, sound=np.sin(np.arange(32_000) / 5))
    form.add_field(name, data, filename="clip.bin")
    answer = await visitor.post(data=form)
    assert answer.status == 200, await answer.text()
    *frames, sound = clerk.asked[0].attachments
    assert len(frames) >= 3 and sound.kind == "audio" and len({one.video for one in (*frames, sound)}) == 1


async def test_fifty_photos_at_once_are_all_kept(visitor: Visitor, clerk: ScriptedClerk) -> None:
    form = FormData({"id": "m", "text": "these"})
    for shade in range(50):
        form.add_field("image", photo(f"hsl({7 * shade}, 80%, 50%)"), filename="a.png")
    assert (await visitor.post(data=form)).status == 200
    assert len({one.sha256 for one in clerk.asked[0].attachments}) == 50


async def test_a_photo_needs_no_words(visitor: Visitor) -> None:
    form = FormData({"id": "m"})
    form.add_field("image", photo(), filename="a.png")
    assert (await visitor.post(data=form)).status == 200


async def test_the_same_photo_again_is_the_same_message(visitor: Visitor, clerk: ScriptedClerk) -> None:
    for _ in range(2):
        form = FormData({"id": "m"})
        form.add_field("image", photo(), filename="a.png")
        assert (await visitor.post(data=form)).status == 200
    assert len(clerk.asked) == 1
    form = FormData({"id": "m"})
    form.add_field("image", photo("green"), filename="a.png")
    await refused(await visitor.post(data=form), 409, "id_conflict")


async def test_what_was_said_can_be_read_again(visitor: Visitor) -> None:
    first = await visitor.say("hello", id="one")
    await visitor.say("你好", id="two")
    answer = await visitor.client.get(visitor.messages, headers=visitor.bearer)
    history = await answer.json()
    schemas.History.model_validate(history)
    assert [item["message"]["id"] for item in history["messages"]] == ["one", "two"]
    assert history["messages"][0]["turn"] == first
    again = await visitor.client.get(visitor.messages, params={"after": first["turn_id"]}, headers=visitor.bearer)
    assert [item["message"]["text"] for item in (await again.json())["messages"]] == ["你好"]


async def test_too_many_messages_in_a_minute_are_told_when_to_come_again(serve: Serve, clerk: ScriptedClerk) -> None:
    client = await serve(House(settings=Web(rate_per_minute=2), clerk=clerk, secret_key=b"k" * 32))
    visitor = await visit(client)
    await visitor.say("one")
    await visitor.say("two")
    answer = await visitor.post(json={"id": "3", "text": "three"})
    await refused(answer, 429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 30
    await (await visit(client)).still_served()


async def test_a_full_mailbox_asks_to_try_again(visitor: Visitor, clerk: ScriptedClerk) -> None:
    clerk.busy = True
    answer = await visitor.post(json={"id": "1", "text": "hello"})
    await refused(answer, 429, "busy")
    assert int(answer.headers["Retry-After"]) >= 1
    clerk.busy = False
    await visitor.still_served()


async def test_a_failure_tells_the_customer_nothing_of_the_inside(
    visitor: Visitor, clerk: ScriptedClerk, caplog: Any
) -> None:
    clerk.broken = True
    problem = await refused(await visitor.post(json={"id": "1", "text": "hello"}), 500, "internal")
    assert "secret" not in str(problem)
    assert "secret" not in caplog.text
    assert problem["trace_id"] in caplog.text
    assert "RuntimeError" in caplog.text
    clerk.broken = False
    await visitor.still_served()


async def test_an_opened_conversation_records_channel_and_locale(client: TestClient[Any, Any]) -> None:
    answer = await client.post("/v1/conversations", json={"channel": "kiosk", "locale": "zh-CN"})
    assert answer.status == 201
    schemas.Conversation.model_validate(await answer.json())
    assert (await client.post("/v1/conversations")).status == 201
