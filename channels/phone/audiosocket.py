"""Asterisk AudioSocket: a TCP connection per call.

A packet is a kind (one byte), a length (two bytes, big-endian) and that many bytes. The first one of a
call is its UUID. Asterisk aborts a call on any packet of ours that is neither hang-up nor sound, and on
empty sound. Source: Asterisk's res_audiosocket.c and https://docs.asterisk.org (AudioSocket).
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import numpy as np

from channels.phone.codec import FRAME, RATE_HZ, Resampler, to_float, to_int16
from channels.phone.hold import hold
from channels.phone.inlet import Inlet
from channels.phone.listening import cannot_listen
from core.call_ports import LineQuality, MediaTransport
from core.ports import Pcm

log = logging.getLogger(__name__)

HANG_UP, CALL_ID, KEY, ERROR = 0x00, 0x01, 0x03, 0xFF
SOUND_HZ = {
    0x10: 8_000,
    0x11: 12_000,
    0x12: 16_000,
    0x13: 24_000,
    0x14: 32_000,
    0x15: 44_100,
    0x16: 48_000,
    0x17: 96_000,
    0x18: 192_000,
}
"""Kind of a sound packet -> its sampling rate; 16-bit little-endian mono."""
_HEADER = struct.Struct(">BH")
_FIRST_PACKET_S = 5.0
_UNREAD_BYTES = 64_000
"""4 s of 8 kHz sound that nobody takes: the far side is gone."""
_LINGER_S = 1.0


class MalformedError(Exception):
    """The far side does not speak AudioSocket."""


async def read_packet(reader: asyncio.StreamReader) -> tuple[int, bytes] | None:
    """Return the kind and payload of the next packet; None where the connection ends between packets."""
    try:
        kind, length = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        return kind, await reader.readexactly(length)
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise MalformedError(f"the connection ended after {len(error.partial)} bytes of a packet") from error
        return None


class AudioSocketLine:
    """One call's line over AudioSocket (a `core.call_ports.MediaTransport`)."""

    caller = ""
    """AudioSocket does not say who calls."""

    def __init__(self, call_id: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take over a connection whose first packet was read."""
        self._call_id = call_id
        self._reader = reader
        self._writer = writer
        self._inlet = Inlet()
        self._kind = 0x10
        self._listen = Resampler(SOUND_HZ[self._kind], RATE_HZ)
        self._talk = Resampler(RATE_HZ, SOUND_HZ[self._kind])
        self._sent_since_mark = 0
        self._closed = False

    @property
    def call_id(self) -> str:
        """Return the UUID that the dialplan gave the call."""
        return self._call_id

    async def pump(self) -> None:
        """Read packets until the call ends."""
        try:
            while (packet := await read_packet(self._reader)) and self._take(*packet):
                pass
        except MalformedError as error:
            log.warning("call %s ended: %s", self._call_id, error)
        except OSError as error:
            log.info("call %s ended: the connection broke (%s)", self._call_id, error)
        finally:
            self._inlet.close()

    def _take(self, kind: int, payload: bytes) -> bool:
        if kind == HANG_UP:
            return False
        if kind in SOUND_HZ:
            self._take_sound(kind, payload)
        elif kind == KEY:
            self._inlet.press(payload.decode("ascii", "replace"))
        elif kind == ERROR:
            raise MalformedError(f"Asterisk reports error {payload.hex() or 'without a code'}")
        else:
            log.warning("call %s: a packet of unknown kind 0x%02x was skipped", self._call_id, kind)
        return True

    def _take_sound(self, kind: int, payload: bytes) -> None:
        if len(payload) % 2:
            raise MalformedError(f"a sound packet of {len(payload)} bytes is not made of 16-bit samples")
        if kind != self._kind:
            self._kind = kind
            self._listen = Resampler(SOUND_HZ[kind], RATE_HZ)
            self._talk = Resampler(RATE_HZ, SOUND_HZ[kind])
        self._inlet.put(self._listen(to_float(np.frombuffer(payload, dtype="<i2"))))

    def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what the caller says, a frame each 20 ms, until the line closes."""
        return self._inlet.frames()

    def dtmf(self) -> AsyncIterator[str]:
        """Yield keys pressed."""
        return self._inlet.keys()

    async def send(self, frame: Pcm) -> None:
        """Send one frame at the rate in which the caller's sound comes."""
        sound = to_int16(self._talk(frame)).astype("<i2").tobytes()
        if not sound or self._closed:
            return
        if self._writer.transport.get_write_buffer_size() > _UNREAD_BYTES:
            log.warning("call %s ended: the far side stopped reading", self._call_id)
            self._writer.transport.abort()
            self._inlet.close()
            return
        self._write(self._kind, sound)
        self._sent_since_mark += 1

    async def mark(self, name: str) -> None:
        """Begin to count anew: Asterisk plays what it gets at once and tells nothing about it."""
        self._sent_since_mark = 0

    async def played(self, name: str) -> None:
        """Return at once, for the same reason."""

    async def flush(self) -> float:
        """Return the milliseconds sent since the last mark; there is nothing that waits to be dropped."""
        return self._sent_since_mark * FRAME * 1000 / RATE_HZ

    async def transfer(self, target: str) -> bool:
        """Return False: AudioSocket has no way to put a caller through, and nothing is pretended."""
        return False

    def quality(self) -> LineQuality:
        """Return zeros: the carrier hides its packets."""
        return LineQuality()

    async def hang_up(self) -> None:
        """Say goodbye in the protocol; safe to call twice. The door closes the connection."""
        self._inlet.close()
        if not self._closed:
            self._closed = True
            self._write(HANG_UP, b"")

    def _write(self, kind: int, payload: bytes) -> None:
        self._writer.write(_HEADER.pack(kind, len(payload)) + payload)


async def _part(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close a connection so that the far side still gets our last packet.

    Closing while its sound waits unread would reset the connection and take the hang-up with it.
    """
    try:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LINGER_S):
                writer.write_eof()
                while await reader.read(_UNREAD_BYTES):
                    pass
    finally:
        writer.transport.abort()


async def _answer(reader: asyncio.StreamReader) -> str:
    try:
        async with asyncio.timeout(_FIRST_PACKET_S):
            packet = await read_packet(reader)
    except TimeoutError as error:
        raise MalformedError(f"no call id within {_FIRST_PACKET_S:.0f} s") from error
    except OSError as error:
        raise MalformedError(f"the connection broke ({error})") from error
    if packet is None:
        raise MalformedError("the connection closed without a call id")
    kind, payload = packet
    if kind != CALL_ID or len(payload) != 16:
        raise MalformedError(f"expected a call id of 16 bytes first, got kind 0x{kind:02x} with {len(payload)} bytes")
    return str(UUID(bytes=payload))


class AudioSocketDoor:
    """Listen for Asterisk and hand each call to the house."""

    def __init__(
        self, host: str, port: int, *, on_call: Callable[[MediaTransport], Awaitable[None]], max_lines: int
    ) -> None:
        """Listen on `host`:`port` (0 = any free port) for at most `max_lines` calls at a time."""
        self._host = host
        self._port = port
        self._on_call = on_call
        self._max_lines = max_lines
        self._lines = 0
        self.port = 0
        """The port in use, once `ready` is set."""
        self.ready = asyncio.Event()
        """Set while calls are taken."""

    async def run(self) -> None:
        """Take calls until cancelled; open calls are hung up then."""
        async with asyncio.TaskGroup() as calls:

            def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                calls.create_task(self._take(reader, writer))

            try:
                server = await asyncio.start_server(connected, self._host, self._port)
            except OSError as error:
                raise cannot_listen("audiosocket", self._host, self._port, error) from error
            self.port = server.sockets[0].getsockname()[1]
            self.ready.set()
            log.info("AudioSocket listens on %s:%d", self._host, self.port)
            try:
                await asyncio.Event().wait()
            finally:
                self.ready.clear()
                server.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._lines >= self._max_lines:
            log.warning("a call was hung up: %d lines are in use", self._lines)
            writer.write(_HEADER.pack(HANG_UP, 0))
            await _part(reader, writer)
            return
        self._lines += 1
        try:
            await hold(AudioSocketLine(await _answer(reader), reader, writer), self._on_call)
        except MalformedError as error:
            log.warning("an AudioSocket connection was closed: %s", error)
            writer.write(_HEADER.pack(HANG_UP, 0))
        finally:
            self._lines -= 1
            await _part(reader, writer)
