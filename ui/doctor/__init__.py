"""What is installed, configured, present, reachable and missing, each with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing was found."""

    OK = "ok"
    OPTIONAL = "optional"
    """Not here, and nothing that is configured needs it."""
    WARNING = "warning"
    MISSING = "missing"
    """The configuration needs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report."""

    name: str
    state: State
    detail: str
    remedy: str = ""
    """What to do; empty when all is well."""
