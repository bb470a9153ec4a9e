"""Which conversation a list of messages belongs to, for clients that send the whole talk each time."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_KEPT = 10_000
"""Talks that are remembered; one that was forgotten, or outlived a restart, begins anew and proves anew who speaks."""
_FRESH_S = 1800.0
"""For which a talk that nobody went on with keeps its conversation from being replaced by a newer one."""

Said = tuple[str, str]
"""Role and text of a message."""


@dataclass(slots=True)
class _Thread:
    conversation_id: str
    kept_at: float
    claimed_by: str = ""
    """The digest of the talk that went on from here."""


@dataclass(slots=True)
class Threads:
    """Find a conversation again by all that was said in it, or by the name that the client gives it.

    Customers who began with the same words have talks that look alike. The first who goes on has the
    conversation to themselves; whoever comes after them with other words begins a new one.
    """

    key: bytes = field(repr=False)
    now: Callable[[], float] = time.monotonic
    _known: OrderedDict[str, _Thread] = field(default_factory=OrderedDict)

    def claim(self, before: Sequence[Said], talk: str) -> str | None:
        """Return the conversation in which exactly `before` was said, the clerk's words last; None for none.

        `talk` is the digest of the talk as it goes on; from now on no other talk goes on from there.
        """
        thread = self._known.get(digest(before))
        if thread is None or thread.claimed_by not in ("", talk):
            return None
        thread.claimed_by = talk
        return thread.conversation_id

    def keep(self, talk: Sequence[Said], conversation_id: str) -> None:
        """Remember a conversation by what was said in it; one that looks alike and is fresh stays."""
        known = self._known.get(digest(talk))
        if known is not None and self.now() - known.kept_at < _FRESH_S:
            return
        self._known[digest(talk)] = _Thread(conversation_id, self.now())
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)

    def named(self, name: str) -> str:
        """Return the id of the conversation that a client calls `name`; nobody can guess it from the name."""
        return hmac.new(self.key, f"thread\0{name}".encode(), hashlib.sha256).hexdigest()[:32]


def digest(messages: Sequence[Said], *more: str) -> str:
    """Return what stands for a talk: the same for the same messages, and `more` that came with the last one."""
    return hashlib.sha256(json.dumps([*messages, *more], ensure_ascii=False).encode()).hexdigest()
