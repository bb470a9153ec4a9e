"""One address of the channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel

from channels.web.trace import Handler

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address and what is known about it."""

    method: str = "GET"
    path: str
    handler: Handler
    summary: str
    answers: type[BaseModel] | str = "application/octet-stream"
    """The model of the answer's body, or its media type."""
    status: int = 200
    takes: type[BaseModel] | None = None
    takes_form: bool = False
    """Whether the body may be a form with `image` and `audio` files as well."""
    query: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Name -> what it is for."""
    opened_by: Literal["", "token", "key", "api_key"] = ""
    """The conversation's token, the admin key, the key for programs, or nothing."""
    problems: tuple[int, ...] = ()
    """Statuses of the errors that belong to this address; 500 may come anywhere."""
