"""The door for Twilio: the webhook of an incoming call, and the WebSocket of its media."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Awaitable, Callable
from html import escape
from urllib.parse import urljoin, urlsplit, urlunsplit

from aiohttp import WSMsgType, web

from channels.phone.hold import hold
from channels.phone.listening import cannot_listen
from channels.phone.twilio import TwilioLine, parse, part
from channels.phone.twilio_auth import Passes, is_signed
from core.errors import ConfigError
from core.ports import MediaTransport

log = logging.getLogger(__name__)

_START_S = 10.0
_MESSAGE_BYTES = 64 * 1024


class TwilioDoor:
    """Answer Twilio's webhook with TwiML and hold the media streams that follow."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        on_call: Callable[[MediaTransport], Awaitable[None]],
        max_lines: int,
        auth_token: str,
        public_url: str = "",
        unsigned: bool = False,
    ) -> None:
        """Listen on `host`:`port` (0 = any free port).

        `public_url` is the webhook as Twilio calls it. `unsigned` takes calls without a signature, for
        simulators on this machine. Raises `ConfigError` when strangers could call it so.
        """
        if unsigned and not _is_loopback(host):
            raise ConfigError(
                f"phone.twilio_unsigned = true takes calls from anybody, so phone.twilio_host must be a loopback "
                f"address such as 127.0.0.1, not {host!r}"
            )
        if not auth_token and not unsigned:
            raise ConfigError(
                "phone.twilio_auth_token is empty, so nothing proves that Twilio is calling: set "
                "ZHANGGUI_PHONE__TWILIO_AUTH_TOKEN"
            )
        self._host = host
        self._port = port
        self._on_call = on_call
        self._max_lines = max_lines
        self._token = auth_token
        self._public_url = public_url
        self._unsigned = unsigned
        self._passes = Passes()
        self._sockets: set[web.WebSocketResponse] = set()
        self.port = 0
        """The port in use, once `ready` is set."""
        self.ready = asyncio.Event()
        """Set while calls are taken."""

    async def run(self) -> None:
        """Take calls until cancelled; open calls are hung up then."""
        app = web.Application(client_max_size=_MESSAGE_BYTES)
        app.router.add_post("/twilio/voice", self._voice)
        app.router.add_get("/twilio/media", self._media)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._host, self._port)
            try:
                await site.start()
            except OSError as error:
                raise cannot_listen("twilio", self._host, self._port, error) from error
            self.port = runner.addresses[0][1]
            self.ready.set()
            log.info("the Twilio door listens on %s:%d", self._host, self.port)
            await asyncio.Event().wait()
        finally:
            self.ready.clear()
            for socket in tuple(self._sockets):
                await socket.close()
            await runner.cleanup()

    async def _voice(self, request: web.Request) -> web.Response:
        fields = [(name, value) for name, value in (await request.post()).items() if isinstance(value, str)]
        url = f"{self._public_url}?{request.query_string}".rstrip("?") if self._public_url else str(request.url)
        claimed = request.headers.get("X-Twilio-Signature", "")
        if not self._unsigned and not is_signed(url, fields, self._token, claimed):
            log.warning("a Twilio webhook was refused: its signature is wrong for %s", url)
            return web.Response(
                status=403,
                text="The X-Twilio-Signature is wrong. Check phone.twilio_auth_token, and that phone.twilio_public_url "
                "is exactly the address that is set at Twilio.",
            )
        key = self._passes.issue(dict(fields).get("From", ""))
        return web.Response(content_type="application/xml", text=_twiml(self._stream_url(request), key))

    def _stream_url(self, request: web.Request) -> str:
        voice = urlsplit(self._public_url or str(request.url))
        scheme = "wss" if voice.scheme == "https" else "ws"
        return urljoin(urlunsplit((scheme, voice.netloc, voice.path, "", "")), "media")

    async def _media(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=_MESSAGE_BYTES, heartbeat=20, timeout=2)
        await socket.prepare(request)
        if len(self._sockets) >= self._max_lines:
            log.warning("a Twilio call was hung up: %d lines are in use", len(self._sockets))
            await socket.close()
            return socket
        self._sockets.add(socket)
        try:
            if line := await self._begin(socket):
                await hold(line, self._on_call)
        finally:
            self._sockets.discard(socket)
            await socket.close()
        return socket

    async def _begin(self, socket: web.WebSocketResponse) -> TwilioLine | None:
        """Read up to the "start" message; None, with a line in the log, where none comes or its pass is wrong."""
        try:
            async with asyncio.timeout(_START_S):
                async for frame in socket:
                    message = parse(frame.data) if frame.type is WSMsgType.TEXT else None
                    if message and message["event"] == "start":
                        return self._admit(socket, message)
        except TimeoutError:
            pass
        log.warning("a Twilio socket was closed: no start message came")
        return None

    def _admit(self, socket: web.WebSocketResponse, message: dict[str, object]) -> TwilioLine | None:
        start = part(message, "start")
        stream_id = str(start.get("streamSid") or message.get("streamSid") or "")
        call_id = str(start.get("callSid") or stream_id)
        caller = self._passes.redeem(str(part(start, "customParameters").get("pass", "")))
        if caller is None and not self._unsigned:
            log.warning("a Twilio socket was closed: its pass is not one that the webhook gave out")
            return None
        if not stream_id:
            log.warning("a Twilio socket was closed: its start message names no stream")
            return None
        return TwilioLine(socket, stream_id=stream_id, call_id=call_id, caller=caller or "")


def _twiml(stream_url: str, key: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Response><Connect><Stream url="{escape(stream_url)}">'
        f'<Parameter name="pass" value="{escape(key)}"/></Stream></Connect></Response>'
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
