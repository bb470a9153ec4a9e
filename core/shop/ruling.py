"""What a policy says about an action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whether an action may be done, and the clause that says so."""

    allowed: bool
    clause: str
    """"cancel/not_pending", "tickets/anyone", ...: stable, for the record, the words and the tests."""
    needs: str = ""
    """The argument that lacks, where asking for it mends the denial: "reason", "item_ids", ..."""
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What the sentence about the clause names: {"status": "shipped", "days": "30"}; amounts as plain numbers."""
    warnings: tuple[str, ...] = ()
    """Clauses that the customer must hear before they say yes: "items/once_only"."""
