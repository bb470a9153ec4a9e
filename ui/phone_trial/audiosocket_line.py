"""A handset that calls over the real AudioSocket door, as Asterisk does: TCP, packets of 20 ms, no carrier's queue."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from contextlib import suppress
from uuid import uuid4

import numpy as np

from channels.phone.audiosocket import CALL_ID, HANG_UP, KEY, SOUND_HZ, AudioSocketDoor, MalformedError, read_packet
from channels.phone.codec import Resampler, to_float, to_int16
from core.ports import Pcm
from ui.phone_trial.clock import Clock, Ticks
from ui.phone_trial.handset import FRAME, Handset
from ui.phone_trial.sound import RATE_HZ
from voice.call.session import CallSession

_HEADER = struct.Struct(">BH")
_KIND = 0x10
"""Sound at 8 kHz."""


class AudioSocketLine:
    """The caller's end of a call over AudioSocket (a `ui.phone_trial.caller.CallersEnd`)."""

    def __init__(self, handset: Handset, clock: Clock) -> None:
        """Begin with nothing heard."""
        self.handset = handset
        self.sent: list[int] = []
        """Empty: when the clerk sent a sound cannot be seen from here."""
        self.dropped_ms = 0.0
        self._clock = clock
        self._ear: deque[Pcm] = deque()
        self._keys: list[str] = []

    def press(self, key: str) -> None:
        """Press one key."""
        self._keys.append(key)

    def stall(self, seconds: float) -> None:
        """Do nothing: there is no carrier's queue on this line."""

    def drop(self) -> None:
        """End the call; safe to call twice."""
        self.handset.close()

    async def hold(self, session: CallSession) -> None:
        """Open a door for `session`, call it, and let time pass until the call is over."""
        door = AudioSocketDoor("127.0.0.1", 0, on_call=session.hold, max_lines=1)
        opened = asyncio.create_task(door.run())
        try:
            await door.ready.wait()
            reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
            writer.write(_HEADER.pack(CALL_ID, 16) + uuid4().bytes)
            hearing = asyncio.create_task(self._hear(reader))
            try:
                await self._talk(writer)
            finally:
                with suppress(ConnectionError):
                    writer.write(_HEADER.pack(HANG_UP, 0))
                    await writer.drain()
                    await hearing  # until the door has parted, too
                writer.transport.abort()
        finally:
            while session.calls and not opened.done():  # noqa: ASYNC110 - the call ends by itself, and nobody tells
                await asyncio.sleep(0.01)
            opened.cancel()
            await asyncio.gather(opened, return_exceptions=True)

    async def _talk(self, writer: asyncio.StreamWriter) -> None:
        ticks, down = Ticks(self._clock), Resampler(RATE_HZ, SOUND_HZ[_KIND])
        silence: Pcm = np.zeros(FRAME, dtype=np.float32)
        while not self.handset.is_closed:
            await ticks.wait()
            sound = to_int16(down(self.handset.tick(self._ear.popleft() if self._ear else silence)))
            for key in self._keys:
                writer.write(_HEADER.pack(KEY, 1) + key.encode("ascii"))
            self._keys.clear()
            writer.write(_HEADER.pack(_KIND, sound.size * 2) + sound.astype("<i2").tobytes())

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        up = Resampler(SOUND_HZ[_KIND], RATE_HZ)
        with suppress(MalformedError, ConnectionError):
            while packet := await read_packet(reader):
                kind, payload = packet
                if kind == HANG_UP:
                    break
                if kind == _KIND:
                    self._ear.append(up(to_float(np.frombuffer(payload, dtype="<i2"))))
        self.handset.close()
