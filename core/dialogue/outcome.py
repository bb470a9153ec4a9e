"""What the dialogue made of a message."""

from __future__ import annotations

from dataclasses import dataclass

from core.ports import Effect
from core.types import Citation, Expect, Language, Manner, Part, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One reply before it has an id."""

    parts: tuple[Part, ...]
    citations: tuple[Citation, ...] = ()
    fixed: bool = False
    """Whether its words must stand as they are: it admits that something is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What to say, what to do, and the session afterwards."""

    session: Session
    """The engine sets its version and last_reply."""
    bubbles: tuple[Bubble, ...]
    language: Language
    effects: tuple[Effect, ...] = ()
    """From `Shop.propose`; applied in the turn's transaction."""
    outcome: str
    """"answered", "asked", "handed_off", "unknown" or "failed"."""
    steps: tuple[str, ...] = ()
    """The steps of flows that were taken, in order: "identify.check"."""
    expects: Expect = ""
    manner: Manner = ""
