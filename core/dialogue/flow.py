"""Flows: what the clerk does step by step, as data.

A flow is a file of steps. `collect` waits for the customer, `validate` checks what was said, `branch`
chooses, `act` does something (the only steps that reach the shop), `say` speaks, `link` runs another
flow and comes back, `confirm` reads something out and waits for a yes. In domain packs, which bring no
acts of their own, `policy` judges by the pack's rules, `ticket` reads the facts out, asks for a yes and
writes a ticket, and `answer` quotes a page of the pack's knowledge. A step goes on with the next one
unless it names another in `then`, `results`, `cases`, `back` and the like; "end" finishes the flow,
"fail" gives it up together with those that linked to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from core.packs.slots import Slot

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
    given: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Slots of the other flow that are known from here."""
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Judge what is known by a group of the pack's rules; a denial says its clause and goes to `denied`."""

    id: str
    group: str
    denied: str
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Read the facts out, wait for a yes, and write a ticket with exactly these facts."""

    id: str
    topic: str
    facts: tuple[str, ...]
    """Slots; one that is not known, because the flow had no need to ask, is left out."""
    group: str = ""
    """The rules that the facts must pass, judged before they are read out and again where they are written."""
    priority: str = "normal"
    refused: str = END
    """Where a no leads."""
    denied: str = END
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Quote a page of the pack's knowledge."""

    id: str
    page: str
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Read out what would be done; a plain yes or no decides, and whatever else is said about it changes it."""

    id: str
    show: str
    """The act that reads it out and asks."""
    yes: str
    no: str
    changed: str
    """Where to go when the customer says something else about it, that is, fills slot "said"."""
    then: str


Step: TypeAlias = Collect | Validate | Branch | Act | Say | Link | Confirm | Policy | Ticket | Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A named way through some business."""

    name: str
    about: Mapping[str, str]
    """What it is about, per language, for "back to ..."; empty for flows that only others link to."""
    steps: Mapping[str, Step]
    first: str
    slots: Mapping[str, Slot] = field(default_factory=lambda: MappingProxyType({}))
    """What it has to know of its own; forgotten when it begins anew."""
