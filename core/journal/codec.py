"""Dataclasses to JSON and back, for the record. Unions carry the name of their type."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from cattrs.preconf.json import make_converter
from cattrs.strategies import configure_tagged_union

from core.types import Command, Part

T = TypeVar("T")

_CONVERTER = make_converter()
configure_tagged_union(Command, _CONVERTER)
configure_tagged_union(Part, _CONVERTER)
_CONVERTER.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)


def encode(value: object) -> str:
    """Return `value`, one of the dataclasses of core.types, as JSON text."""
    return json.dumps(_CONVERTER.unstructure(value), ensure_ascii=False, separators=(",", ":"))


def decode(text: str, kind: type[T]) -> T:
    """Return the dataclass that `encode` wrote."""
    loaded: Any = json.loads(text)
    return _CONVERTER.structure(loaded, kind)
