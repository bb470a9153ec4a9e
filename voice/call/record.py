"""What happened in one call: for the shop, and for those who make it faster."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.ports import LineQuality


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTimes:
    """When the stages of one turn were over, in seconds after the caller's last sound."""

    ended_s: float
    """The utterance was taken as finished."""
    heard_s: float
    """Its words were known."""
    answered_s: float
    """The first words of the reply were known."""
    spoken_s: float
    """The first sound of the reply was sent."""


@dataclass(slots=True, kw_only=True)
class CallRecord:
    """One call, written while it goes on."""

    call_id: str
    caller: str
    conversation_id: str
    began_at: datetime
    greeted_s: float | None = None
    """From the answer to the first sound of the greeting."""
    turns: list[TurnTimes] = field(default_factory=list)
    interruptions: list[float] = field(default_factory=list)
    """For each time that the caller interrupted: seconds from the first sound of it to our silence."""
    false_alarms: int = 0
    """Times that we fell silent for what was no interruption, and went on."""
    backchannels: int = 0
    """Times that the caller said "uh-huh" and we spoke on."""
    fillers: int = 0
    silences: int = 0
    quality: LineQuality = field(default_factory=LineQuality)
    ended: str = ""
    """Why the call is over: "the caller hung up", "put through", ..."""
