"""Who stands beside the clerk during a trial and notes what it asks of its models, and when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, cast

from core.call_ports import TurnDetector
from core.ports import Activity, Clerk, Pcm, SpeechRecognizer
from core.types import Expect, Language, Message, Transcript, Turn
from ui.phone_trial.clock import Clock
from voice.call.phrases import Speaker, close


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something was worked on, in samples of the line's time."""

    begin: int
    end: int


@dataclass(slots=True, kw_only=True)
class Asked:
    """A message that reached the dialogue."""

    message: Message
    at: int
    answered_at: int | None = None
    """When its first words were known."""


@dataclass(slots=True, kw_only=True)
class Witness:
    """Note what one call does; `now` is the line's time in samples."""

    now: Callable[[], int]
    recognised: list[Span] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    played: list[tuple[Turn, str]] = field(default_factory=list)
    """What the dialogue was told to have been heard of an interrupted turn."""
    working: int = 0
    """Recognitions and answers that are under way."""
    owes_since: int = 0
    """The clerk owes words from here on: who waits for a person is not answered by having been asked to hold."""
    thinking: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while an answer is under way."""


class WatchedRecognizer:
    """A recogniser (a `core.ports.SpeechRecognizer`) under the eyes of a witness."""

    def __init__(self, inner: SpeechRecognizer, witness: Witness, clock: Clock) -> None:
        """Hear as `inner` does."""
        self._inner = inner
        self._witness = witness
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        """Be as `inner` in all else."""
        return getattr(self._inner, name)

    async def transcribe(
        self, speech: Pcm, *, language: Language | None = None, hint: str = "", expect: Expect = ""
    ) -> Transcript:
        """Return the words, and note how long it took."""
        began = self._witness.now()
        self._witness.working += 1
        try:
            with self._clock.at_work():
                return await self._inner.transcribe(speech, language=language, hint=hint, expect=expect)
        finally:
            self._witness.working -= 1
            self._witness.recognised.append(Span(began, self._witness.now()))


class WatchedClerk:
    """A clerk (a `core.ports.Clerk`) under the eyes of a witness."""

    def __init__(self, inner: Clerk, witness: Witness, clock: Clock) -> None:
        """Answer as `inner` does."""
        self._inner = inner
        self._witness = witness
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        """Be as `inner` in all else."""
        return getattr(self._inner, name)

    async def answer(self, message: Message) -> Turn:
        """Answer, and note when."""
        asked = Asked(message=message, at=self._witness.now())
        self._witness.asked.append(asked)
        self._witness.working += 1
        self._witness.thinking.set()
        try:
            with self._clock.at_work():
                return await self._inner.answer(message)
        finally:
            self._witness.working -= 1
            self._witness.thinking.clear()
            asked.answered_at = asked.answered_at or self._witness.now()

    async def watch(self, conversation_id: str) -> AsyncIterator[Activity]:
        """Tell what happens, and note when the first words of an answer are known."""
        async for activity in self._inner.watch(conversation_id):
            if activity.kind == "words" and self._witness.asked:
                last = self._witness.asked[-1]
                last.answered_at = last.answered_at or self._witness.now()
            yield activity

    async def played(self, turn: Turn, words: str) -> None:
        """Note what was heard of a turn, and tell the clerk."""
        self._witness.played.append((turn, words))
        await self._inner.played(turn, words)


def watched(inner: Clerk, witness: Witness, clock: Clock) -> Clerk:
    """Return the clerk with a witness beside it."""
    return cast(Clerk, WatchedClerk(inner, witness, clock))  # what it does not define, it takes from `inner`


class PatientDetector:
    """A detector of ends (a `core.call_ports.TurnDetector`) during whose work an unhurried clock stands still."""

    def __init__(self, inner: TurnDetector, clock: Clock) -> None:
        """Judge as `inner` does."""
        self._inner = inner
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        """Be as `inner` in all else."""
        return getattr(self._inner, name)

    async def finished(self, speech: Pcm) -> float:
        """Return what `inner` thinks."""
        with self._clock.at_work():
            return await self._inner.finished(speech)


class PatientSpeaker:
    """A voice during whose work an unhurried clock stands still."""

    def __init__(self, inner: Speaker, clock: Clock) -> None:
        """Speak as `inner` does."""
        self._inner = inner
        self._clock = clock

    async def speak(
        self, text: str, language: Language, *, rate_hz: int | None = None, speed: float = 1.0, volume: float = 1.0
    ) -> AsyncIterator[Pcm]:
        """Yield the speech of `text`; time stands still until each piece is made."""
        speech = self._inner.speak(text, language, rate_hz=rate_hz, speed=speed, volume=volume)
        try:
            while True:
                with self._clock.at_work():
                    piece = await anext(speech, None)
                if piece is None:
                    return
                yield piece
        finally:
            await close(speech)
