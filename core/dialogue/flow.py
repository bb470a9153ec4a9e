"""Flows: what the clerk does step by step, as data.

A flow is a file of steps. `collect` waits for the customer, `validate` checks what was said, `branch`
chooses, `act` does something (the only steps that reach the shop), `say` speaks, `link` runs another
flow and comes back. A step goes on with the next one unless it names another in `then`, `results`,
`cases` or `back`; "end" finishes the flow, "fail" gives it up together with those that linked to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

END = "end"
FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Wait until one of the slots is known."""

    id: str
    slots: tuple[str, ...]
    ask: str = ""
    """The sentence that asks; empty when an act before it has asked already."""
    again: str = ""
    """The sentence for asking once more; empty for the same as before."""
    show: str = ""
    """The act that asks, where a sentence is not enough (a list with buttons)."""
    unless: str = ""
    """The check that makes asking needless (the customer proved who they are meanwhile)."""
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Validate:
    """Check a slot; when the check fails, say so, forget the value and go back."""

    id: str
    slot: str
    by: str
    """The name of the check."""
    otherwise: str
    """The sentence that explains the failure."""
    back: str
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Go on by the value of a slot; "" is the case of an unknown slot, "else" of any other value."""

    id: str
    slot: str
    cases: Mapping[str, str]
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Do something and go on by its result."""

    id: str
    act: str
    results: Mapping[str, str]
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Say a sentence."""

    id: str
    key: str
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Run another flow to its end, then go on."""

    id: str
    flow: str
    then: str


Step: TypeAlias = Collect | Validate | Branch | Act | Say | Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A named way through some business."""

    name: str
    about: Mapping[str, str]
    """What it is about, per language, for "back to ..."; empty for flows that only others link to."""
    steps: Mapping[str, Step]
    first: str
