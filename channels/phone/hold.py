"""One call on a line, from its first frame to the hang-up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from core.ports import MediaTransport

log = logging.getLogger(__name__)


class Line(MediaTransport, Protocol):
    """A transport that has to be pumped."""

    async def pump(self) -> None:
        """Read what the far side sends until the call ends."""
        ...


async def hold(line: Line, on_call: Callable[[MediaTransport], Awaitable[None]]) -> None:
    """Let the house talk over `line` until either side ends the call.

    A fault of the house ends this call only; the door goes on taking others.
    """
    async with asyncio.TaskGroup() as tasks:
        pump = tasks.create_task(line.pump())
        try:
            await on_call(line)
        except Exception:
            log.exception("call %s ended by a fault", line.call_id)
        finally:
            await line.hang_up()
            pump.cancel()
