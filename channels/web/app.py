"""The aiohttp application: routes, doors and the OpenAPI document."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from aiohttp import web

from channels.web import doors, openapi, stream, trace
from channels.web.house import HOUSE, House
from channels.web.routes import ROUTES


def make_app(house: House) -> web.Application:
    """Return the application that serves `house`; bodies are bounded by the handlers as they stream in."""
    app = web.Application(middlewares=[doors.guarded, trace.traced])
    app[HOUSE] = house
    app[openapi.DOCUMENT] = openapi.document(ROUTES, _version())
    app[stream.OPEN] = stream.Streams()
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
    app.on_response_prepare.append(doors.secured)
    app.on_shutdown.append(stream.close_all)
    return app


def _version() -> str:
    try:
        return version("zhanggui")
    except PackageNotFoundError:  # a checkout that was not installed
        return "0"
