"""Why the clerk answered a message as it did, from the record of its turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from string import Formatter
from typing import Any

from core.types import Action, Command, FlowFrame, Language, Reply, Source, Turn, spoken_text
from core.wording.templates import Templates

RUNGS: Mapping[Source, str] = {
    "rules": "certain words, numbers or answers decided",
    "classifier": "the trained classifier decided",
    "model": "the language model decided",
    "photo": "the photo decided",
    "flow": "the flow that was going on decided",
    "channel": "the channel (a pressed button) decided",
}
"""What each rung of the ladder of understanding means."""


def explanation(turn: Turn, before: Turn | None, templates: Templates) -> dict[str, Any]:
    """Return what was understood, which flows went on, what was done by which clause, and on what evidence.

    `before` is the conversation's turn before this one. Plain values for JSON.
    """
    understanding = turn.understanding
    return {
        "turn_id": turn.id,
        "conversation_id": turn.message.conversation_id,
        "channel": turn.message.channel,
        "received_at": turn.message.received_at.isoformat(),
        "trace_id": turn.message.trace_id,
        "said": spoken_text(turn.message, turn.percept),
        "attachments": [item.kind.value for item in turn.message.attachments],
        "photo_matches": [asdict(match) for match in turn.percept.matches],
        "flags": list(turn.percept.flags),
        "language": understanding.language,
        "rung": understanding.rung,
        "rung_means": RUNGS[understanding.rung],
        "sentiment": round(understanding.sentiment, 3),
        "entities": [{"kind": one.kind, "value": one.value, "words": one.text} for one in understanding.entities],
        "commands": [_command(command) for command in understanding.commands],
        "intents": [
            {"name": intent.name, "probability": round(intent.probability, 4)} for intent in understanding.intents
        ],
        "flow": {
            "before": _stack(before.stack if before else ()),
            "steps": list(turn.steps),
            "after": _stack(turn.stack),
        },
        "actions": [_action(action, templates, understanding.language) for action in turn.actions],
        "replies": [_reply(reply) for reply in turn.replies],
        "timings_ms": {stage: round(spent, 2) for stage, spent in turn.timings.items()},
        "outcome": turn.outcome,
        "expects": turn.expects,
        "manner": turn.manner,
        "heard": turn.heard,
    }


def clause_in_words(clause: str, templates: Templates, language: Language) -> str:
    """Return what customers are told of a policy clause, "…" for what only the case knows; "" without words."""
    sentences = templates.sentences.get(language) or templates.sentences["en"]
    sentence = next((sentences[key] for key in (f"deny.{clause}", f"warn.{clause}") if key in sentences), "")
    return "".join(text + ("…" if name is not None else "") for text, name, _, _ in Formatter().parse(sentence))


def _command(command: Command) -> dict[str, Any]:
    return {"command": type(command).__name__, **asdict(command)}


def _stack(stack: Sequence[FlowFrame]) -> list[dict[str, Any]]:
    return [{"flow": frame.flow, "step": frame.step, "slots": dict(frame.slots)} for frame in stack]


def _action(action: Action, templates: Templates, language: Language) -> dict[str, Any]:
    return {
        "name": action.name,
        "arguments": dict(action.arguments),
        "status": action.status.value,
        "confirmed": action.confirmed,
        "clause": action.clause,
        "clause_says": clause_in_words(action.clause, templates, language),
    }


def _reply(reply: Reply) -> dict[str, Any]:
    return {"text": reply.text, "citations": [asdict(citation) for citation in reply.citations]}
