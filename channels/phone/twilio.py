"""One call over a Twilio Media Stream: JSON text in a WebSocket, sound as µ-law at 8 kHz in base64.

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages. Twilio's numbers are strings.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from aiohttp import WSMsgType, web

from channels.phone.codec import FRAME, RATE_HZ, Resampler, decode_ulaw, encode_ulaw, to_float, to_int16
from channels.phone.heard import Heard
from channels.phone.inlet import Inlet
from channels.phone.pauses import Pauses
from core.call_ports import LineQuality
from core.errors import NotAnsweredError
from core.ports import Pcm

log = logging.getLogger(__name__)

_LINE_HZ = 8_000
_FRAME_MS = FRAME * 1000 / RATE_HZ
_SEND_S = 2.0
"""A socket that takes longer for 20 ms of sound is dead."""
_ODD_LIMIT = 50
"""Malformed messages forgiven in one call."""
_RETURN_S = 10.0
"""How long a caller whom nobody answered may take to come back with a new stream."""

PutThrough = Callable[["TwilioLine", str], Awaitable[bool]]
"""Has Twilio dial a target for a line's caller; returns whether somebody answered."""


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
    """One call's line over a Media Stream (a `core.call_ports.MediaTransport`).

    Pauses are not sent: Twilio plays silence by itself. While Twilio dials somebody for the caller there is
    no stream; where nobody answers it comes back as a new one, and the call goes on as if it had waited.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        *,
        stream_id: str,
        call_id: str,
        caller: str,
        put_through: PutThrough | None = None,
    ) -> None:
        """Take over a socket whose "start" message was read; without `put_through` nobody can be."""
        self._socket = socket
        self._stream_id = stream_id
        self._call_id = call_id
        self._caller = caller
        self._put_through = put_through
        self._inlet = Inlet()
        self._listen = Resampler(_LINE_HZ, RATE_HZ)
        self._talk = Resampler(RATE_HZ, _LINE_HZ)
        self._pauses = Pauses()
        self._heard = Heard()
        self._odd = 0
        self._is_away = False
        self._is_settled = asyncio.Event()
        """Set when a caller is back from a transfer, or will never be."""
        self._returned: asyncio.Queue[tuple[web.WebSocketResponse, str] | None] = asyncio.Queue()
        self._over = asyncio.Event()

    @property
    def caller(self) -> str:
        """Return the number that calls, as the webhook said."""
        return self._caller

    @property
    def call_id(self) -> str:
        """Return Twilio's CallSid."""
        return self._call_id

    async def pump(self) -> None:
        """Read messages until the call ends; a stream that was away for a transfer may come back as another."""
        try:
            while True:
                await self._read()
                back = await self._returned.get() if self._is_away else None
                if back is None:
                    return
                self._socket, self._stream_id = back
                self._heard.flush()
                self._is_away = False
                self._is_settled.set()
        finally:
            self._end()

    async def resume(self, socket: web.WebSocketResponse, stream_id: str) -> None:
        """Go on over a new stream, whose "start" message was read; return when the call is over."""
        self._returned.put_nowait((socket, stream_id))
        await self._over.wait()

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                self._complain("a message that is not text")
            elif not self._take(message.data):
                return
            if self._odd > _ODD_LIMIT:
                log.warning("call %s ended: too many malformed messages", self._call_id)
                return

    def _take(self, text: str) -> bool:
        message = parse(text)
        if message is None:
            self._complain("a message that is not a JSON object with an event")
            return True
        if message.get("streamSid", self._stream_id) != self._stream_id:
            self._complain("a message of another stream")
            return True
        match message["event"]:
            case "media":
                self._take_sound(part(message, "media"))
            case "dtmf":
                self._inlet.press(str(part(message, "dtmf").get("digit", "")))
            case "mark":
                self._heard.came(str(part(message, "mark").get("name", "")))
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
        self._heard.flush()
        self._over.set()
        self._is_settled.set()
        self._returned.put_nowait(None)

    def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what the caller says, a frame each 20 ms, until the line closes."""
        return self._inlet.frames()

    def dtmf(self) -> AsyncIterator[str]:
        """Yield keys pressed."""
        return self._inlet.keys()

    async def send(self, frame: Pcm) -> None:
        """Send one frame, unless it belongs to a pause."""
        sound = self._talk(frame)
        if self._pauses.has(frame) or not sound.size or self._socket.closed:
            return
        payload = base64.b64encode(encode_ulaw(to_int16(sound))).decode("ascii")
        await self._say({"event": "media", "media": {"payload": payload}})
        if mark_id := self._heard.sent(_FRAME_MS):
            await self._mark(mark_id)

    async def mark(self, name: str) -> None:
        """Ask Twilio to say when all that was sent before has been heard."""
        if not self._socket.closed:
            await self._mark(self._heard.mark(name))

    async def _mark(self, mark_id: str) -> None:
        await self._say({"event": "mark", "mark": {"name": mark_id}})

    async def played(self, name: str) -> None:
        """Wait until the mark came back, was flushed, or the line closed."""
        await self._heard.played(name)

    async def flush(self) -> float:
        """Drop what waits at Twilio; return the milliseconds of sound heard since the last mark, pauses aside."""
        heard_ms = self._heard.flush()
        await self._say({"event": "clear"})
        return heard_ms

    async def transfer(self, target: str) -> bool:
        """Have Twilio dial `target`, a number or a SIP address, for the caller; True when somebody answered.

        The caller hears it ring. Where nobody answers, it returns when the caller is back on the line.
        """
        if self._put_through is None:
            log.warning("call %s: nobody can be put through without phone.twilio_account_sid", self._call_id)
            return False
        self._is_settled.clear()
        self._is_away = True
        try:
            if await self._put_through(self, target):
                return True
            async with asyncio.timeout(_RETURN_S):
                await self._is_settled.wait()
        except NotAnsweredError as error:
            log.warning("call %s was not put through: %s", self._call_id, error)
            self._is_away = False
        except TimeoutError:
            log.info("call %s ended: its caller did not come back", self._call_id)
            self._end()
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
