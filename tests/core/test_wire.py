"""What a turn looks like outside: the contract of the HTTP API and of `ask --json`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from core.journal.codec import decode, encode
from core.types import (
    Action,
    ActionStatus,
    Attachment,
    AttachmentKind,
    Button,
    ButtonsPart,
    CardPart,
    Citation,
    Entity,
    ImagePart,
    IntentScore,
    MatchDecision,
    Message,
    Percept,
    ProductMatch,
    Reply,
    SetSlot,
    SpeechPart,
    StartFlow,
    TextPart,
    Transcript,
    Turn,
    Understanding,
    Word,
)
from core.wire import message_as_json, turn_as_json

PHOTO = Attachment(id="a1", kind=AttachmentKind.IMAGE, media_type="image/jpeg", size_bytes=9, sha256="aa", width=2)
VOICE = Attachment(id="a2", kind=AttachmentKind.AUDIO, media_type="audio/wav", size_bytes=9, sha256="bb")

MESSAGE = Message(
    id="inner",
    channel="web",
    external_id="client-1",
    conversation_id="c1",
    sender_id="s",
    text="我的订单 where?",
    attachments=(PHOTO,),
    received_at=datetime(2026, 1, 2, tzinfo=UTC),
    trace_id="trace-1",
)


def plain(**changes: object) -> Turn:
    fields: dict[str, object] = {
        "id": "t1",
        "message": MESSAGE,
        "percept": Percept(message_id="inner"),
        "understanding": Understanding(commands=(), language="zh"),
        "actions": (),
        "replies": (Reply(id="t1.0", turn_id="t1", seq=0, parts=(TextPart(text="您好"),), language="zh"),),
        "timings": {"queue": 1.23456, "perceive": 2.0},
        "outcome": "answered",
    }
    return Turn(**{**fields, **changes})  # type: ignore[arg-type]  # the fields are given by name


def full() -> Turn:
    buttons = (Button(label="是", value="yes"),)
    card = CardPart(title="Mug", subtitle="1 left", fields=(("Price", "9.90"),), image_sha256="cc", sku="m1")
    parts = (
        TextPart(text="one"),
        TextPart(text="two"),
        card,
        ButtonsPart(buttons=buttons),
        ImagePart(attachment=PHOTO, caption="this"),
        SpeechPart(attachment=VOICE),
    )
    citation = Citation(source="page:returns", quote="7 days")
    fetch = Action(
        name="transfer_to_human_agents",
        arguments={"summary": "wants a person"},
        idempotency_key="k",
        clause="handoff.asked",
        status=ActionStatus.DONE,
    )
    match = ProductMatch(attachment_id="a1", sku="m1", product_id="mug", score=0.87654, decision=MatchDecision.MATCH)
    heard = Transcript(
        text="hello", language="en", confidence=0.98765, words=(Word(text="hello", start_s=0, end_s=1, confidence=1),)
    )
    return plain(
        percept=Percept(message_id="inner", transcript=heard, matches=(match,), flags=("noise",)),
        understanding=Understanding(
            commands=(StartFlow(flow="order_status"), SetSlot(slot="email", value="a@b.c")),
            intents=tuple(IntentScore(name=f"i{n}", probability=0.123456) for n in range(9)),
            entities=(Entity(kind="email", value="a@b.c", text="a@b.c", start=0, end=5),),
            sentiment=-0.12345,
            language="en",
            rung="classifier",
        ),
        actions=(fetch,),
        replies=(Reply(id="t1.0", turn_id="t1", seq=0, parts=parts, language="en", citations=(citation,)),),
    )


def shown(turn: Turn) -> Any:
    return json.loads(json.dumps(turn_as_json(turn, lambda sha256: f"/v1/media/{sha256}")))


def test_the_contract_holds_and_what_is_absent_is_left_out() -> None:
    turn = shown(plain())
    assert {"turn_id", "understanding", "actions", "replies"} <= set(turn)
    assert not {"transcript", "matches", "handoff"} & set(turn)
    (reply,) = turn["replies"]
    assert {"id", "text", "language", "buttons", "cards", "citations"} <= set(reply)
    assert "audio_url" not in reply
    assert turn["message_id"] == "client-1"
    assert turn["trace"] == {
        "id": "trace-1",
        "rung": "rules",
        "expects": "",
        "timings_ms": {"queue": 1.23, "perceive": 2.0},
    }


def test_everything_that_happened_is_shown() -> None:
    turn = shown(full())
    assert turn["transcript"]["text"] == "hello"
    assert turn["matches"] == [
        {
            "attachment_id": "a1",
            "sku": "m1",
            "product_id": "mug",
            "score": 0.8765,
            "decision": "match",
            "thing": 0,
            "region": [0.0, 0.0, 1.0, 1.0],
        }
    ]
    assert turn["actions"] == [
        {
            "name": "transfer_to_human_agents",
            "arguments": {"summary": "wants a person"},
            "status": "done",
            "policy": "handoff.asked",
        }
    ]
    assert turn["handoff"] == {"status": "done", "summary": "wants a person"}
    understanding = turn["understanding"]
    assert [command["command"] for command in understanding["commands"]] == ["StartFlow", "SetSlot"]
    assert len(understanding["intents"]) == 5


def test_a_reply_shows_words_cards_buttons_pictures_and_speech() -> None:
    (reply,) = shown(full())["replies"]
    assert reply["text"] == "one\ntwo"
    assert reply["buttons"] == [{"label": "是", "value": "yes"}]
    assert reply["cards"] == [
        {
            "title": "Mug",
            "subtitle": "1 left",
            "fields": [{"label": "Price", "value": "9.90"}],
            "image_url": "/v1/media/cc",
            "sku": "m1",
            "buttons": [],
        }
    ]
    assert reply["images"] == [{"url": "/v1/media/aa", "caption": "this"}]
    assert reply["citations"] == [{"source": "page:returns", "quote": "7 days"}]
    assert reply["audio_url"] == "/v1/media/bb"


def test_a_message_shows_its_own_id_and_its_files() -> None:
    assert message_as_json(MESSAGE, lambda sha256: f"/m/{sha256}") == {
        "id": "client-1",
        "text": "我的订单 where?",
        "received_at": "2026-01-02T00:00:00+00:00",
        "attachments": [{"kind": "image", "media_type": "image/jpeg", "url": "/m/aa"}],
    }


def test_the_record_keeps_every_part_of_a_turn() -> None:
    assert decode(encode(full()), Turn) == full()
    assert decode(encode(plain()), Turn) == plain()
    assert "您好" in encode(plain())
