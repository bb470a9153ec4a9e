"""The outbox loop: replies reach their channel at least once, in order within a conversation."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from core.errors import UndeliverableError
from core.ports import Channel, Journal
from core.types import Reply, Turn

_LOG = logging.getLogger(__name__)
_ATTEMPTS = 6
_ATTEMPT_S = 60.0
"""An attempt that takes longer counts as failed: a line that hangs must not silence its conversation for ever."""
_SWEEP_S = 30.0
"""A reply whose attempts ran out is tried again at the next sweep, so that a long outage loses nothing."""
_LONGEST_REST_S = 3600.0
"""The rest of a conversation that cannot be reached doubles up to here; a new message of its customer ends it."""
_BATCH = 50
"""Replies of one conversation that are read at once."""
_AT_ONCE = 64
"""Attempts on one channel side by side: after an outage it must not be flooded."""

_Where: TypeAlias = tuple[str, str]
"""Channel and conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    length_s: float
    until: float
    """On the monotonic clock."""


class Outbox:
    """Delivers the committed replies of all channels."""

    def __init__(
        self,
        journal: Journal,
        channels: Sequence[Channel],
        *,
        first_wait_s: float = 0.5,
        sweep_s: float = _SWEEP_S,
        attempt_s: float = _ATTEMPT_S,
    ) -> None:
        """Deliver from `journal` to `channels`; waits double from `first_wait_s` between attempts."""
        self._journal = journal
        self._channels = {channel.name: channel for channel in channels}
        self._lines = {channel.name: asyncio.Semaphore(_AT_ONCE) for channel in channels}
        self._first_wait_s = first_wait_s
        self._sweep_s = sweep_s
        self._attempt_s = attempt_s
        self._wake = asyncio.Event()
        self._due: dict[_Where, None] = {}
        self._busy: set[_Where] = set()
        self._rests: dict[_Where, _Rest] = {}

    def notice(self, turn: Turn) -> None:
        """Deliver to this conversation soon, because a turn was committed: its customer is there."""
        where = turn.message.channel, turn.message.conversation_id
        if where[0] in self._channels:
            self._due[where] = None
            self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled: what is noticed at once, all that waits at the start and at each sweep."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep())
            while True:
                await self._wake.wait()
                self._wake.clear()
                for where in [where for where in self._due if where not in self._busy]:
                    del self._due[where]
                    self._busy.add(where)
                    group.create_task(self._conversation(where))

    async def _sweep(self) -> None:
        while True:
            for channel in self._channels:
                try:
                    waiting = await self._journal.awaiting(channel)
                except Exception:
                    _LOG.exception("the outbox of %s cannot be read; it is tried again at the next sweep", channel)
                    continue
                places = ((channel, conversation_id) for conversation_id in waiting)
                self._due |= dict.fromkeys(where for where in places if where not in self._busy and self._rested(where))
            self._wake.set()
            await asyncio.sleep(self._sweep_s)

    def _rested(self, where: _Where) -> bool:
        rest = self._rests.get(where)
        return rest is None or rest.until <= time.monotonic()

    async def _conversation(self, where: _Where) -> None:
        """Deliver what waits in one conversation, as the journal knows it now."""
        channel, conversation_id = where
        try:
            more = True
            while more:
                waiting = await self._journal.undelivered(channel, conversation_id=conversation_id, limit=_BATCH)
                for turn, reply in waiting:
                    await self._deliver(self._channels[channel], turn, reply)
                    await self._journal.delivered(reply.id)
                more = len(waiting) == _BATCH
            self._rests.pop(where, None)
        except Exception as error:  # the replies after it wait too: order matters more than speed
            before = self._rests.get(where)
            rest_s = min(before.length_s * 2, _LONGEST_REST_S) if before else self._sweep_s
            self._rests[where] = _Rest(length_s=rest_s, until=time.monotonic() + rest_s)
            _LOG.error("a conversation on %s could not be reached and rests for %.0f s: %r", channel, rest_s, error)
        self._busy.discard(where)
        if where in self._due:  # more came for it meanwhile
            self._wake.set()

    async def _deliver(self, channel: Channel, turn: Turn, reply: Reply) -> None:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_exponential_jitter(multiplier=self._first_wait_s, max=30, jitter=self._first_wait_s),
            retry=retry_if_exception(_may_pass),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    async with self._lines[channel.name], asyncio.timeout(self._attempt_s):
                        await channel.deliver(turn, reply)
        except UndeliverableError as error:
            _LOG.warning("reply %s can never be delivered: %s", reply.id, error)


def _may_pass(error: BaseException) -> bool:
    """Return whether trying again makes sense; a cancellation is no failure and must end the attempts."""
    return isinstance(error, Exception) and not isinstance(error, UndeliverableError)
