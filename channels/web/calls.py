"""Calling the clerk from the browser: the offer comes in here, the sound goes another way (WebRTC)."""

from __future__ import annotations

from aiohttp import web

from channels.web.conversations import bearer, opened, too_fast
from channels.web.house import HOUSE
from channels.web.incoming import read_json
from channels.web.problems import ProblemError
from channels.web.schemas import CallOffer
from core.errors import BusyError, MediaError

_OFFER_BYTES = 64 * 1024
_BUSY_S = 30
"""After which a line may be free again."""


async def about(request: web.Request) -> web.StreamResponse:
    """GET /v1/calls: tell whether this shop takes calls from the browser, and what the browser needs for it."""
    telephone = request.app[HOUSE].telephone
    return web.json_response({"available": telephone is not None, "stun": list(telephone.stun) if telephone else []})


async def call(request: web.Request) -> web.StreamResponse:
    """POST /v1/conversations/{id}/call: answer the offer of a call, which then belongs to the conversation."""
    house = request.app[HOUSE]
    conversation_id = await opened(request, bearer(request))
    if house.telephone is None:
        raise ProblemError(503, "no_calls", "This shop takes no calls from the browser; write to it instead.")
    wait_s = house.calling.wait_s(conversation_id)
    if wait_s:
        raise too_fast("A conversation may call ten times a minute", wait_s)
    body = await read_json(request, CallOffer, _OFFER_BYTES)
    try:
        answer = await house.telephone.answer(conversation_id, body.sdp)
    except BusyError as error:
        raise ProblemError(
            503, "busy", "All lines are in use; call again in a moment.", headers={"Retry-After": str(_BUSY_S)}
        ) from error
    except MediaError as error:
        raise ProblemError(422, error.code, f"This is not the offer of a call: {error}.") from error
    return web.json_response({"type": "answer", "sdp": answer})
