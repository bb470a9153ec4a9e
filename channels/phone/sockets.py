"""What the doors that are called over WebSockets share: a server, and the message that a call begins with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from aiohttp import WSMsgType, web

from channels.phone.listening import cannot_listen

MESSAGE_BYTES = 64 * 1024
"""The longest message that is read."""

Message = TypeVar("Message")


@asynccontextmanager
async def served(app: web.Application, door: str, host: str, port: int) -> AsyncIterator[int]:
    """Serve `app` inside the block, which is given the port in use (0 = any free one).

    Raises `ConfigError`, which names the settings of `door`, when the address cannot be listened on.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise cannot_listen(door, host, port, error) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def first(
    socket: web.WebSocketResponse, started: Callable[[str], Message | None], *, within_s: float
) -> Message | None:
    """Return what `started` makes of the first text that it knows; None where none comes in time."""
    try:
        async with asyncio.timeout(within_s):
            async for message in socket:
                if message.type is WSMsgType.TEXT and (start := started(message.data)) is not None:
                    return start
    except TimeoutError:
        pass
    return None
