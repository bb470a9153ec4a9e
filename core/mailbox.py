"""Order and back-pressure: a conversation's messages are handled one at a time, in order."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from core.errors import BusyError, ClosingError
from core.types import Message

KEPT = "the clerk is stopping; the message is kept and will be answered"

_LOG = logging.getLogger(__name__)


class Mailbox:
    """Hands messages to `handle`: in order within a conversation, side by side across them."""

    def __init__(self, handle: Callable[[Message], Awaitable[None]], *, limit: int, concurrent: int) -> None:
        """Let at most `limit` messages wait per conversation and `concurrent` turns run at once."""
        self._handle = handle
        self._limit = limit
        self._turns = asyncio.Semaphore(concurrent)
        self._waiting: dict[str, deque[Message]] = {}
        self._reserved: dict[str, int] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._closed = False

    def reserve(self, conversation_id: str) -> None:
        """Keep a place for a message that is about to be accepted.

        Raises `BusyError` when there is none, and `ClosingError` after `close`.
        """
        if self._closed:
            raise ClosingError("the clerk is stopping; send the message again in a moment")
        taken = len(self._waiting.get(conversation_id, ())) + self._reserved.get(conversation_id, 0)
        if taken >= self._limit:
            raise BusyError(f"{taken} messages are waiting in this conversation; try again in a moment")
        self._reserved[conversation_id] = self._reserved.get(conversation_id, 0) + 1

    def release(self, conversation_id: str) -> None:
        """Give back a place from `reserve`, before `put` or when nothing was accepted."""
        left = self._reserved.get(conversation_id, 0) - 1
        if left > 0:
            self._reserved[conversation_id] = left
        else:
            self._reserved.pop(conversation_id, None)

    def put(self, message: Message) -> None:
        """Queue an accepted message; raises `ClosingError` after `close`, and it stays in the journal only."""
        if self._closed:
            raise ClosingError(KEPT)
        queue = self._waiting.get(message.conversation_id)
        if queue is not None:
            queue.append(message)
            return
        self._waiting[message.conversation_id] = deque([message])
        worker = asyncio.create_task(self._work(message.conversation_id))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def close(self) -> None:
        """Stop; unfinished messages stay in the journal and are taken up at the next start."""
        self._closed = True
        workers = tuple(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, conversation_id: str) -> None:
        queue = self._waiting[conversation_id]
        while queue:
            async with self._turns:
                try:
                    await self._handle(queue[0])
                except Exception:
                    _LOG.exception("a turn was not recorded; it is taken up again at the next start")
            queue.popleft()
        del self._waiting[conversation_id]
