"""What the clerk takes messages for, with the language model of the configuration and without."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

from core.config import Settings
from core.types import (
    AskKnowledge,
    ChitChat,
    Command,
    CorrectSlot,
    Handoff,
    Message,
    Percept,
    Session,
    SetSlot,
    StartFlow,
    Understanding,
)
from core.understand.ladder import Understander
from learning.datasets import LabelledText
from ui.app import Needs, assemble

_SETTLED = frozenset({"cancel_order", "return", "exchange", "refund", "change_address_contact", "modify_order"})
"""Intents whose business may begin with the flow that settles wishes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandScores:
    """What `zhanggui eval commands` reports."""

    messages: int
    accuracy: float
    """Of the messages, those with the commands of their intent, by rules and classifier alone."""
    accuracy_with_model: float | None
    """The same with the model as third rung; None where none is configured."""
    asked: float
    """Of the messages, those that the model was asked about: the rest of its calls are saved."""
    asked_right_before: float | None
    asked_right_after: float | None
    """Of those that it was asked about, how many were right without it and with it."""
    ms: float
    """Median of a message without the model."""
    ms_asked: float | None
    """Median of a message that it was asked about."""


async def score(settings: Settings, data: Sequence[LabelledText], tell: Callable[[], None]) -> CommandScores:
    """Read every message twice, without the model and, where one is configured, with it."""
    with TemporaryDirectory() as folder:
        fresh = settings.model_copy(update={"data_dir": Path(folder)})
        async with assemble(fresh, needs=Needs(hearing=False, seeing=False, speaking=False)) as house:
            understander, interpreter = house.understander, house.understander.interpreter
            does = {intent.name: intent.does for intent in house.pack.intents}
            rows = []
            calls: list[str] = []
            if house.purse is not None:
                house.purse.observe = lambda purpose, usage, failed: calls.append(purpose)
            for one in data:
                understander.interpreter = None
                plain, plain_ms = await _read(understander, one.text)
                understander.interpreter = interpreter
                modelled, modelled_ms = (
                    (plain, plain_ms) if interpreter is None else await _read(understander, one.text)
                )
                right = _fits(one.labels, plain, does), _fits(one.labels, modelled, does)
                rows.append((*right, bool(calls), plain_ms, modelled_ms))
                calls.clear()
                tell()
    inside = [row for row in rows if row[2]] if interpreter else []
    return CommandScores(
        messages=len(rows),
        accuracy=round(fmean(row[0] for row in rows), 4),
        accuracy_with_model=round(fmean(row[1] for row in rows), 4) if interpreter else None,
        asked=round(len(inside) / len(rows), 4),
        asked_right_before=round(fmean(row[0] for row in inside), 4) if inside else None,
        asked_right_after=round(fmean(row[1] for row in inside), 4) if inside else None,
        ms=round(median(row[3] for row in rows), 1),
        ms_asked=round(median(row[4] for row in inside), 1) if inside else None,
    )


async def _read(understander: Understander, text: str) -> tuple[Understanding, float]:
    message = Message(
        id=uuid.uuid4().hex,
        channel="eval",
        external_id="1",
        conversation_id=uuid.uuid4().hex,
        sender_id="eval",
        text=text,
        received_at=datetime.now(UTC),
        trace_id="eval",
    )
    began = time.perf_counter()
    understood = await understander.understand(
        message, Percept(message_id=message.id), Session(conversation_id=message.conversation_id)
    )
    return understood, (time.perf_counter() - began) * 1000


def _fits(labels: Sequence[str], understood: Understanding, does: dict[str, str]) -> bool:
    """Return whether the commands begin what one of the labels begins."""
    commands = [one for one in understood.commands if not isinstance(one, SetSlot | CorrectSlot)]
    topics = {one.value for one in understood.commands if isinstance(one, SetSlot) and one.slot == "topic"}
    return any(_begins(label, does.get(label, "none"), commands, topics) for label in labels)


def _begins(label: str, does: str, commands: Sequence[Command], topics: set[str]) -> bool:
    kind, _, what = does.partition(":")
    flows = {one.flow for one in commands if isinstance(one, StartFlow)}
    if kind in ("business", "order"):
        return label in topics or (label in _SETTLED and "settle" in flows)
    if kind == "flow":
        return what in flows
    if kind == "question":
        return any(isinstance(one, AskKnowledge) for one in commands)
    if kind == "handoff":
        return any(isinstance(one, Handoff) for one in commands)
    topic = what or "out_of_scope"
    said = any(isinstance(one, ChitChat) and one.topic == topic for one in commands)
    return said or (kind == "none" and not commands)
