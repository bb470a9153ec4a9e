"""The caller of a case: speaks, presses keys, interrupts, waits for answers, hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from core.ports import Pcm
from ui.phone_trial.cases import Act
from ui.phone_trial.handset import FRAME, Handset, LineClosedError
from ui.phone_trial.sound import RATE_HZ
from ui.phone_trial.witness import Witness
from voice.call.session import CallSession

_OVER_S = 0.9
"""A clerk who is silent for so long, and works on nothing, has finished."""
_WAIT_S = 30.0
"""The longest that a caller waits for an answer."""
_LONG_S = 90.0
"""The longest answer that is heard out."""
_BETWEEN_KEYS_S = 0.2


class CallersEnd(Protocol):
    """The end of a line that a caller has."""

    handset: Handset
    sent: list[int]
    """When the clerk sent sound, in samples of the line's time; empty where it cannot be seen."""
    dropped_ms: float

    def press(self, key: str) -> None:
        """Press one key."""
        ...

    def stall(self, seconds: float) -> None:
        """Let the carrier play nothing for so long."""
        ...

    def drop(self) -> None:
        """End the call; safe to call twice."""
        ...

    async def hold(self, session: CallSession) -> None:
        """Let `session` talk over the line, and time pass, until the call is over."""
        ...


@dataclass(slots=True)
class Done:
    """What an act came to, in samples of the line's time."""

    act: Act
    begin: int
    """The caller's first sound, or the moment of an act without sound."""
    end: int
    """The caller's last sound."""
    is_answered: bool = True
    """Whether the clerk said anything afterwards."""


@dataclass(slots=True, kw_only=True)
class Caller:
    """Do one act after the other over a line."""

    line: CallersEnd
    witness: Witness
    sounds: Mapping[Act, Pcm]
    """The acts that are heard."""
    done: list[Done] = field(default_factory=list)

    @property
    def _handset(self) -> Handset:
        return self.line.handset

    async def play(self, acts: tuple[Act, ...]) -> None:
        """Wait for the greeting, do all acts, listen to the last answer, and hang up."""
        try:
            await self._finished(after=0)
            for act in acts:
                await self._begin(act)
                if act.hang_up:
                    break
                await self._do(act)
            else:
                await self._listen()
        except LineClosedError:
            pass  # the clerk hung up, which the judge will notice
        finally:
            self.line.drop()

    async def _begin(self, act: Act) -> None:
        """Wait for the moment at which the act is to begin."""
        if act.while_thinking:
            since = self.done[-1].begin if self.done else 0
            if not any(asked.at > since for asked in self.witness.asked):
                with suppress(TimeoutError):  # then it comes too late, and what is expected tells
                    async with asyncio.timeout(_WAIT_S):
                        await self.witness.thinking.wait()
        elif act.while_speaking_s is not None:
            since = self._last_end()
            frames = round(act.while_speaking_s / 0.02)
            await self._handset.until(lambda: self._heard_since(since) > frames, within_s=_WAIT_S)
        else:
            await self._listen()

    async def _listen(self) -> None:
        if self.done:
            self.done[-1].is_answered = await self._finished(after=self._last_end())

    def _last_end(self) -> int:
        return self.done[-1].end if self.done else 0

    async def _finished(self, after: int) -> bool:
        """Wait until the clerk has said something after a moment, and is silent again."""

        def is_over() -> bool:
            loud = self._handset.loud_frames
            if self.witness.working or not loud or loud[-1] * FRAME < max(after, self.witness.owes_since):
                return False
            return self._handset.now - loud[-1] * FRAME > _OVER_S * RATE_HZ

        began = await self._handset.until(lambda: self._heard_since(after) > 0, within_s=_WAIT_S)
        return began and await self._handset.until(is_over, within_s=_LONG_S)

    def _heard_since(self, moment: int) -> int:
        return sum(frame * FRAME >= moment for frame in self._handset.loud_frames)

    async def _do(self, act: Act) -> None:
        handset = self._handset
        begin = end = handset.now
        if act in self.sounds:
            begin, end = handset.say(self.sounds[act])
        for key in act.keys:
            self.line.press(key)
            await self._pass(_BETWEEN_KEYS_S)
        if act.pause_s:
            await self._pass(act.pause_s)
        await handset.until(lambda: handset.is_silent, within_s=_WAIT_S * 2)
        self.done.append(Done(act, begin, max(end, handset.now if act.keys else end)))
        if act.stall_s:
            self.line.stall(act.stall_s)

    async def _pass(self, seconds: float) -> None:
        later = self._handset.now + seconds * RATE_HZ
        await self._handset.until(lambda: self._handset.now >= later, within_s=seconds + 1)
