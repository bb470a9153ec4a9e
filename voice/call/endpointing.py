"""When an utterance begins, pauses and ends: a state machine over probabilities of speech.

It counts windows of sound and never looks at a clock, so a test (or a stalled machine) changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

WINDOW = 512
"""Samples of one window at 16 kHz, as `core.call_ports.VoiceActivity` takes them."""
WINDOW_S = WINDOW / 16_000


class Phase(StrEnum):
    """What the caller is doing."""

    QUIET = "quiet"
    PERHAPS = "perhaps"
    """Sound that may become speech or may be a click."""
    SPEAKING = "speaking"
    PAUSED = "paused"
    """Silence after words; more may come."""


class Edge(StrEnum):
    """What just happened."""

    STARTED = "started"
    """Speech is certain: the moment at which a clerk is interrupted."""
    PAUSED = "paused"
    """It may be over: the moment to find out what was said."""
    RESUMED = "resumed"
    """It was not over."""
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
    pause_s: float = 0.03
    """Silence after which the words so far are recognised, in case that they are all: one window. Three of them would
    spare one attempt in twelve, and no word is heard better for them."""
    again_s: float = 0.09
    """Sound in a pause that is speech again; less is a breath."""
    early_s: float = 0.3
    """Silence that ends what is surely finished."""
    trailing_s: float = 0.7
    """Silence that ends an utterance of which nothing is known."""
    doubtful_s: float = 1.1
    """Silence that ends what sounds unfinished."""
    dictated_s: float = 1.5
    """Silence between the parts of an id or an address."""
    hold_s: float = 2.4
    """Silence that ends what cannot be all: "because", half a number."""
    unheard_s: float = 1.5
    """Silence that ends an utterance of which the words are not known yet."""
    cap_s: float = 20.0
    """Longest utterance; what follows begins another."""


class Endpointing:
    """Follow one caller."""

    def __init__(self, patience: Patience | None = None) -> None:
        """Begin in silence."""
        self.patience = patience or Patience()
        """May be replaced while the call goes on; it holds from the next window."""
        self.hold_s = self.patience.trailing_s
        """Silence that ends this utterance; whoever knows more changes it during a pause."""
        self.ended_silent_s = 0.0
        """Silence at the end of the utterance that was over last."""
        self.reset()

    def reset(self) -> None:
        """Forget what was being said."""
        self.phase = Phase.QUIET
        self._windows = self._voiced = self._silent = self._again = 0

    @property
    def silent_s(self) -> float:
        """Return for how long nothing was said."""
        return self._silent * WINDOW_S

    @property
    def lasted_s(self) -> float:
        """Return how long ago the utterance began."""
        return self._windows * WINDOW_S

    def hear(self, probability: float) -> Edge | None:
        """Take the next window's probability of speech and return what happened, if anything did."""
        if self.phase is Phase.QUIET:
            if probability < self.patience.start:
                return None
            self.phase = Phase.PERHAPS
        self._windows += 1
        match self.phase:
            case Phase.PERHAPS:
                return self._perhaps(probability >= self.patience.start)
            case Phase.PAUSED:
                return self._paused(probability >= self.patience.start)
            case _:
                return self._speaking(probability >= self.patience.keep)

    def _perhaps(self, is_voiced: bool) -> Edge | None:
        self._voiced += is_voiced
        self._silent = 0 if is_voiced else self._silent + 1
        if self._voiced * WINDOW_S >= self.patience.min_speech_s:
            self.phase = Phase.SPEAKING
            return Edge.STARTED
        if self.silent_s >= self.patience.click_s:
            self.reset()
            return Edge.DROPPED
        return None

    def _speaking(self, is_voiced: bool) -> Edge | None:
        self._silent = 0 if is_voiced else self._silent + 1
        if self.lasted_s >= self.patience.cap_s:
            return self._ended()
        if self.silent_s >= self.patience.pause_s:
            self.phase, self._again = Phase.PAUSED, 0
            self.hold_s = self.patience.trailing_s
            return Edge.PAUSED
        return None

    def _paused(self, is_voiced: bool) -> Edge | None:
        self._silent += 1  # a breath does not begin the silence anew
        self._again = self._again + 1 if is_voiced else 0
        if self._again * WINDOW_S >= self.patience.again_s:
            self.phase, self._silent = Phase.SPEAKING, 0
            return Edge.RESUMED
        return self.settle()

    def settle(self) -> Edge | None:
        """Return `Edge.ENDED` in a pause that has lasted for `hold_s`, which may just have become less."""
        if self.phase is Phase.PAUSED and not self._again and self.silent_s >= self.hold_s:
            return self._ended()
        return None

    def _ended(self) -> Edge:
        self.ended_silent_s = self.silent_s
        self.reset()
        return Edge.ENDED
