"""The door for Asterisk's chan_websocket: it connects to us, once for each call."""

from __future__ import annotations

import asyncio
import base64
import hmac
import logging
import uuid
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from channels.phone.chan_websocket import ChanWebSocketLine
from channels.phone.chan_websocket_events import Event, parse
from channels.phone.hold import hold
from channels.phone.listening import is_loopback
from channels.phone.sockets import MESSAGE_BYTES, first, served
from core.call_ports import MediaTransport
from core.errors import ConfigError

log = logging.getLogger(__name__)

_START_S = 5.0


class ChanWebSocketDoor:
    """Take the WebSockets that Asterisk opens, as "per_call_config" of its websocket_client.conf says."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        on_call: Callable[[MediaTransport], Awaitable[None]],
        max_lines: int,
        password: str = "",
    ) -> None:
        """Listen on `host`:`port` (0 = any free port) for at most `max_lines` calls at a time.

        Asterisk proves itself by `password`, with any user name, or as ?key= in the address. Raises
        `ConfigError` when strangers could call.
        """
        if not password and not is_loopback(host):
            raise ConfigError(
                f"phone.websocket_host = {host!r} can be reached by others, so a password is needed: set "
                "ZHANGGUI_PHONE__WEBSOCKET_PASSWORD, and the same in Asterisk's websocket_client.conf"
            )
        self._host = host
        self._port = port
        self._on_call = on_call
        self._max_lines = max_lines
        self._password = password
        self._sockets: set[web.WebSocketResponse] = set()
        self.port = 0
        """The port in use, once `ready` is set."""
        self.ready = asyncio.Event()
        """Set while calls are taken."""

    async def run(self) -> None:
        """Take calls until cancelled; open calls are hung up then."""
        app = web.Application()
        app.router.add_get("/{name:.*}", self._media)
        async with served(app, "websocket", self._host, self._port) as self.port:
            self.ready.set()
            log.info("chan_websocket may connect to %s:%d", self._host, self.port)
            try:
                await asyncio.Event().wait()
            finally:
                self.ready.clear()
                for socket in tuple(self._sockets):
                    await socket.close()

    async def _media(self, request: web.Request) -> web.StreamResponse:
        if not self._password and hdrs.ORIGIN in request.headers:
            log.warning("a call of chan_websocket was refused: a page in a browser made it, and there is no password")
            return web.Response(status=403)
        if self._password and not hmac.compare_digest(_password(request).encode(), self._password.encode()):
            log.warning("a call of chan_websocket was refused: its password is wrong")
            return web.Response(status=401, headers={hdrs.WWW_AUTHENTICATE: "Basic"})
        if len(self._sockets) >= self._max_lines:
            log.warning("a call of chan_websocket was refused: %d lines are in use", len(self._sockets))
            return web.Response(status=503)
        socket = web.WebSocketResponse(protocols=("media",), max_msg_size=MESSAGE_BYTES, heartbeat=20, timeout=2)
        if not socket.can_prepare(request):
            return web.Response(status=426, text="Open this address as a WebSocket.")
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await self._hold(socket, request)
        finally:
            self._sockets.discard(socket)
            await socket.close()
        return socket

    async def _hold(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        start = await first(socket, _started, within_s=_START_S)
        if start is None:
            log.warning("a socket of chan_websocket was closed: no MEDIA_START came")
            return
        call_id = request.query.get("call") or start.fields.get("connection_id") or uuid.uuid4().hex
        try:
            line = ChanWebSocketLine(socket, start, call_id=call_id, caller=request.query.get("caller", ""))
        except ValueError as error:
            log.warning("a socket of chan_websocket was closed: %s", error)
            return
        await hold(line, self._on_call)


def _started(text: str) -> Event | None:
    event = parse(text)
    return event if event and event.name == "MEDIA_START" else None


def _password(request: web.Request) -> str:
    """Return the password of HTTP's basic authentication (RFC 7617), or ?key= of the address."""
    scheme, _, sent = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "basic":
        return request.query.get("key", "")
    try:
        return base64.b64decode(sent).decode().partition(":")[2]
    except ValueError:
        return ""
