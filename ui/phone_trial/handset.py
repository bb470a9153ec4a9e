"""The caller's telephone: a mouth, an ear, the room around them, and a network. Its time is counted in samples."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from channels.phone.codec import Resampler, to_float, to_int16
from core.call_ports import LineQuality
from core.ports import Pcm
from ui.phone_trial.network import Network
from ui.phone_trial.sound import RATE_HZ, Echo, at_level, noise_at, rms, room, voiced_span
from ui.phone_trial.uplink import Law, Uplink, through

FRAME = 320
"""Samples of one frame: 20 ms at 16 kHz."""
QUIET = 1e-3
"""Root mean square under which the clerk is silent: what is sent between words is exact silence."""


class LineClosedError(Exception):
    """The call is over while the caller still waited for something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What lies between a caller and the clerk."""

    network: Network = field(default_factory=Network)
    law: Law = "ulaw"
    echo_db: float | None = None
    """How loud the clerk's voice comes back, beside what went out; None: not at all."""
    echo_ms: float = 60.0
    room: Path | None = None
    """Response of the room that the echo comes through; None: a made-up one of 0.25 s."""
    noise: str = ""
    """"babble", or a file of noise; "" for none."""
    snr_db: float = 15.0
    seed: int = 0
    """The same seed loses the same packets."""


class Handset:
    """Take what the clerk sends, 20 ms at a time, and give what arrives of the caller for it."""

    def __init__(
        self, conditions: Conditions | None = None, *, noise: Pcm | None = None, response: Pcm | None = None
    ) -> None:
        """Begin a call; `noise` goes round, and `response` is the room's."""
        there = conditions or Conditions()
        self._uplink = Uplink(there.network, law=there.law, seed=there.seed)
        self._law = there.law
        self._noise = noise_at(noise, there.snr_db) if noise is not None and noise.size else None
        self._echo: Echo | None = None
        if there.echo_db is not None:
            self._echo = Echo(
                level_db=there.echo_db, delay_ms=there.echo_ms, response=room() if response is None else response
            )
        self._out, self._in = Resampler(RATE_HZ, 8_000), Resampler(8_000, RATE_HZ)
        self._from, self._to = Resampler(RATE_HZ, 8_000), Resampler(8_000, RATE_HZ)
        self._mouth: deque[Pcm] = deque()
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._ear: list[Pcm] = []
        self.loud_frames: list[int] = []
        """Frames in which the clerk was heard."""
        self.is_closed = False

    @property
    def now(self) -> int:
        """Return how many samples have passed."""
        return len(self._ear) * FRAME

    @property
    def heard(self) -> Pcm:
        """Return all that the ear got."""
        return np.concatenate(self._ear) if self._ear else np.zeros(0, dtype=np.float32)

    @property
    def is_silent(self) -> bool:
        """Return whether the caller has said all that was to be said."""
        return not self._mouth

    def quality(self) -> LineQuality:
        """Return how the caller's sound has been carried."""
        return self._uplink.quality()

    def say(self, pcm: Pcm) -> tuple[int, int]:
        """Speak after what is being said; return from which sample to which there will be voice.

        An entry of speech in pieces (with pauses within) counts as one.
        """
        sound = at_level(pcm)
        begin = self.now + len(self._mouth) * FRAME
        first, last = voiced_span(sound)
        sound = np.pad(sound, (0, -sound.size % FRAME))
        self._mouth.extend(sound.reshape(-1, FRAME))
        return begin + first, begin + last

    def tick(self, ear: Pcm) -> Pcm:
        """Let 20 ms pass: hear `ear`, and return the 20 ms of the caller that arrive meanwhile."""
        heard = self._to(to_float(through(self._law, to_int16(self._from(ear)))))
        self._ear.append(heard)
        if rms(heard) > QUIET:
            self.loud_frames.append(len(self._ear) - 1)
        mouth = self._mouth.popleft() if self._mouth else np.zeros(FRAME, dtype=np.float32)
        if self._noise is not None:
            at = (len(self._ear) - 1) * FRAME
            mouth = mouth + np.take(self._noise, np.arange(at, at + FRAME), mode="wrap")
        if self._echo:
            mouth = mouth + self._echo(heard)
        arrived = self._in(to_float(self._uplink.carry(to_int16(self._out(mouth)))))
        self._wake()
        return arrived

    async def until(self, happened: Callable[[], bool], *, within_s: float) -> bool:
        """Wait until it happened or `within_s` of the line's time have passed; return whether it did.

        Raises `LineClosedError` where the call ends first.
        """
        last = self.now + within_s * RATE_HZ
        if self.is_closed:
            raise LineClosedError
        if not happened():
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((lambda: happened() or self.now >= last, waiting))
            await waiting
        return happened()

    def close(self) -> None:
        """End the call; who waits is told. Safe to call twice."""
        self.is_closed = True
        for _, waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(LineClosedError())
        self._waiting.clear()

    def _wake(self) -> None:
        for one in list(self._waiting):
            happened, waiting = one
            if waiting.done() or happened():
                self._waiting.remove(one)
                if not waiting.done():
                    waiting.set_result(None)
