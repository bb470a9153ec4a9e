"""Whether the server lives, is ready, and how it fares."""

from __future__ import annotations

from aiohttp import web

from channels.web.house import HOUSE


async def healthz(_request: web.Request) -> web.StreamResponse:
    """GET /healthz: return 200 while the process answers at all."""
    return web.json_response({"status": "ok", "checks": {}})


async def readyz(request: web.Request) -> web.StreamResponse:
    """GET /readyz: return 200 when every part is up, else 503 with what is missing."""
    checks = dict(await request.app[HOUSE].ready())
    up = all(checks.values())
    return web.json_response({"status": "ok" if up else "starting", "checks": checks}, status=200 if up else 503)


async def metrics(request: web.Request) -> web.StreamResponse:
    """GET /metrics: return the counters in the Prometheus text format."""
    return web.Response(
        body=request.app[HOUSE].metrics.text(),
        headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
    )
