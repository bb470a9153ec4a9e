"""When an utterance begins and ends: a state machine over probabilities of speech.

It counts windows of sound and never looks at a clock, so a test (or a stalled machine) changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WINDOW = 512
"""Samples of one window at 16 kHz, as `core.ports.VoiceActivity` takes them."""
WINDOW_S = WINDOW / 16_000


class Phase(StrEnum):
    """What the caller is doing."""

    QUIET = "quiet"
    PERHAPS = "perhaps"
    """Sound that may become speech or may be a click."""
    SPEAKING = "speaking"


class Edge(StrEnum):
    """What just happened."""

    STARTED = "started"
    """Speech is certain: the moment at which a clerk may be interrupted."""
    ENDED = "ended"
    """The utterance is over, or so long that it must be taken as it is."""
    DROPPED = "dropped"
    """It was a click or a cough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait, and for what."""

    start: float = 0.5
    """Probability from which a window counts as speech."""
    keep: float = 0.35
    """Probability from which speech that began goes on: lower, for soft ends of words."""
    min_speech_s: float = 0.16
    """Less is a click; "yes" and "对" are longer."""
    click_s: float = 0.25
    """Silence after which too short a sound is forgotten."""
    trailing_s: float = 0.7
    """Silence that ends an utterance."""
    cap_s: float = 20.0
    """Longest utterance; what follows begins another."""


class Endpointing:
    """Follow one caller."""

    def __init__(self, patience: Patience | None = None) -> None:
        """Begin in silence."""
        self.patience = patience or Patience()
        """May be replaced while the call goes on; it holds from the next window."""
        self.phase = Phase.QUIET
        self._windows = self._voiced = self._silent = 0

    def reset(self) -> None:
        """Forget what was being said."""
        self.phase = Phase.QUIET
        self._windows = self._voiced = self._silent = 0

    def hear(self, probability: float) -> Edge | None:
        """Take the next window's probability of speech and return what happened, if anything did."""
        if self.phase is Phase.QUIET:
            if probability < self.patience.start:
                return None
            self.phase = Phase.PERHAPS
        self._count(probability)
        return self._perhaps() if self.phase is Phase.PERHAPS else self._speaking()

    def _count(self, probability: float) -> None:
        self._windows += 1
        if probability >= (self.patience.keep if self.phase is Phase.SPEAKING else self.patience.start):
            self._voiced += 1
            self._silent = 0
        else:
            self._silent += 1

    def _perhaps(self) -> Edge | None:
        if self._voiced * WINDOW_S >= self.patience.min_speech_s:
            self.phase = Phase.SPEAKING
            return Edge.STARTED
        if self._silent * WINDOW_S >= self.patience.click_s:
            self.reset()
            return Edge.DROPPED
        return None

    def _speaking(self) -> Edge | None:
        is_over = self._silent * WINDOW_S >= self.patience.trailing_s
        if is_over or self._windows * WINDOW_S >= self.patience.cap_s:
            self.reset()
            return Edge.ENDED
        return None
