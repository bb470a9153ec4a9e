"""The door for Twilio: the webhook of an incoming call, the WebSocket of its media, and calls that we make."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urljoin

from aiohttp import web

from channels.phone import twiml
from channels.phone.hold import hold
from channels.phone.listening import is_loopback
from channels.phone.sockets import MESSAGE_BYTES, first, served
from channels.phone.twilio import TwilioLine, parse, part
from channels.phone.twilio_auth import PASS_S, Passes, is_signed
from channels.phone.twilio_calling import Bearer, TwilioCalling
from channels.phone.twilio_rest import TwilioRest
from core.call_ports import MediaTransport
from core.errors import ConfigError

log = logging.getLogger(__name__)

_START_S = 10.0


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
        rest: TwilioRest | None = None,
        number: str = "",
    ) -> None:
        """Listen on `host`:`port` (0 = any free port).

        `public_url` is the webhook as Twilio calls it. `unsigned` takes calls without a signature, for
        simulators on this machine. `rest` puts callers through and, from our `number`, calls out. Raises
        `ConfigError` when strangers could call it so.
        """
        if unsigned and not is_loopback(host):
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
        self._reached_at = public_url
        """Where Twilio reaches the webhook, as far as is known."""
        self._passes: Passes[Bearer] = Passes()
        self.calling: TwilioCalling | None = None
        """Calls that Twilio makes for us, where there is an account for them."""
        if rest:
            self.calling = TwilioCalling(rest, number=number, address=self._address, stream=self._stream)
        self._sockets: set[web.WebSocketResponse] = set()
        self._lines: set[TwilioLine] = set()
        self.port = 0
        """The port in use, once `ready` is set."""
        self.ready = asyncio.Event()
        """Set while calls are taken."""

    async def run(self) -> None:
        """Take calls until cancelled; open calls are hung up then."""
        app = web.Application(client_max_size=MESSAGE_BYTES)
        app.router.add_post("/twilio/voice", self._voice)
        app.router.add_post("/twilio/{told:answered|ended|dialled}", self._told)
        app.router.add_get("/twilio/media", self._media)
        async with served(app, "twilio", self._host, self._port) as self.port:
            self.ready.set()
            log.info("the Twilio door listens on %s:%d", self._host, self.port)
            try:
                await asyncio.Event().wait()
            finally:
                self.ready.clear()
                if self.calling:
                    self.calling.close()
                for line in tuple(self._lines):
                    await line.hang_up()
                for socket in tuple(self._sockets):
                    await socket.close()

    async def _voice(self, request: web.Request) -> web.Response:
        fields = await self._verified(request)
        if not self._reached_at:
            self._reached_at = str(request.url.with_query(None))
        return _xml(self._stream(Bearer(caller=fields.get("From", ""))))

    async def _told(self, request: web.Request) -> web.Response:
        """Take what Twilio tells of the calls that it makes for us."""
        fields, key = await self._verified(request), request.query.get("key", "")
        if self.calling is None:
            raise web.HTTPNotFound
        match request.match_info["told"]:
            case "answered":
                self.calling.answered(key, fields)
            case "dialled":
                self.calling.dialled(key, fields)
            case "ended":
                return _xml(self.calling.ended(key, fields))
        return web.Response(status=204)

    async def _verified(self, request: web.Request) -> Mapping[str, str]:
        """Return the form that Twilio posted; answers 403 to anybody else's."""
        fields = [(name, value) for name, value in (await request.post()).items() if isinstance(value, str)]
        url = str(request.url)
        if self._public_url:
            told = request.match_info.get("told", "")  # the webhook itself may have any name at the proxy
            url = f"{urljoin(self._public_url, told)}?{request.query_string}".rstrip("?")
        claimed = request.headers.get("X-Twilio-Signature", "")
        if not self._unsigned and not is_signed(url, fields, self._token, claimed):
            log.warning("a Twilio webhook was refused: its signature is wrong for %s", request.path)
            raise web.HTTPForbidden(
                text="The X-Twilio-Signature is wrong. Check phone.twilio_auth_token, and that phone.twilio_public_url "
                "is exactly the address that is set at Twilio.",
            )
        return dict(fields)

    def _stream(self, bearer: Bearer, good_s: float = PASS_S) -> str:
        """Return the order to open a media stream, right away where nobody has to answer first."""
        scheme, _, rest = self._address("media").partition(":")
        return twiml.stream(f"{'wss' if scheme == 'https' else 'ws'}:{rest}", self._passes.issue(bearer, good_s))

    def _address(self, name: str) -> str:
        """Return the address of a sibling of the webhook, as Twilio reaches it; raises `ConfigError` if unknown."""
        if not self._reached_at:
            raise ConfigError("phone.twilio_public_url is empty, so nobody can tell Twilio where to find us")
        return urljoin(self._reached_at, name)

    async def _media(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=MESSAGE_BYTES, heartbeat=20, timeout=2)
        await socket.prepare(request)
        if sum(not other.closed for other in self._sockets) >= self._max_lines:
            log.warning("a Twilio call was hung up: %d lines are in use", self._max_lines)
            await socket.close()
            return socket
        self._sockets.add(socket)
        try:
            await self._hold(socket)
        finally:
            self._sockets.discard(socket)
            await socket.close()
        return socket

    async def _hold(self, socket: web.WebSocketResponse) -> None:
        message = await first(socket, _started, within_s=_START_S)
        if message is None:
            log.warning("a Twilio socket was closed: no start message came")
            return
        start = part(message, "start")
        stream_id = str(start.get("streamSid") or message.get("streamSid") or "")
        bearer = self._passes.redeem(str(part(start, "customParameters").get("pass", "")))
        if bearer is None and self._unsigned:
            bearer = Bearer()
        if bearer is None or not stream_id:
            why = "names no stream" if bearer else "has a pass that the webhook did not give out"
            log.warning("a Twilio socket was closed: its start message %s", why)
            return
        if bearer.line:
            await bearer.line.resume(socket, stream_id)
            return
        line = TwilioLine(
            socket,
            stream_id=stream_id,
            call_id=str(start.get("callSid") or stream_id),
            caller=bearer.caller,
            put_through=self.calling.put_through if self.calling else None,
        )
        self._lines.add(line)
        try:
            if bearer.dialled is None:
                await hold(line, self._on_call)
            elif not bearer.dialled.done():
                bearer.dialled.set_result(line)
                await line.pump()
        finally:
            self._lines.discard(line)


def _started(text: str) -> Mapping[str, object] | None:
    message = parse(text)
    return message if message and message["event"] == "start" else None


def _xml(order: str) -> web.Response:
    return web.Response(content_type="application/xml", text=order)
