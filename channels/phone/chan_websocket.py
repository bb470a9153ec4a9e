"""One call over Asterisk's chan_websocket: sound in binary frames, commands and events in text frames.

Asterisk keeps up to 20 s of sound and plays it in time, and plays silence by itself. Sources:
https://docs.asterisk.org/Configuration/Channel-Drivers/WebSocket and channels/chan_websocket.c.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiohttp import WSMsgType, web

from channels.phone.chan_websocket_events import FORMATS, Event, parse
from channels.phone.codec import FRAME, RATE_HZ, Resampler, to_float, to_int16
from channels.phone.heard import Heard
from channels.phone.inlet import Inlet
from channels.phone.pauses import Pauses
from core.call_ports import LineQuality
from core.ports import Pcm

log = logging.getLogger(__name__)

_SEND_S = 2.0
"""A socket that takes longer for 20 ms of sound is dead."""
_XON_S = 5.0
"""Asterisk takes 2 s from a full queue to XON; one that takes longer plays nothing any more."""
_ODD_LIMIT = 50
"""Malformed messages forgiven in one call."""
_FRAME_MS = FRAME * 1000 / RATE_HZ


class ChanWebSocketLine:
    """One call's line over chan_websocket (a `core.call_ports.MediaTransport`)."""

    def __init__(self, socket: web.WebSocketResponse, start: Event, *, call_id: str, caller: str) -> None:
        """Take over a socket whose MEDIA_START was read; raises `ValueError` for a format that is not spoken here."""
        name = start.fields.get("format", "")
        if name not in FORMATS:
            raise ValueError(f"format {name!r} is not spoken here: dial with c(slin16), or one of {', '.join(FORMATS)}")
        self._socket = socket
        self._call_id = call_id
        self._caller = caller
        self._format = FORMATS[name]
        self._is_json = start.is_json
        # Versions that do not tell the packet time do not know MARK_MEDIA either; this command marks as well.
        self._mark_command = "MARK_MEDIA" if "ptime" in start.fields else "STOP_MEDIA_BUFFERING"
        told = start.fields.get("optimal_frame_size", "")
        self._unit = int(told) if told.isdecimal() and int(told) else self._format.sample_bytes
        self._rest = b""
        self._listen = Resampler(self._format.rate_hz, RATE_HZ)
        self._talk = Resampler(RATE_HZ, self._format.rate_hz)
        self._inlet = Inlet()
        self._pauses = Pauses()
        self._heard = Heard()
        self._may_send = asyncio.Event()
        self._may_send.set()
        self._odd = 0

    @property
    def caller(self) -> str:
        """Return the number that the dialplan put into the address as `caller`."""
        return self._caller

    @property
    def call_id(self) -> str:
        """Return the dialplan's id of the call, or Asterisk's id of the connection."""
        return self._call_id

    async def pump(self) -> None:
        """Read messages until the call ends."""
        try:
            async for message in self._socket:
                if message.type is WSMsgType.BINARY:
                    self._take_sound(message.data)
                elif message.type is WSMsgType.TEXT:
                    self._take(message.data)
                if self._odd > _ODD_LIMIT:
                    log.warning("call %s ended: too many malformed messages", self._call_id)
                    break
        finally:
            self._end()

    def _take_sound(self, data: bytes) -> None:
        if len(data) % self._format.sample_bytes:
            self._complain("half a sample")
            return
        self._inlet.put(self._listen(to_float(self._format.decode(data))))

    def _take(self, text: str) -> None:
        event = parse(text)
        if event is None:
            self._complain("a message that is no event")
            return
        match event.name:
            case "MEDIA_MARK_PROCESSED" | "MEDIA_BUFFERING_COMPLETED":
                self._heard.came(event.id)
            case "DTMF_END":
                self._inlet.press(event.fields.get("digit", ""))
            case "MEDIA_XOFF":
                self._may_send.clear()
            case "MEDIA_XON":
                self._may_send.set()
            case "ERROR":
                log.warning("call %s: Asterisk reports %.200s", self._call_id, text)
            case other:
                log.debug("call %s: event %.40r needs no answer", self._call_id, other)

    def _complain(self, what: str) -> None:
        self._odd += 1
        if self._odd == 1:
            log.warning("call %s: Asterisk sent %s; skipped, and so are others like it", self._call_id, what)

    def _end(self) -> None:
        self._inlet.close()
        self._heard.flush()
        self._may_send.set()

    def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what the caller says, a frame each 20 ms, until the line closes."""
        return self._inlet.frames()

    def dtmf(self) -> AsyncIterator[str]:
        """Yield keys pressed."""
        return self._inlet.keys()

    async def send(self, frame: Pcm) -> None:
        """Send one frame, unless it belongs to a pause; wait while Asterisk's queue is full.

        Asterisk drops what does not fill a frame of its own, so the rest waits for the next.
        """
        sound = self._talk(frame)
        if self._pauses.has(frame):
            return
        try:
            async with asyncio.timeout(_XON_S):
                await self._may_send.wait()
        except TimeoutError:
            log.warning("call %s ended: Asterisk plays nothing any more", self._call_id)
            self._end()
            return
        self._rest += self._format.encode(to_int16(sound))
        whole = len(self._rest) - len(self._rest) % self._unit
        if whole and not self._socket.closed:
            await self._write(self._socket.send_bytes, self._rest[:whole])
            self._rest = self._rest[whole:]
            if mark_id := self._heard.sent(_FRAME_MS):
                await self._order(self._mark_command, mark_id)

    async def mark(self, name: str) -> None:
        """Ask Asterisk to say when all that was sent before has been heard."""
        if not self._socket.closed:
            await self._order(self._mark_command, self._heard.mark(name))

    async def played(self, name: str) -> None:
        """Wait until the mark came back, was flushed, or the line closed."""
        await self._heard.played(name)

    async def flush(self) -> float:
        """Drop what waits at Asterisk; return the milliseconds of sound heard since the last mark, pauses aside."""
        heard_ms = self._heard.flush()
        self._rest = b""
        await self._order("FLUSH_MEDIA")
        return heard_ms

    async def transfer(self, target: str) -> bool:
        """Return False: chan_websocket has no way to put a caller through, and nothing is pretended."""
        return False

    def quality(self) -> LineQuality:
        """Return zeros: the carrier hides its packets."""
        return LineQuality()

    async def hang_up(self) -> None:
        """Have Asterisk end the call; safe to call twice."""
        self._end()
        await self._order("HANGUP")
        await self._socket.close()

    async def _order(self, command: str, mark_id: str = "") -> None:
        order = f"{command} {mark_id}".strip()
        if self._is_json:
            order = json.dumps({"command": command} | ({"correlation_id": mark_id} if mark_id else {}))
        await self._write(self._socket.send_str, order)

    async def _write(self, send: Callable[[Any], Any], message: str | bytes) -> None:
        if self._socket.closed:
            return
        try:
            async with asyncio.timeout(_SEND_S):
                await send(message)
        except (OSError, TimeoutError) as error:
            log.info("call %s ended: the socket takes no more (%s)", self._call_id, error or "it is stuck")
            self._end()
