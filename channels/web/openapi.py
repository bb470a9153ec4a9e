"""The OpenAPI 3.1 document, made from the list of routes and the models of the bodies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from channels.web import problems
from channels.web.route import Route
from channels.web.schemas import Problem

DOCUMENT: web.AppKey[Mapping[str, Any]] = web.AppKey("openapi", Mapping)

_FILES = {
    "image": {"type": "array", "items": {"type": "string", "contentMediaType": "image/*"}},
    "video": {"type": "array", "items": {"type": "string", "contentMediaType": "video/*"}},
    "audio": {"type": "string", "contentMediaType": "audio/*"},
}
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "The token that came with the conversation."},
    "api_key": {"type": "http", "scheme": "bearer", "description": "The API key of web.api_key."},
    "key": {"type": "http", "scheme": "bearer", "description": "The API key of web.admin_key."},
}


async def openapi(request: web.Request) -> web.StreamResponse:
    """GET /openapi.json: return the document."""
    return web.json_response(request.app[DOCUMENT], headers={"Cache-Control": "public, max-age=300"})


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """Return the document that describes `routes` (https://spec.openapis.org/oas/v3.1.1.html)."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Zhanggui",
            "version": version,
            "summary": "The clerk of an online shop: sees, hears, speaks and settles business.",
        },
        "paths": paths,
        "components": {"schemas": _schemas(routes), "securitySchemes": _SECURITY},
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": "_".join([route.method.lower(), *re.findall(r"\w+", route.path)]),
        "summary": route.summary,
        "responses": {
            str(route.status): {"description": route.summary, "content": _content(route.answers)},
            **{str(status): _problem(status) for status in route.problems},
            "default": {"description": "An error.", "content": _content(Problem, problems.CONTENT_TYPE)},
        },
    }
    parameters = [_parameter(name, "path", "") for name in re.findall(r"{(\w+)}", route.path)]
    parameters += [_parameter(name, "query", about) for name, about in route.query.items()]
    if parameters:
        operation["parameters"] = parameters
    if route.takes is not None:
        operation["requestBody"] = {"required": True, "content": _request_content(route)}
    if route.opened_by:
        operation["security"] = [{route.opened_by: []}]
    return operation


def _request_content(route: Route) -> dict[str, Any]:
    content = _content(route.takes or "")
    if route.takes_form and route.takes is not None:
        form = {"allOf": [_reference(route.takes), {"type": "object", "properties": _FILES}]}
        content["multipart/form-data"] = {"schema": form}
    return content


def _problem(status: int) -> dict[str, Any]:
    return {"description": problems.title(status), "content": _content(Problem, problems.CONTENT_TYPE)}


def _parameter(name: str, place: str, about: str) -> dict[str, Any]:
    parameter: dict[str, Any] = {"name": name, "in": place, "schema": {"type": "string"}, "required": place == "path"}
    return {**parameter, "description": about} if about else parameter


def _content(body: type[BaseModel] | str, media_type: str = "application/json") -> dict[str, Any]:
    if isinstance(body, str):
        return {body: {}}
    return {media_type: {"schema": _reference(body)}}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _schemas(routes: Iterable[Route]) -> dict[str, Any]:
    modes: dict[type[BaseModel], Literal["validation", "serialization"]] = {Problem: "serialization"}
    for route in routes:
        if isinstance(route.answers, type):
            modes[route.answers] = "serialization"
        if route.takes is not None:
            modes[route.takes] = "validation"
    _, found = models_json_schema(list(modes.items()), ref_template="#/components/schemas/{model}")
    schemas: dict[str, Any] = found["$defs"]
    return schemas
