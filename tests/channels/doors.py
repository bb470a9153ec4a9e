"""A door that is opened for a test, and who may hold the calls that come through it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from core.call_ports import MediaTransport

OnCall = Callable[[MediaTransport], Awaitable[None]]


class Door(Protocol):
    ready: asyncio.Event

    async def run(self) -> None: ...


AnyDoor = TypeVar("AnyDoor", bound=Door)


@asynccontextmanager
async def open_door(door: AnyDoor, *, within_s: float, settle_s: float = 0.0) -> AsyncIterator[AnyDoor]:
    """Open a door; `settle_s` after it closed nothing is left running."""
    before = asyncio.all_tasks()
    running = asyncio.create_task(door.run())
    async with asyncio.timeout(within_s):
        await door.ready.wait()
        try:
            yield door
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    await asyncio.sleep(settle_s)
    assert asyncio.all_tasks() <= before


async def parrot(line: MediaTransport) -> None:
    async for frame in line.frames_in():
        await line.send(frame)


async def nobody(line: MediaTransport) -> None:
    raise AssertionError("no call was expected")
