"""A conversation as it happens, over a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSCloseCode, WSMsgType, web

from channels.web.conversations import client_id, exchange, opened, unauthorized
from channels.web.doors import admits
from channels.web.house import HOUSE, House
from channels.web.problems import ProblemError
from core.ports import Activity

_HEARTBEAT_S = 20
"""Between two pings; a proxy that closes quiet lines after 30 s keeps this one."""
_BACKLOG = 256
"""Events that wait for a slow reader before it is asked to come again."""
_PROTOCOL = "zhanggui.v1"
_TOKEN_PREFIX = "token."  # noqa: S105 - the prefix of a subprotocol, not a token


@dataclass(frozen=True, slots=True)
class Streams:
    """The readers that are connected now."""

    sockets: set[web.WebSocketResponse[Literal[True]]] = field(default_factory=set)


OPEN: web.AppKey[Streams] = web.AppKey("open_streams", Streams)


async def stream(request: web.Request) -> web.StreamResponse:
    """GET /v1/conversations/{id}/stream: send turns after `after`, then typing and turns live.

    The token comes as a subprotocol ("zhanggui.v1, token.TOKEN"), which no log keeps, or as ?token=.
    """
    house = request.app[HOUSE]
    if not admits(request):
        raise ProblemError(403, "origin", "This site may not use the shop's chat; add it to web.allowed_origins.")
    conversation_id = await opened(request, _token(request))
    socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_S, protocols=(_PROTOCOL,), max_msg_size=4096)
    if not socket.can_prepare(request):
        raise ProblemError(426, "websocket", "Open this address as a WebSocket.", headers={"Upgrade": "websocket"})
    await socket.prepare(request)
    request.app[OPEN].sockets.add(socket)
    house.metrics.streams.inc()
    try:
        await _follow(house, conversation_id, request.query.get("after", ""), socket)
    finally:
        house.metrics.streams.dec()
        request.app[OPEN].sockets.discard(socket)
    return socket


async def close_all(app: web.Application) -> None:
    """Tell every reader to come again; a server that stops calls this first."""
    for socket in tuple(app[OPEN].sockets):
        await socket.close(code=WSCloseCode.GOING_AWAY, message=b"restarting")


async def _follow(house: House, conversation_id: str, after: str, socket: web.WebSocketResponse) -> None:
    waiting: asyncio.Queue[Activity] = asyncio.Queue(_BACKLOG)
    watcher = asyncio.create_task(_watch(house, conversation_id, waiting))
    await asyncio.sleep(0)  # the watcher listens before the past is read, so that no turn falls in between
    sender = asyncio.create_task(_send(house, conversation_id, after, waiting, socket))
    reader = asyncio.create_task(_read(socket))
    tasks = {watcher, sender, reader}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, asyncio.QueueFull):
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"reading too slowly")
        elif isinstance(result, Exception) and not isinstance(result, ConnectionError):
            raise result


async def _watch(house: House, conversation_id: str, waiting: asyncio.Queue[Activity]) -> None:
    async for activity in house.clerk.watch(conversation_id):
        waiting.put_nowait(activity)


async def _send(
    house: House, conversation_id: str, after: str, waiting: asyncio.Queue[Activity], socket: web.WebSocketResponse
) -> None:
    await socket.send_json({"type": "ready"})
    sent: set[str] = set()
    for turn in await house.clerk.turns(conversation_id, after=after):
        sent.add(turn.id)
        await socket.send_json({"type": "turn", **exchange(house, turn)})
    while True:
        event = _event(house, await waiting.get(), sent)
        if event is not None:
            await socket.send_json(event)


def _event(house: House, activity: Activity, sent: set[str]) -> dict[str, Any] | None:
    if activity.turn is None:
        event = {"type": activity.kind, "message_id": activity.message_id.partition("/")[2]}
        return {**event, "words": activity.words} if activity.kind == "words" else event
    if activity.turn.id in sent:
        return None
    return {"type": "turn", "message_id": client_id(activity.turn.message), **exchange(house, activity.turn)}


async def _read(socket: web.WebSocketResponse) -> None:
    """Listen for the close; what a client writes here means nothing (messages are posted)."""
    with contextlib.suppress(ConnectionError):
        async for message in socket:
            if message.type == WSMsgType.ERROR:
                return


def _token(request: web.Request) -> str:
    offered = request.headers.get("Sec-WebSocket-Protocol", "")
    tokens = (item.strip() for item in offered.split(","))
    found = next((item.removeprefix(_TOKEN_PREFIX) for item in tokens if item.startswith(_TOKEN_PREFIX)), "")
    token = found or request.query.get("token", "")
    if not token:
        raise unauthorized("Send the token as the subprotocol token.TOKEN beside zhanggui.v1, or as ?token=.")
    return token
