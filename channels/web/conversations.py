"""Opening a conversation, speaking in it, reading it again."""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from time import perf_counter
from typing import Any

from aiohttp import web

from channels.web.house import CHANNEL, HOUSE, House
from channels.web.incoming import read_json, read_message
from channels.web.problems import ProblemError
from channels.web.schemas import NewConversation, NewMessage
from channels.web.trace import trace_id
from core.errors import BusyError, UnknownConversationError
from core.types import Attachment, Message, Turn
from core.wire import message_as_json, turn_as_json

_BODY_BYTES = 8192
"""Of the request that opens a conversation."""
_BUSY_S = 2
"""After which a full mailbox is worth another try."""


async def open_conversation(request: web.Request) -> web.StreamResponse:
    """POST /v1/conversations: record a new conversation and hand out its token."""
    house = request.app[HOUSE]
    _bound_openings(house, request.remote or "")
    body = await read_json(request, NewConversation, _BODY_BYTES)
    conversation_id = secrets.token_hex(16)
    identity = await house.login(body.login_token, conversation_id) if body.login_token and house.login else None
    await house.clerk.open(conversation_id, channel=body.channel, locale=body.locale, identity=identity)
    return web.json_response(
        {"conversation_id": conversation_id, "token": house.signer.conversation(conversation_id)},
        status=201,
        headers={"Location": f"/v1/conversations/{conversation_id}/messages"},
    )


async def say(request: web.Request) -> web.StreamResponse:
    """POST /v1/conversations/{id}/messages: answer a message; the same id again gets the same answer."""
    house = request.app[HOUSE]
    conversation_id = await opened(request, bearer(request))
    wait_s = house.rate.wait_s(conversation_id)
    if wait_s:
        raise too_fast(f"A conversation may send {house.settings.rate_per_minute} messages a minute", wait_s)
    body, attachments = await read_message(request, house.clerk.limits, house.clerk.media)
    turn = await _answer(house, _message(request, conversation_id, body, attachments))
    if turn.message.text != body.text or _content(turn.message.attachments) != _content(attachments):
        raise ProblemError(
            409, "id_conflict", "This id was used for another message of the conversation; send a new id."
        )
    return web.json_response(shown_turn(house, turn))


async def history(request: web.Request) -> web.StreamResponse:
    """GET /v1/conversations/{id}/messages: return what was said after the turn `after`."""
    house = request.app[HOUSE]
    conversation_id = await opened(request, bearer(request))
    after = request.query.get("after", "")
    turns = await house.clerk.turns(conversation_id, after=after)
    return web.json_response(
        {"messages": [exchange(house, turn) for turn in turns], "after": turns[-1].id if turns else after}
    )


def _bound_openings(house: House, address: str) -> None:
    """Refuse an address that opens conversations without end.

    This machine's own addresses are let through: behind them stand a proxy with all its customers, and
    the Gradio page.
    """
    try:
        if ip_address(address).is_loopback:
            return
    except ValueError:  # a UNIX socket has no address: a proxy again
        return
    wait_s = house.openings.wait_s(address)
    if wait_s:
        raise too_fast(f"An address may open {house.settings.rate_per_minute} conversations a minute", wait_s)


def too_fast(rule: str, wait_s: float) -> ProblemError:
    """Return the refusal of who comes too often, with the `rule` that says how often is right."""
    return ProblemError(
        429, "rate_limited", f"{rule}; wait and send it again.", headers={"Retry-After": str(math.ceil(wait_s))}
    )


def bearer(request: web.Request) -> str:
    """Return the token of the Authorization header; raises `ProblemError` 401 without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorized("Send the token of the conversation: Authorization: Bearer TOKEN.")
    return token.strip()


async def opened(request: web.Request, token: str) -> str:
    """Return the id of the conversation that the request names and the token opens."""
    house = request.app[HOUSE]
    conversation_id = request.match_info["id"]
    if not await house.clerk.is_open(conversation_id):
        raise _unknown_conversation()
    if not house.signer.opens(conversation_id, token):
        raise unauthorized("The token does not open this conversation; send the one that came with its id.")
    return conversation_id


def unauthorized(detail: str) -> ProblemError:
    """Return the refusal of a missing or wrong token."""
    return ProblemError(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})


def exchange(house: House, turn: Turn) -> dict[str, Any]:
    """Return a message and its answer, as the history and the stream show them."""
    said = message_as_json(turn.message, house.signer.media)
    said["id"] = client_id(turn.message)
    return {"message": said, "turn": shown_turn(house, turn)}


def shown_turn(house: House, turn: Turn) -> dict[str, Any]:
    """Return a turn as its client sees it, under the client's own id of the message."""
    shown = turn_as_json(turn, house.signer.media)
    shown["message_id"] = client_id(turn.message)
    return shown


def client_id(message: Message) -> str:
    """Return the id that the client gave to a message.

    Clients choose their ids freely, so the dedupe key holds the conversation as well: nobody gets the
    answer to another customer's message by guessing its id.
    """
    return message.external_id.removeprefix(f"{message.conversation_id}/")


def _message(
    request: web.Request, conversation_id: str, body: NewMessage, attachments: Sequence[Attachment]
) -> Message:
    return Message(
        id=secrets.token_hex(16),
        channel=CHANNEL,
        external_id=f"{conversation_id}/{body.id}",
        conversation_id=conversation_id,
        sender_id=conversation_id,
        text=body.text,
        attachments=tuple(attachments),
        locale=body.locale,
        wants_speech=body.speak,
        received_at=datetime.now(UTC),
        trace_id=trace_id(request),
    )


async def _answer(house: House, message: Message) -> Turn:
    began = perf_counter()
    try:
        turn = await house.clerk.answer(message)
    except BusyError as error:
        raise ProblemError(
            429,
            "busy",
            "Too many messages of this conversation are waiting; wait and send it again with the same id.",
            headers={"Retry-After": str(_BUSY_S)},
        ) from error
    except UnknownConversationError as error:
        raise _unknown_conversation() from error
    if turn.message.id == message.id:
        held = {item.kind.value for item in message.attachments} | ({"text"} if message.text.strip() else set())
        house.metrics.messages.labels("+".join(sorted(held))).inc()
        house.metrics.turns.labels(turn.outcome).inc()
        house.metrics.turn_seconds.observe(perf_counter() - began)
    return turn


def _unknown_conversation() -> ProblemError:
    return ProblemError(
        404, "unknown_conversation", "There is no such conversation; open one with POST /v1/conversations."
    )


def _content(attachments: Sequence[Attachment]) -> list[str]:
    return [attachment.sha256 for attachment in attachments]
