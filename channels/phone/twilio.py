"""One call over a Twilio Media Stream: JSON text in a WebSocket, sound as µ-law at 8 kHz in base64.

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages. Twilio's numbers are strings.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import WSMsgType, web

from channels.phone.codec import FRAME, RATE_HZ, Resampler, decode_ulaw, encode_ulaw, to_float, to_int16
from channels.phone.inlet import Inlet
from core.ports import LineQuality, Pcm

log = logging.getLogger(__name__)

_LINE_HZ = 8_000
_SILENT_TAIL = 5
"""Silent frames sent after speech, so that the resampler's last samples get out."""
_SEND_S = 2.0
"""A socket that takes longer for 20 ms of sound is dead."""
_ODD_LIMIT = 50
"""Malformed messages forgiven in one call."""


def parse(text: str) -> dict[str, Any] | None:
    """Return a message of Twilio's, or None where it is not a JSON object with an event."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) and isinstance(message.get("event"), str) else None


def part(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a message's object called `name`; an empty one where it has none."""
    found = message.get(name)
    return found if isinstance(found, dict) else {}


class TwilioLine:
    """One call's line over a Media Stream (a `core.ports.MediaTransport`).

    Frames of silence are not sent: Twilio plays silence by itself, and a pause lets its buffer run dry,
    so that a stall of ours never becomes a delay for the rest of the call.
    """

    def __init__(self, socket: web.WebSocketResponse, *, stream_id: str, call_id: str, caller: str) -> None:
        """Take over a socket whose "start" message was read."""
        self._socket = socket
        self._stream_id = stream_id
        self._call_id = call_id
        self._caller = caller
        self._inlet = Inlet()
        self._listen = Resampler(_LINE_HZ, RATE_HZ)
        self._talk = Resampler(RATE_HZ, _LINE_HZ)
        self._silent = _SILENT_TAIL
        self._marks: dict[str, asyncio.Event] = {}
        self._sent_since_mark = 0
        self._odd = 0

    @property
    def caller(self) -> str:
        """Return the number that calls, as the webhook said."""
        return self._caller

    @property
    def call_id(self) -> str:
        """Return Twilio's CallSid."""
        return self._call_id

    async def pump(self) -> None:
        """Read messages until the stream ends."""
        try:
            async for message in self._socket:
                if message.type is not WSMsgType.TEXT:
                    self._complain("a message that is not text")
                elif not self._take(message.data):
                    break
                if self._odd > _ODD_LIMIT:
                    log.warning("call %s ended: too many malformed messages", self._call_id)
                    break
        finally:
            self._end()

    def _take(self, text: str) -> bool:
        message = parse(text)
        if message is None:
            self._complain("a message that is not a JSON object with an event")
            return True
        match message["event"]:
            case "media":
                self._take_sound(part(message, "media"))
            case "dtmf":
                self._inlet.press(str(part(message, "dtmf").get("digit", "")))
            case "mark":
                if reached := self._marks.pop(str(part(message, "mark").get("name", "")), None):
                    reached.set()
            case "stop":
                return False
            case "connected" | "start":
                pass
            case other:
                log.debug("call %s: event %.40r is not known; skipped", self._call_id, other)
        return True

    def _take_sound(self, media: Mapping[str, Any]) -> None:
        if media.get("track", "inbound") != "inbound":
            return
        try:
            sound = base64.b64decode(media.get("payload", ""), validate=True)
        except (binascii.Error, ValueError, TypeError):
            self._complain("sound that is not base64")
            return
        self._inlet.put(self._listen(to_float(decode_ulaw(sound))))

    def _complain(self, what: str) -> None:
        self._odd += 1
        if self._odd == 1:
            log.warning("call %s: Twilio sent %s; skipped, and so are others like it", self._call_id, what)

    def _end(self) -> None:
        self._inlet.close()
        for reached in self._marks.values():
            reached.set()
        self._marks.clear()

    def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what the caller says, a frame each 20 ms, until the line closes."""
        return self._inlet.frames()

    def dtmf(self) -> AsyncIterator[str]:
        """Yield keys pressed."""
        return self._inlet.keys()

    async def send(self, frame: Pcm) -> None:
        """Send one frame, unless there has been nothing but silence."""
        self._silent = 0 if frame.any() else self._silent + 1
        sound = self._talk(frame)
        if self._silent > _SILENT_TAIL or not sound.size:
            return
        payload = base64.b64encode(encode_ulaw(to_int16(sound))).decode("ascii")
        await self._say({"event": "media", "media": {"payload": payload}})
        self._sent_since_mark += 1

    async def mark(self, name: str) -> None:
        """Ask Twilio to say when all that was sent before has been heard."""
        self._sent_since_mark = 0
        if not self._socket.closed:
            self._marks[name] = asyncio.Event()
            await self._say({"event": "mark", "mark": {"name": name}})

    async def played(self, name: str) -> None:
        """Wait until the mark came back, was flushed, or the line closed."""
        if reached := self._marks.get(name):
            await reached.wait()

    async def flush(self) -> float:
        """Drop what waits at Twilio; return the milliseconds sent since the last mark.

        The session sends no faster than the caller hears, so sent and heard differ by the network's delay.
        """
        sent_ms = self._sent_since_mark * FRAME * 1000 / RATE_HZ
        self._sent_since_mark = 0
        await self._say({"event": "clear"})
        for reached in self._marks.values():
            reached.set()
        self._marks.clear()
        return sent_ms

    async def transfer(self, target: str) -> bool:
        """Return False: putting through needs Twilio's REST API, and nothing is pretended."""
        return False

    def quality(self) -> LineQuality:
        """Return zeros: the carrier hides its packets."""
        return LineQuality()

    async def hang_up(self) -> None:
        """Close the stream, upon which Twilio ends the call; safe to call twice."""
        self._end()
        if not self._socket.closed:
            await self._socket.close()

    async def _say(self, message: dict[str, Any]) -> None:
        if self._socket.closed:
            return
        try:
            async with asyncio.timeout(_SEND_S):
                await self._socket.send_str(json.dumps(message | {"streamSid": self._stream_id}))
        except (OSError, TimeoutError) as error:
            log.info("call %s ended: the socket takes no more (%s)", self._call_id, error or "it is stuck")
            self._end()
