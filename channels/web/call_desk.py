"""Telephone calls at the staff's API: what happened in them, their recordings, and calls to be made."""

from __future__ import annotations

from aiohttp import web

from channels.web.admin import limit_of, require_key, shown
from channels.web.house import HOUSE, CallViews
from channels.web.incoming import read_json
from channels.web.media import stored_file
from channels.web.problems import ProblemError
from channels.web.schemas import NewCall
from core.errors import ConfigError

_BODY_BYTES = 16_000


async def calls(request: web.Request) -> web.StreamResponse:
    """GET /v1/admin/calls: return the latest calls."""
    views = _views(request)
    return shown({"items": [dict(call) for call in await views.calls(limit=limit_of(request))]})


async def call(request: web.Request) -> web.StreamResponse:
    """GET /v1/admin/calls/{id}: return one call."""
    found = await _views(request).call(request.match_info["id"])
    if found is None:
        raise ProblemError(404, "unknown_call", "There is no such call.")
    return shown(found)


async def recording(request: web.Request) -> web.StreamResponse:
    """GET /v1/admin/calls/{id}/recording: return the sound of a call; that it was fetched is written down first."""
    file = await _views(request).recording(request.match_info["id"], by=f"admin key from {request.remote}")
    if file is None:
        raise ProblemError(404, "not_found", "The call was not recorded, or its recording was deleted.")
    return stored_file(file, "audio/ogg", "no-store")


async def erase(request: web.Request) -> web.StreamResponse:
    """DELETE /v1/admin/calls/{id}: forget a call and its recording."""
    if not await _views(request).erase(request.match_info["id"]):
        raise ProblemError(404, "unknown_call", "There is no such call.")
    return web.Response(status=204)


async def outgoing(request: web.Request) -> web.StreamResponse:
    """GET /v1/admin/outgoing: return the latest calls that were to be made."""
    views = _views(request)
    return shown({"items": [dict(call) for call in await views.outgoing(limit=limit_of(request))]})


async def place(request: web.Request) -> web.StreamResponse:
    """POST /v1/admin/calls: have somebody called; the same id again calls nobody twice."""
    views = _views(request)
    body = await read_json(request, NewCall, _BODY_BYTES)
    try:
        placed = await views.place(
            key=body.id,
            number=body.number,
            text=body.text,
            order=body.order,
            notice=body.notice,
            language=body.language,
        )
    except ConfigError as error:
        raise ProblemError(422, "cannot_call", f"{error}.") from error
    return shown(placed, status=202)


def _views(request: web.Request) -> CallViews:
    require_key(request)
    views = request.app[HOUSE].calls
    if views is None:
        raise ProblemError(404, "no_phone", "This house keeps no calls.")
    return views
