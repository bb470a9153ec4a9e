"""What happened in one call: for the shop, and for those who make it faster."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from core.call_ports import LineQuality, MediaTransport
from voice.call.line_score import mean_opinion

Direction: TypeAlias = Literal["in", "out"]


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
    """The other side's number, whoever called; empty when withheld."""
    conversation_id: str
    began_at: datetime
    direction: Direction = "in"
    waited_s: float | None = None
    """In the queue, where the lines were busy."""
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
    recording: str = ""
    """Name of the file in the folder of recordings; empty: nothing was recorded."""
    recording_sha256: str = ""
    """Of the finished file, so that nobody changes it unseen."""
    consent: str = ""
    """What was agreed about the recording: "announced", "agreed", "refused", "withdrawn"; empty where it is off."""
    answered_by: str = ""
    """Of a call that we made: "human", "machine" or "unknown"."""
    transfer: str = ""
    """What became of a wish for a person: "connected", "declined", "not answered: ..."."""
    handed_over: str = ""
    """What the person who was fetched can read: who calls, what for, and what was said."""
    ended_at: datetime | None = None
    ended: str = ""
    """Why the call is over: "the caller hung up", "put through", ..."""

    @classmethod
    def of(cls, line: MediaTransport, *, direction: Direction = "in") -> CallRecord:
        """Begin the record of the call on a line; a line may belong to a conversation that began elsewhere.

        Dialplans often hand out the same id for every call; the next caller must not meet this one's session.
        """
        call_id = f"{line.call_id}:{uuid.uuid4().hex}"
        return cls(
            call_id=call_id,
            caller=line.caller,
            conversation_id=getattr(line, "conversation_id", "") or f"phone:{call_id}",
            began_at=datetime.now(UTC),
            direction=direction,
        )

    def finish(self, quality: LineQuality) -> None:
        """Close the record, with how the line was in the end."""
        self.quality = quality
        self.ended_at = datetime.now(UTC)

    @property
    def seconds(self) -> float:
        """Return how long the call has lasted."""
        return ((self.ended_at or datetime.now(UTC)) - self.began_at).total_seconds()

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON, with the score of the line; `core.journal.calls` keeps it so."""
        return {
            **asdict(self),
            "began_at": self.began_at.isoformat(),
            "ended_at": self.ended_at and self.ended_at.isoformat(),
            "seconds": round(self.seconds, 3),
            "mos": mean_opinion(self.quality),
        }


Keep: TypeAlias = Callable[[CallRecord], Awaitable[None]]
"""Store a record, in place of what was stored of the same call before."""


async def forget(_record: CallRecord) -> None:
    """Keep nothing: a house without a store."""
