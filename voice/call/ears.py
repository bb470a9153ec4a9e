"""From frames of a line to utterances and silences, all the time, also while the clerk speaks."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from core.ports import Pcm
from voice.call.echo import as_it_is
from voice.call.endpointing import WINDOW, WINDOW_S, Edge, Endpointing, Patience, Phase
from voice.call.hearing import Guess, Hearing
from voice.call.level import Level

log = logging.getLogger(__name__)

_PRE_ROLL = 10
"""Windows (320 ms) before the first certain one: the soft beginning of a word."""
_CAREFUL_START = 0.65
"""Probability from which a window counts as speech while the clerk speaks: what is left of an echo is unsure."""

_AT_ONCE_S = 0.12
"""Speech that is certain while the clerk speaks: a pause for nothing is forgiven sooner than being talked over."""


class Attention(StrEnum):
    """What is listened for."""

    SPEAKING = "speaking"
    """The clerk speaks, and may be interrupted: more evidence is needed for speech."""
    BUSY = "busy"
    """The clerk thinks. Utterances are taken; silence is the clerk's fault."""
    WAITING = "waiting"
    """It is the caller's turn; long silence is noticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What the caller said, as far as it may be recognised yet."""

    guess: Guess
    """Its sound, and its words to come."""
    silent_s: float
    """For how long the caller had been silent when it was taken as over."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The caller said nothing for long."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The caller entered keys."""

    text: str


Heard = Utterance | Silence | Typed


class Ears:
    """Listen to one caller; what is heard goes to `heard`, the oldest first."""

    def __init__(
        self,
        listen: Callable[[Pcm], float],
        hearing: Hearing,
        heard: asyncio.Queue[Heard],
        *,
        patience: Patience | None = None,
        silence_s: float = 8.0,
        clean: Callable[[Pcm], Pcm] = as_it_is,
    ) -> None:
        """Listen with the voice activity stream `listen`; `clean` takes our own voice out of a frame first."""
        self._listen = listen
        self._hearing = hearing
        self._heard = heard
        self._clean = clean
        self._patience = patience or Patience()
        self._endpointing = Endpointing(self._patience)
        self.silence_s = silence_s
        """Silence after which it is told; whoever asked for a moment gets more."""
        self._attention = Attention.SPEAKING
        self._quiet_windows = 0
        self._level = Level()
        self._pre_roll: deque[Pcm] = deque(maxlen=_PRE_ROLL)
        self._utterance: list[Pcm] = []
        self._guess: Guess | None = None
        self._is_aside = False
        """Whether the utterance began while the clerk spoke."""
        self.quiet = asyncio.Event()
        """Set while the caller is not in the middle of an utterance."""
        self.quiet.set()
        self.stirred = asyncio.Event()
        """Set when the caller surely began to speak, was heard, or pressed a key; whoever waits for it clears it."""
        self.speaks_since_s: float | None = None
        """Sound since the caller began, at the moment when it was sure; None while nobody surely speaks."""

    def attend(self, attention: Attention) -> None:
        """Listen for something else from now on."""
        self._attention = attention
        self._quiet_windows = 0
        careful = replace(self._patience, start=_CAREFUL_START, min_speech_s=_AT_ONCE_S)
        self._endpointing.patience = careful if attention is Attention.SPEAKING else self._patience

    def stir(self) -> None:
        """Begin to count silence anew: the caller did something else than speak."""
        self._quiet_windows = 0
        self.stirred.set()

    async def run(self, frames: AsyncIterator[Pcm]) -> None:
        """Listen until the line closes."""
        rest: Pcm = np.zeros(0, dtype=np.float32)
        try:
            async for frame in frames:
                rest = np.concatenate([rest, self._clean(frame)])
                while rest.size >= WINDOW:
                    self._hear(rest[:WINDOW])
                    rest = rest[WINDOW:]
        finally:
            self._forget_guess()

    def _hear(self, window: Pcm) -> None:
        # The detector hears everything: it adapts to the line, and must know what went before.
        probability = self._listen(window)
        stands_out = self._level.stands_out(window, is_speech=probability >= self._patience.start)
        if self._attention is Attention.SPEAKING and not stands_out:
            probability = 0.0
        self._follow(probability, window)
        self._pre_roll.append(window)

    def _follow(self, probability: float, window: Pcm) -> None:
        was_quiet = self._endpointing.phase is Phase.QUIET
        edge = self._endpointing.hear(probability)
        if was_quiet and self._endpointing.phase is Phase.QUIET:
            self._count_silence()
            return
        if was_quiet:
            self._utterance = list(self._pre_roll)
            self._is_aside = self._attention is Attention.SPEAKING
            self.quiet.clear()
        self._utterance.append(window)
        match edge:
            case Edge.STARTED:
                self.speaks_since_s = self._endpointing.lasted_s
                self.stir()
            case Edge.PAUSED:
                self._guess = self._hearing.guess(np.concatenate(self._utterance), self._judge, is_aside=self._is_aside)
                self._endpointing.hold_s = self._patience.trailing_s if self._is_aside else self._patience.unheard_s
            case Edge.RESUMED:
                self._forget_guess()
            case Edge.ENDED:
                self._end()
            case Edge.DROPPED:
                self._close()

    def _judge(self, guess: Guess) -> None:
        """Wait for as long as the words ask for, now that they are known; the silence so far may be enough."""
        if guess is not self._guess or guess.hold_s is None:
            return
        self._endpointing.hold_s = guess.hold_s
        if self._endpointing.settle() is Edge.ENDED:
            self._end()

    def _end(self) -> None:
        guess = self._guess or self._hearing.guess(np.concatenate(self._utterance), is_aside=self._is_aside)
        self._guess = None
        said = Utterance(guess=guess, silent_s=self._endpointing.ended_silent_s)
        self._close()
        self._tell(said)

    def _close(self) -> None:
        self._utterance = []
        self.speaks_since_s = None
        self.quiet.set()

    def _forget_guess(self) -> None:
        if self._guess:
            self._guess.forget()
            self._guess = None

    def _count_silence(self) -> None:
        if self._attention is not Attention.WAITING:
            return
        self._quiet_windows += 1
        if self._quiet_windows * WINDOW_S >= self.silence_s:
            self._quiet_windows = 0
            self._tell(Silence())

    def _tell(self, heard: Heard) -> None:
        try:
            self._heard.put_nowait(heard)
        except asyncio.QueueFull:
            log.warning("an utterance was dropped: the clerk is %d behind", self._heard.qsize())
        self.stirred.set()
