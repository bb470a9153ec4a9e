"""Errors as RFC 9457 problem details: what was wrong, and what to do about it."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from core.errors import MediaError

CONTENT_TYPE = "application/problem+json"

_TITLES = {
    400: "The request is not understood",
    401: "A valid token is needed",
    403: "This is not open to you",
    404: "There is nothing at this address",
    405: "This method is not offered here",
    409: "The id was used for another message",
    413: "The request is too large",
    415: "This kind of content is not accepted",
    422: "The content cannot be used",
    426: "This address is a WebSocket",
    429: "Too many messages at once",
    500: "Something went wrong on our side",
    503: "The clerk is not ready",
}

_MEDIA_STATUS = {
    "too_large": 413,
    "too_many_pixels": 413,
    "not_an_image": 415,
    "not_audio": 415,
    "unsupported": 415,
    "not_a_video": 415,
    "is_video": 415,
    "too_slow": 503,
}
"""Code of a `MediaError` -> status; every other code is 422: the type is right, the content is not."""

_AGAIN_S = 10
"""After which a file that a busy machine did not open in time is worth another try."""

_MEDIA_HINTS = {
    "too_large": "Send a smaller file.",
    "not_an_image": "Send a photo as JPEG, PNG or WebP.",
    "not_audio": "Send a recording as WAV, Ogg, WebM, MP4 or MP3.",
    "unsupported": "Send a photo as JPEG, PNG or WebP, a recording as WAV, Ogg or MP3, a video as MP4 or WebM.",
    "not_a_video": "Send a video as MP4, MOV or WebM, or a photo.",
    "is_video": "Send a photo; a video is the form field `video` of POST /v1/conversations/{id}/messages.",
    "video_too_long": "Send a shorter part of the video, or a photo.",
    "too_many_pixels": "Send a smaller one.",
    "too_long": "Send a shorter recording.",
    "damaged": "The file is damaged; send it again, or another one.",
    "too_slow": "Send it again in a moment, or a shorter video, or a photo.",
    "empty": "The file is empty; send it again.",
}


class ProblemError(Exception):
    """A request that is refused; the middleware turns it into a response."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        """Keep what the response says; `more` are extension members (RFC 9457, 3.2)."""
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        self.more = more


def of_media(error: MediaError) -> ProblemError:
    """Return the refusal of a photo or recording, with the door's own code."""
    hint = _MEDIA_HINTS.get(error.code, "Send another file.")
    status = _MEDIA_STATUS.get(error.code, 422)
    headers = {"Retry-After": str(_AGAIN_S)} if status == 503 else {}
    return ProblemError(status, error.code, f"{str(error).rstrip('.')}. {hint}", headers=headers)


def title(status: int) -> str:
    """Return what a status says, whatever the detail."""
    return _TITLES.get(status, "The request failed")


def response(problem: ProblemError, trace_id: str) -> web.Response:
    """Return the problem as a response; `trace_id` finds the request in the log."""
    body = {
        "type": f"urn:zhanggui:problem:{problem.code}",
        "title": title(problem.status),
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "trace_id": trace_id,
        **problem.more,
    }
    return web.Response(
        status=problem.status,
        text=json.dumps(body, ensure_ascii=False),
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )


def of_http(error: web.HTTPException, path: str, method: str) -> ProblemError:
    """Return what aiohttp refused (no such address, wrong method, body too large) as a problem."""
    if error.status == 404:
        return ProblemError(404, "not_found", f"There is nothing at {path}; GET /openapi.json lists all addresses.")
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return ProblemError(
            405, "method_not_allowed", f"{method} is not offered at {path}; use {allowed}.", headers={"Allow": allowed}
        )
    return ProblemError(error.status, error.reason.lower().replace(" ", "_"), error.text or error.reason)
