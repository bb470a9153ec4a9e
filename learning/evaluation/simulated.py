"""A language model plays the customer, in the manner of tau2-bench (https://arxiv.org/abs/2506.07982)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from statistics import fmean
from typing import Any

from core.errors import ConfigError, ModelError
from core.generation.spending import Purse
from core.types import ChatMessage, Turn
from learning.evaluation.cases import Expectation, Write
from learning.evaluation.cases_judge import UNEXPECTED, heard, judge_writes

_STOP = "###STOP###"
_MOST_TURNS = 20
_MOST_TOKENS = 160
_DEADLINE_S = 60.0
_ROLE = """\
You play a customer who writes to the service of an online shop. Stay in the role and write only what the customer
writes next, one short message. Say things bit by bit, as people do. Give only what the role knows; invent nothing.
Answer questions. Say yes only to exactly what you want, and no to anything else. When everything that you came for is
done, or was refused for good, or a person takes over, write only: ###STOP###

The role:
"""
_WRITES = frozenset(
    """cancel_pending_order modify_pending_order_items modify_pending_order_address modify_pending_order_payment
    modify_user_address return_delivered_order_items exchange_delivered_order_items""".split()
)

Say = Callable[[str], Awaitable[Turn]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A customer of a task, and what must have been written at the end."""

    id: str
    instructions: str
    writes: tuple[Write, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One conversation with a played customer."""

    role: Role
    trial: int
    talk: tuple[tuple[str, str], ...]
    """What the customer said, with what the clerk answered."""
    faults: tuple[str, ...]
    """What is wrong with what was written, in words."""
    broke_off: str
    """Why the customer's model stopped playing; empty when the conversation came to its end."""

    @property
    def passed(self) -> bool:
        """Return whether exactly the expected writes were done."""
        return not (self.faults or self.broke_off)

    @property
    def wrong(self) -> bool:
        """Return whether something was written that should not have been."""
        return any(fault.startswith(UNEXPECTED) for fault in self.faults)


def read_roles(file: Path) -> list[Role]:
    """Read tasks in tau2's form; raises `ConfigError` naming the task and what it lacks."""
    try:
        tasks = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"{file} is not valid JSON: {error}") from error
    if not isinstance(tasks, list):
        raise ConfigError(f"{file}: expected a list of tasks")
    return [_role(file, number, task) for number, task in enumerate(tasks)]


def _role(file: Path, number: int, task: Mapping[str, Any]) -> Role:
    try:
        told = task["user_scenario"]["instructions"]
        parts = [told] if isinstance(told, str) else [told.get(key) for key in _PARTS]
        actions = task["evaluation_criteria"]["actions"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{file}: task {number} lacks {error}; it must be of tau2's form") from error
    writes = tuple(Write(name=one["name"], arguments=one["arguments"]) for one in actions if one["name"] in _WRITES)
    return Role(id=str(task.get("id", number)), instructions="\n".join(filter(None, parts)), writes=writes)


_PARTS = ("reason_for_call", "known_info", "unknown_info", "task_instructions")


async def play(role: Role, trial: int, say: Say, purse: Purse) -> Played:
    """Let the model play a customer against the clerk until it stops."""
    talk: list[tuple[str, str]] = []
    turns: list[Turn] = []
    broke_off = "it never stopped"
    for _ in range(_MOST_TURNS):
        try:
            words = await _next_words(role, trial, talk, purse)
        except ModelError as error:
            broke_off = f"{error.code}: {error}"
            break
        if _STOP in words or not words.strip():
            broke_off = ""
            break
        turn = await say(words)
        turns.append(turn)
        talk.append((words, "\n".join(heard(turn))))
        if turn.outcome == "handed_off":
            broke_off = ""
            break
    faults = tuple(judge_writes(Expectation(writes=role.writes), turns))
    return Played(role=role, trial=trial, talk=tuple(talk), faults=faults, broke_off=broke_off)


async def _next_words(role: Role, trial: int, talk: Sequence[tuple[str, str]], purse: Purse) -> str:
    prompt = [ChatMessage(role="system", content=_ROLE + role.instructions)]
    prompt.append(ChatMessage(role="user", content="Hello, how can I help you?"))
    for said, answered in talk:
        prompt += [ChatMessage(role="assistant", content=said), ChatMessage(role="user", content=answered)]
    words = await purse.whole(
        prompt,
        conversation_id=f"simulated:{role.id}:{trial}",
        purpose="simulate",
        max_tokens=_MOST_TOKENS,
        deadline_s=_DEADLINE_S,
    )
    return words.strip()


def pass_hat(played: Sequence[Played]) -> dict[int, float]:
    """Return pass^k for each k that all roles were played: the chance that k trials in a row go well."""
    by_role: dict[str, list[bool]] = {}
    for one in played:
        by_role.setdefault(one.role.id, []).append(one.passed)
    least = min(map(len, by_role.values()), default=0)
    return {
        k: round(fmean(comb(sum(own), k) / comb(len(own), k) for own in by_role.values()), 4)
        for k in range(1, least + 1)
    }


async def play_all(roles: Sequence[Role], repeat: int, house: Callable[[], Any], purse: Purse) -> AsyncIterator[Played]:
    """Yield every conversation; `house` opens an async context with somebody to talk to (`say`) for each."""
    for role in roles:
        for trial in range(1, repeat + 1):
            async with house() as say:
                yield await play(role, trial, say, purse)
