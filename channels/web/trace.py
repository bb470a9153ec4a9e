"""One id per request, in the log, in the turn and in the response."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable

from aiohttp import web

from channels.web import problems
from channels.web.house import HOUSE
from channels.web.problems import ProblemError

log = logging.getLogger(__name__)
_TRACE: web.RequestKey[str] = web.RequestKey("trace_id", str)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def trace_id(request: web.Request) -> str:
    """Return the id of the request."""
    return request[_TRACE]


@web.middleware
async def traced(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, turn every error into a problem, and count the outcome.

    The log gets the kind of an error and where it happened, never its words: they may quote a customer.
    """
    request[_TRACE] = secrets.token_hex(16)
    try:
        response = await handler(request)
    except ProblemError as problem:
        response = problems.response(problem, trace_id(request))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        response = problems.response(problems.of_http(error, request.path, request.method), trace_id(request))
    except Exception as error:  # the last line of defence: the customer gets an answer, the log the place
        log.error("request %s failed: %s\n%s", trace_id(request), type(error).__name__, _place(error))
        response = problems.response(
            ProblemError(500, "internal", "The clerk failed; send it again with the same id."), trace_id(request)
        )
    request.app[HOUSE].metrics.requests.labels(request.method, _route(request), str(response.status)).inc()
    if not response.prepared:
        response.headers["X-Trace-Id"] = trace_id(request)
    return response


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "other"


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return "\n".join(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
