"""A turn as people who look for a mistake want to read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from core.types import Command, FlowFrame, Turn, spoken_text
from learning.evaluation.cases_judge import heard

_INTENTS = 3


def trace(turn: Turn) -> dict[str, Any]:
    """Return what was said, how it was understood, what was done and answered, as plain values for JSON."""
    understanding = turn.understanding
    return {
        "said": spoken_text(turn.message, turn.percept),
        "attachments": [item.kind.value for item in turn.message.attachments],
        "flags": list(turn.percept.flags),
        "language": understanding.language,
        "rung": understanding.rung,
        "entities": [f"{entity.kind}={entity.value}" for entity in understanding.entities],
        "intents": [f"{intent.name} {intent.probability:.2f}" for intent in understanding.intents[:_INTENTS]],
        "commands": [command_in_words(command) for command in understanding.commands],
        "steps": list(turn.steps),
        "stack": stack_in_words(turn.stack),
        "actions": [
            {
                "name": action.name,
                "arguments": dict(action.arguments),
                "status": action.status.value,
                "clause": action.clause,
            }
            for action in turn.actions
        ],
        "replies": [line for line in heard(turn) if line],
        "outcome": turn.outcome,
    }


def as_text(traced: dict[str, Any], number: int) -> str:
    """Return a traced turn as lines for a terminal or a log."""
    rows = [
        f"{number}. customer: {traced['said'] or '(nothing)'}"
        + "".join(f" [{kind}]" for kind in traced["attachments"]),
        f"   read as: {traced['language']}, by {traced['rung']}; {', '.join(traced['commands']) or 'no command'}",
    ]
    rows += [
        f"   {name}: {', '.join(traced[name])}" for name in ("entities", "intents", "flags", "steps") if traced[name]
    ]
    rows.append(f"   waits at: {' > '.join(traced['stack']) or 'nothing'}")
    for action in traced["actions"]:
        arguments = json.dumps(action["arguments"], ensure_ascii=False)
        rows.append(f"   {action['status']}: {action['name']} {arguments} ({action['clause']})")
    rows += [f"   clerk: {line}" for reply in traced["replies"] for line in reply.split("\n")]
    return "\n".join(rows)


def command_in_words(command: Command) -> str:
    """Return a command as it would be called: SetSlot(order_id=#W1)."""
    said = {key: value for key, value in asdict(command).items() if key not in ("source", "confidence")}
    if set(said) == {"slot", "value"}:
        return f"{type(command).__name__}({said['slot']}={said['value']})"
    return f"{type(command).__name__}({', '.join(str(value) for value in said.values())})"


def stack_in_words(stack: Sequence[FlowFrame]) -> list[str]:
    """Return where each flow waits, the innermost last: "settle.confirm"."""
    return [f"{frame.flow}.{frame.step}" for frame in stack]
