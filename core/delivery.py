"""The outbox loop: replies reach their channel at least once, in order within a conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby

from tenacity import AsyncRetrying, retry_if_not_exception_type, stop_after_attempt, wait_exponential_jitter

from core.errors import UndeliverableError
from core.ports import Channel, Journal
from core.types import Reply, Turn

_LOG = logging.getLogger(__name__)
_SWEEP_S = 30.0
"""A reply whose retries ran out is tried again at the next sweep, so that a long outage loses nothing."""


class Outbox:
    """Delivers the committed replies of all channels."""

    def __init__(self, journal: Journal, channels: Sequence[Channel], *, first_wait_s: float = 0.5) -> None:
        """Deliver from `journal` to `channels`; waits double from `first_wait_s` between attempts."""
        self._journal = journal
        self._channels = channels
        self._first_wait_s = first_wait_s
        self._wake = asyncio.Event()

    def notice(self, _turn: Turn) -> None:
        """Look at the outbox soon, because a turn was committed."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        busy: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                for channel in self._channels:
                    for conversation, waiting in await self._waiting(channel):
                        if conversation not in busy or busy[conversation].done():
                            busy[conversation] = group.create_task(self._deliver(channel, waiting))
                busy = {conversation: task for conversation, task in busy.items() if not task.done()}
                with suppress(TimeoutError):  # wait_for of Python 3.11 swallows a cancellation that comes with the wake
                    async with asyncio.timeout(_SWEEP_S):
                        await self._wake.wait()

    async def _waiting(self, channel: Channel) -> list[tuple[str, list[tuple[Turn, Reply]]]]:
        rows = await self._journal.undelivered(channel.name)
        by_conversation = sorted(rows, key=lambda row: row[0].message.conversation_id)
        return [
            (conversation, list(waiting))
            for conversation, waiting in groupby(by_conversation, key=lambda row: row[0].message.conversation_id)
        ]

    async def _deliver(self, channel: Channel, waiting: list[tuple[Turn, Reply]]) -> None:
        for turn, reply in waiting:
            try:
                await self._try(channel, turn, reply)
            except UndeliverableError as error:
                _LOG.warning("reply %s can never be delivered: %s", reply.id, error)
            except Exception:
                _LOG.exception("reply %s on %s waits for the next sweep", reply.id, channel.name)
                return
            await self._journal.delivered(reply.id)
        self._wake.set()  # more may have come for this conversation meanwhile

    async def _try(self, channel: Channel, turn: Turn, reply: Reply) -> None:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(6),
            wait=wait_exponential_jitter(multiplier=self._first_wait_s, max=30),
            retry=retry_if_not_exception_type(UndeliverableError),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                await channel.deliver(turn, reply)
