"""The seams of a call: the line that carries it, who dials, and what tells that somebody speaks.

Only the standard library is imported at run time; `Pcm` is what `core.ports` says.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from core.ports import Capabilities, Pcm


class VoiceActivity(Protocol):
    """Tell whether somebody is speaking."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the sampling rate."""
        ...

    def stream(self) -> Callable[[Pcm], float]:
        """Return a listener of its own state: 512 samples at 16 kHz in, probability of speech out."""
        ...


class TurnDetector(Protocol):
    """Tell whether who paused has finished."""

    @property
    def capabilities(self) -> Capabilities:
        """Say the languages and the sampling rate."""
        ...

    async def finished(self, speech: Pcm) -> float:
        """Return the probability (0 to 1) that `speech` (16 kHz, up to the pause) is a finished turn."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuality:
    """How a line carried the caller's sound; all zero where the line has no packets of its own (TCP, WebSocket)."""

    received: int = 0
    """Packets that came and were played."""
    lost: int = 0
    """Packets that never came or came too late."""
    gaps: int = 0
    """Runs of packets in a row that were lost; 0 where nobody counts them."""
    reordered: int = 0
    """Packets that came after a later one."""
    jitter_ms: float = 0.0
    """Interarrival jitter (RFC 3550, section 6.4.1)."""
    round_trip_ms: float = 0.0
    """Of RTCP, where the far side reports."""


class MediaTransport(Protocol):
    """One call's line, whatever carries it. A frame is 20 ms: 320 samples at 16 kHz."""

    @property
    def caller(self) -> str:
        """Return who calls, as the line says; empty when withheld."""
        ...

    @property
    def call_id(self) -> str:
        """Return the line's own id of the call."""
        ...

    def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what the caller says, a frame each 20 ms, until the line closes."""
        ...

    async def send(self, frame: Pcm) -> None:
        """Send one frame; the session paces."""
        ...

    async def mark(self, name: str) -> None:
        """Ask to be told (through `played`) when all that was sent before has been heard."""
        ...

    async def played(self, name: str) -> None:
        """Wait until the mark was reached or flushed."""
        ...

    async def flush(self) -> float:
        """Drop what was sent and not yet heard; return the milliseconds that were heard since the last mark."""
        ...

    def dtmf(self) -> AsyncIterator[str]:
        """Yield keys pressed: one of 0-9, *, #, A-D."""
        ...

    async def transfer(self, target: str) -> bool:
        """Put the caller through; True only when the far side confirmed."""
        ...

    async def hang_up(self) -> None:
        """End the call; safe to call twice."""
        ...

    def quality(self) -> LineQuality:
        """Return how the line has carried the caller's sound so far."""
        ...


class Dialer(Protocol):
    """Call somebody."""

    async def dial(self, target: str, *, ring_s: float = 30.0) -> MediaTransport:
        """Call `target` and return the line once it was answered, by whomever; `hang_up` ends it.

        Raises `NotAnsweredError`, whose message says why: busy, declined, nobody within `ring_s`, no such address.
        """
        ...
