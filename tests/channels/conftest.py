"""The far ends of the lines."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

import numpy as np
import pytest


class Asterisk:
    """Behave as Asterisk's app_audiosocket does: 20 ms of 8 kHz sound each 20 ms, and no patience.

    Written from the protocol's description; a packet that Asterisk would not take ends the call and its
    reason is kept in `aborted`.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.sound: list[np.ndarray] = []
        self.arrived: list[float] = []
        self.aborted = ""
        self.hung_up = asyncio.Event()
        self._to_say: asyncio.Queue[np.ndarray] = asyncio.Queue()

    def packet(self, kind: int, payload: bytes = b"") -> None:
        self.writer.write(struct.pack(">BH", kind, len(payload)) + payload)

    def say(self, samples: np.ndarray) -> None:
        """Queue 16-bit samples at 8 kHz."""
        for start in range(0, len(samples) - 159, 160):
            self._to_say.put_nowait(samples[start : start + 160])

    async def has_said_all(self) -> None:
        await self._to_say.join()

    def press(self, keys: str) -> None:
        for key in keys:
            self.packet(0x03, key.encode())

    def hang_up(self) -> None:
        self.packet(0x00)
        self.writer.close()

    @property
    def heard(self) -> np.ndarray:
        """Return all sound that came, 16 bits at 8 kHz."""
        return np.concatenate(self.sound) if self.sound else np.zeros(0, dtype=np.int16)

    async def talk(self) -> None:
        silence = np.zeros(160, dtype=np.int16)
        clock = asyncio.get_running_loop().time
        due = clock()
        while not self.writer.is_closing():
            said = not self._to_say.empty()
            self.packet(0x10, (self._to_say.get_nowait() if said else silence).astype("<i2").tobytes())
            if said:
                self._to_say.task_done()
            due += 0.02
            await asyncio.sleep(max(0.0, due - clock()))

    async def listen(self) -> None:
        try:
            while True:
                kind, length = struct.unpack(">BH", await self.reader.readexactly(3))
                payload = await self.reader.readexactly(length)
                if kind == 0x00:
                    break
                if not 0x10 <= kind <= 0x18 or not payload:
                    self.aborted = f"kind 0x{kind:02x} with {length} bytes"
                    break
                self.sound.append(np.frombuffer(payload, dtype="<i2"))
                self.arrived.append(asyncio.get_running_loop().time())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        self.hung_up.set()


CALL_ID = UUID("1c9f0a3e-5a0c-4b43-8e36-000000000001")
Dial = Callable[[int], AbstractAsyncContextManager[Asterisk]]


@pytest.fixture
def dial() -> Dial:
    """Return what dials an AudioSocket port as Asterisk does."""

    @asynccontextmanager
    async def dialled(port: int) -> AsyncIterator[Asterisk]:
        far_end = Asterisk(*await asyncio.open_connection("127.0.0.1", port))
        far_end.packet(0x01, CALL_ID.bytes)
        tasks = [asyncio.create_task(far_end.talk()), asyncio.create_task(far_end.listen())]
        try:
            yield far_end
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            far_end.writer.close()

    return dialled
