"""Which conversation a list of messages belongs to, for clients that send the whole talk each time."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

_KEPT = 10_000
"""Talks that are remembered; one that was forgotten, or outlived a restart, begins anew and proves anew who speaks."""

Said = tuple[str, str]
"""Role and text of a message."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation, and the turn up to which a client has seen it."""

    conversation_id: str
    turn_id: str


@dataclass(slots=True)
class Threads:
    """Find a conversation again by all that was said in it, or by the name that the client gives it."""

    key: bytes = field(repr=False)
    _known: OrderedDict[str, Thread] = field(default_factory=OrderedDict)

    def find(self, messages: Sequence[Said]) -> Thread | None:
        """Return the conversation in which exactly these messages were said, the clerk's last."""
        return self._known.get(digest(messages))

    def keep(self, messages: Sequence[Said], thread: Thread) -> None:
        """Remember a conversation by what was said in it."""
        self._known[digest(messages)] = thread
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)

    def named(self, name: str) -> str:
        """Return the id of the conversation that a client calls `name`; nobody can guess it from the name."""
        return hmac.new(self.key, f"thread\0{name}".encode(), hashlib.sha256).hexdigest()[:32]


def digest(messages: Sequence[Said]) -> str:
    """Return what stands for a talk: the same for the same messages."""
    return hashlib.sha256(json.dumps(list(messages), ensure_ascii=False).encode()).hexdigest()
