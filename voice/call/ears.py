"""From frames of a line to utterances and silences."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.ports import Pcm
from voice.call.endpointing import WINDOW, WINDOW_S, Edge, Endpointing, Patience, Phase

log = logging.getLogger(__name__)

_PRE_ROLL = 10
"""Windows (320 ms) before the first certain one: the soft beginning of a word."""


class Attention(StrEnum):
    """What is listened for."""

    DEAF = "deaf"
    """The clerk speaks. What the caller says is not taken: on most lines our own echo is in it."""
    BUSY = "busy"
    """The clerk thinks. Utterances are taken; silence is the clerk's fault."""
    WAITING = "waiting"
    """It is the caller's turn; long silence is noticed."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the caller said."""

    pcm: Pcm
    """float32 at 16 kHz, with a little before it and the silence that ended it."""


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
        heard: asyncio.Queue[Heard],
        *,
        patience: Patience | None = None,
        silence_s: float = 8.0,
    ) -> None:
        """Listen with the voice activity stream `listen`; report silence after `silence_s`."""
        self._listen = listen
        self._heard = heard
        self._endpointing = Endpointing(patience)
        self._silence_s = silence_s
        self._attention = Attention.DEAF
        self._quiet_windows = 0
        self._pre_roll: deque[Pcm] = deque(maxlen=_PRE_ROLL)
        self._utterance: list[Pcm] = []
        self.quiet = asyncio.Event()
        """Set while the caller is not in the middle of an utterance."""
        self.quiet.set()

    def attend(self, attention: Attention) -> None:
        """Listen for something else from now on; deafness forgets an utterance that was going on."""
        self._attention = attention
        self._quiet_windows = 0
        if attention is Attention.DEAF:
            self._endpointing.reset()
            self._utterance = []
            self.quiet.set()

    def stir(self) -> None:
        """Begin to count silence anew: the caller did something else than speak."""
        self._quiet_windows = 0

    async def run(self, frames: AsyncIterator[Pcm]) -> None:
        """Listen until the line closes."""
        rest: Pcm = np.zeros(0, dtype=np.float32)
        async for frame in frames:
            rest = np.concatenate([rest, frame])
            while rest.size >= WINDOW:
                self._hear(rest[:WINDOW])
                rest = rest[WINDOW:]

    def _hear(self, window: Pcm) -> None:
        # The detector hears everything: it adapts to the line, and must know what went before.
        probability = self._listen(window)
        if self._attention is not Attention.DEAF:
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
            self.quiet.clear()
        self._utterance.append(window)
        if edge is Edge.STARTED:
            self._quiet_windows = 0
        elif edge in (Edge.ENDED, Edge.DROPPED):
            if edge is Edge.ENDED:
                self._tell(Utterance(np.concatenate(self._utterance)))
            self._utterance = []
            self.quiet.set()

    def _count_silence(self) -> None:
        if self._attention is not Attention.WAITING:
            return
        self._quiet_windows += 1
        if self._quiet_windows * WINDOW_S >= self._silence_s:
            self._quiet_windows = 0
            self._tell(Silence())

    def _tell(self, heard: Heard) -> None:
        try:
            self._heard.put_nowait(heard)
        except asyncio.QueueFull:
            log.warning("an utterance was dropped: the clerk is %d behind", self._heard.qsize())
