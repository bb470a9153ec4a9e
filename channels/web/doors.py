"""Who may call from a browser, and what a browser may do with the answer."""

from __future__ import annotations

import hmac

from aiohttp import web
from pydantic import SecretStr

from channels.web.house import HOUSE
from channels.web.trace import Handler

_METHODS = "GET, POST, OPTIONS"
_HEADERS = "Authorization, Content-Type"
_PREFLIGHT_S = 3600

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"


def admits(request: web.Request) -> bool:
    """Return whether the request's origin may use the API: our own pages, and the sites in the settings."""
    origin = request.headers.get("Origin")
    allowed = request.app[HOUSE].settings.allowed_origins
    own = {f"http://{request.host}", f"https://{request.host}"}
    return origin is None or "*" in allowed or origin in allowed or origin in own


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer preflights and set the headers of CORS and of safety."""
    preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    response = web.Response(status=204) if preflight else await handler(request)
    if response.prepared:  # a stream or a file that is already under way
        return response
    headers = response.headers
    if "Origin" in request.headers and admits(request):
        everyone = "*" in request.app[HOUSE].settings.allowed_origins
        headers["Access-Control-Allow-Origin"] = "*" if everyone else request.headers["Origin"]
        headers["Access-Control-Expose-Headers"] = "Retry-After, X-Trace-Id"
        headers["Vary"] = "Origin"
        if preflight:
            headers["Access-Control-Allow-Methods"] = _METHODS
            headers["Access-Control-Allow-Headers"] = _HEADERS
            headers["Access-Control-Max-Age"] = str(_PREFLIGHT_S)
    return response


def has_key(request: web.Request, key: SecretStr) -> bool:
    """Return whether a request carries a key of the settings as its bearer token, in constant time."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    own = key.get_secret_value().encode()
    return bool(own) and scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), own)


async def secured(request: web.Request, response: web.StreamResponse) -> None:
    """Set the headers of safety just before a response goes out (a signal, so that files have them too)."""
    headers = response.headers
    page = headers.get("Content-Type", "").startswith("text/html")
    headers.setdefault("Content-Security-Policy", _PAGE_POLICY if page else _API_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
    headers.setdefault("Cache-Control", "no-store")
