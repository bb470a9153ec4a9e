"""How a turn looks outside: the JSON of the HTTP API and of `zhanggui ask --json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from core.types import (
    Action,
    ButtonsPart,
    CardPart,
    Command,
    ImagePart,
    Message,
    ProductMatch,
    Reply,
    SpeechPart,
    Transcript,
    Turn,
    Understanding,
)

MediaUrl = Callable[[str], str]
"""The sha256 of stored bytes -> an address at which they can be fetched."""


def turn_as_json(turn: Turn, media_url: MediaUrl) -> dict[str, Any]:
    """Return the answer to a message; `transcript`, `matches`, `heard` and `handoff` only where there are any."""
    shown: dict[str, Any] = {
        "turn_id": turn.id,
        "message_id": turn.message.external_id,
        "conversation_id": turn.message.conversation_id,
        "understanding": _understanding(turn.understanding),
        "actions": [_action(action) for action in turn.actions],
        "replies": [reply_as_json(reply, media_url) for reply in turn.replies],
        "outcome": turn.outcome,
        "flags": list(turn.percept.flags),
        "trace": {
            "id": turn.message.trace_id,
            "rung": turn.understanding.rung,
            "expects": turn.expects,
            "timings_ms": _rounded(turn.timings),
        },
    }
    if turn.percept.transcript is not None:
        shown["transcript"] = _transcript(turn.percept.transcript)
    if turn.percept.matches:
        shown["matches"] = [_match(match) for match in turn.percept.matches]
    if turn.heard is not None:
        shown["heard"] = turn.heard
    handoff = next((action for action in turn.actions if action.name == "transfer_to_human_agents"), None)
    if handoff is not None:
        shown["handoff"] = {"status": handoff.status.value, "summary": handoff.arguments.get("summary", "")}
    return shown


def message_as_json(message: Message, media_url: MediaUrl) -> dict[str, Any]:
    """Return what the customer said, for a history."""
    return {
        "id": message.external_id,
        "text": message.text,
        "received_at": message.received_at.isoformat(),
        "attachments": [
            {"kind": item.kind.value, "media_type": item.media_type, "url": media_url(item.sha256)}
            | ({"video": item.video} if item.video else {})
            for item in message.attachments
        ],
    }


def reply_as_json(reply: Reply, media_url: MediaUrl) -> dict[str, Any]:
    """Return one bubble."""
    shown: dict[str, Any] = {
        "id": reply.id,
        "text": reply.text,
        "language": reply.language,
        "buttons": [asdict(button) for part in reply.parts if isinstance(part, ButtonsPart) for button in part.buttons],
        "cards": [_card(part, media_url) for part in reply.parts if isinstance(part, CardPart)],
        "images": [
            {"url": media_url(part.attachment.sha256), "caption": part.caption}
            for part in reply.parts
            if isinstance(part, ImagePart)
        ],
        "citations": [asdict(citation) for citation in reply.citations],
    }
    speech = next((part for part in reply.parts if isinstance(part, SpeechPart)), None)
    if speech is not None:
        shown["audio_url"] = media_url(speech.attachment.sha256)
    return shown


def _card(card: CardPart, media_url: MediaUrl) -> dict[str, Any]:
    return {
        "title": card.title,
        "subtitle": card.subtitle,
        "fields": [{"label": label, "value": value} for label, value in card.fields],
        "image_url": media_url(card.image_sha256) if card.image_sha256 else None,
        "sku": card.sku or None,
        "buttons": [asdict(button) for button in card.buttons],
    }


def _understanding(understanding: Understanding) -> dict[str, Any]:
    return {
        "language": understanding.language,
        "rung": understanding.rung,
        "sentiment": round(understanding.sentiment, 3),
        "commands": [_command(command) for command in understanding.commands],
        "intents": [
            {"name": intent.name, "probability": round(intent.probability, 4)} for intent in understanding.intents[:5]
        ],
        "entities": [asdict(entity) for entity in understanding.entities],
    }


def _command(command: Command) -> dict[str, Any]:
    return {"command": type(command).__name__, **asdict(command)}


def _action(action: Action) -> dict[str, Any]:
    return {
        "name": action.name,
        "arguments": dict(action.arguments),
        "status": action.status.value,
        "policy": action.clause,
    }


def _transcript(transcript: Transcript) -> dict[str, Any]:
    return {
        "text": transcript.text,
        "language": transcript.language,
        "confidence": round(transcript.confidence, 3),
        "words": [asdict(word) for word in transcript.words],
    }


def _match(match: ProductMatch) -> dict[str, Any]:
    return {
        "attachment_id": match.attachment_id,
        "sku": match.sku,
        "product_id": match.product_id,
        "score": round(match.score, 4),
        "decision": match.decision.value,
        "thing": match.thing,
        "region": [round(edge, 4) for edge in match.region],
    }


def _rounded(timings: Mapping[str, float]) -> dict[str, float]:
    return {stage: round(spent, 2) for stage, spent in timings.items()}
