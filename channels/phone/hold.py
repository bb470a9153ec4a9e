"""One call on a line, from its first frame to the hang-up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from core.call_ports import MediaTransport

log = logging.getLogger(__name__)


class Line(MediaTransport, Protocol):
    """A transport that has to be pumped."""

    async def pump(self) -> None:
        """Read what the far side sends until the call ends."""
        ...


async def hold(line: Line, on_call: Callable[[MediaTransport], Awaitable[None]]) -> None:
    """Let the house talk over `line` until either side ends the call.

    A fault of the house or of the line ends this call only; the door goes on taking others.
    """
    async with asyncio.TaskGroup() as tasks:
        pump = tasks.create_task(_survived(line, line.pump))
        try:
            await _survived(line, lambda: on_call(line))
        finally:
            await _survived(line, line.hang_up)
            pump.cancel()


async def _survived(line: Line, work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except Exception:
        log.exception("call %s ended by a fault", line.call_id)
