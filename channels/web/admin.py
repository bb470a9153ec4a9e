"""What the shop's people see, behind the API key."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from channels.web.conversations import unauthorized
from channels.web.doors import has_key
from channels.web.house import HOUSE, AdminViews
from channels.web.media import content_type, stored_file, stored_path
from channels.web.problems import ProblemError

_ROWS = 100
_MOST_ROWS = 1000
_LANGUAGES = ("zh", "en")


async def conversations(request: web.Request) -> web.StreamResponse:
    """GET /v1/admin/conversations: return the latest conversations."""
    return await _rows(request, lambda views, limit: views.conversations(limit=limit))


async def tickets(request: web.Request) -> web.StreamResponse:
    """GET /v1/admin/tickets: return the latest tickets."""
    return await _rows(request, lambda views, limit: views.tickets(limit=limit))


async def handoffs(request: web.Request) -> web.StreamResponse:
    """GET /v1/admin/handoffs: return the latest calls for a person."""
    return await _rows(request, lambda views, limit: views.handoffs(limit=limit))


async def conversation(request: web.Request) -> web.StreamResponse:
    """GET /v1/admin/conversations/{id}: return one conversation with its turns, translated for who reads it."""
    views = _views(request)
    language = request.query.get("language")
    if language not in (None, *_LANGUAGES):
        raise ProblemError(400, "invalid_query", f"language is one of {', '.join(_LANGUAGES)}.")
    found = await views.conversation(request.match_info["id"], language=language)
    if found is None:
        raise ProblemError(404, "unknown_conversation", "There is no such conversation.")
    return shown(found)


async def media(request: web.Request) -> web.StreamResponse:
    """GET /v1/admin/media/{id}: return a photo or recording that staff ask for, one that is withheld included."""
    require_key(request)
    path = stored_path(request.app[HOUSE], request.match_info["id"])
    return stored_file(path, content_type(path), "private, no-store")


async def _rows(
    request: web.Request, read: Callable[[AdminViews, int], Awaitable[Sequence[Mapping[str, Any]]]]
) -> web.StreamResponse:
    views = _views(request)
    return shown({"items": [dict(row) for row in await read(views, limit_of(request))]})


def limit_of(request: web.Request) -> int:
    """Return how many rows are wanted; raises `ProblemError` 400 for what is no number in bounds."""
    limit = request.query.get("limit", str(_ROWS))
    if not limit.isdecimal() or not 1 <= int(limit) <= _MOST_ROWS:
        raise ProblemError(400, "invalid_query", f"limit is a number from 1 to {_MOST_ROWS}.")
    return int(limit)


def shown(body: Mapping[str, Any], *, status: int = 200) -> web.Response:
    """Return JSON with Chinese as Chinese: people read it in a terminal."""
    return web.json_response(text=json.dumps(body, ensure_ascii=False), status=status)


def require_key(request: web.Request) -> None:
    """Refuse who does not have the admin key; compared in constant time."""
    key = request.app[HOUSE].settings.admin_key
    if not key.get_secret_value():
        raise _shut()
    if not has_key(request, key):
        raise unauthorized("Send the API key of web.admin_key: Authorization: Bearer KEY.")


def _views(request: web.Request) -> AdminViews:
    """Return the views, if the API key opens them."""
    require_key(request)
    if (views := request.app[HOUSE].admin) is None:
        raise _shut()
    return views


def _shut() -> ProblemError:
    return ProblemError(403, "admin_closed", "Administration is shut; set ZHANGGUI_WEB__ADMIN_KEY to open it.")
