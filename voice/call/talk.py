"""Speak and listen on a line where no conversation goes on: one sentence, one yes or no.

Consent, a queue, a person who is asked to take a call, and whoever answers a call of ours are spoken with so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.call_ports import MediaTransport
from core.ports import Pcm
from core.types import Expect, Language
from core.understand.yes_no import says_no, says_yes
from voice.call.echo import Echo, as_it_is
from voice.call.ended import CallEnded
from voice.call.endpointing import WINDOW, Edge, Endpointing, Patience, Phase
from voice.call.phrases import Phrase
from voice.call.playback import Playback
from voice.call.speech import Speech

if TYPE_CHECKING:
    from voice.call.conversation import House

log = logging.getLogger(__name__)

_SHORT = Patience(trailing_s=0.5, cap_s=6.0)
"""For answers of a word or two."""
_KEPT = 1000
"""Windows (32 s) that may wait to be looked at."""
_BEFORE = 10
"""Windows (320 ms) kept from before the first certain one: the soft beginning of a word."""


@dataclass(slots=True)
class Talk:
    """One line, spoken with."""

    house: House
    line: MediaTransport
    playback: Playback
    clean: Callable[[Pcm], Pcm] = as_it_is
    """Takes our own voice out of a frame: the end of a question is no answer to it."""
    windows: asyncio.Queue[tuple[float, Pcm]] = field(default_factory=asyncio.Queue)
    """What was heard: the probability of speech and 512 samples, in order."""
    keys: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    pressed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by a key, until something else is said."""

    async def say(self, phrase: Phrase, *languages: Language, is_question: bool = True) -> None:
        """Say a phrase in each of the languages; a key ends it, for it is an answer.

        Keys from before are forgotten, and what was heard before the end of a question is no answer to it.
        """
        while not self.keys.empty():
            self.keys.get_nowait()
        self.pressed.clear()
        for language in languages:
            await self._say(phrase[language], language)
        if is_question:
            self.forget()

    async def _say(self, words: str, language: Language) -> None:
        if self.pressed.is_set():
            return
        speech = Speech([(words, self.house.phrasebook.speech(words, language))])
        saying = asyncio.create_task(self.playback.say(speech))
        pressed = asyncio.create_task(self.pressed.wait())
        try:
            await asyncio.wait({saying, pressed}, return_when=asyncio.FIRST_COMPLETED)
            if saying.done():
                saying.result()
        finally:
            await _stopped(saying, pressed)

    def forget(self) -> None:
        """Forget what was heard: it may be our own echo."""
        while not self.windows.empty():
            self.windows.get_nowait()

    async def agrees(self, within_s: float, *, language: Language | None) -> bool | None:
        """Return whether the other side says yes (or presses 1) or no (any other key); None where neither came."""
        until = asyncio.get_running_loop().time() + within_s
        while reply := await self.reply(until - asyncio.get_running_loop().time(), language=language):
            if is_key(reply):
                return reply == "1"
            if says_yes(reply) or says_no(reply):
                return says_yes(reply)
        return None

    async def reply(self, within_s: float, *, language: Language | None) -> str:
        """Return the next key or the next words, whichever comes first; nothing where none came in time."""
        key = asyncio.create_task(self.keys.get())
        words = asyncio.create_task(self._spoken(language))
        try:
            done, _ = await asyncio.wait({key, words}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
            return (key if key in done else words).result() if done else ""
        finally:
            await _stopped(key, words)

    async def _spoken(self, language: Language | None) -> str:
        text = ""
        while not text and (speech := await self.utterance()) is not None:
            text = await self.words(speech, language, expect="yes_no")
        return text

    async def words(self, speech: Pcm, language: Language | None, *, expect: Expect = "") -> str:
        """Return the words of `speech`, none where recognition fails; `language` fixes the language."""
        try:
            heard = await self.house.recognizer.transcribe(speech, language=language, hint="", expect=expect)
        except Exception:
            log.exception("call %s: what was said cannot be recognised; keys still can be pressed", self.line.call_id)
            return ""
        return heard.text.strip()

    async def said_so_far(self) -> list[str]:
        """Return what was said already, and not asked for; who is still speaking is heard out."""
        said = []
        while (speech := await self.utterance(only_begun=True)) is not None:
            said.append(await self.words(speech, None))
        return said

    async def utterance(self, *, only_begun: bool = False) -> Pcm | None:
        """Return the next thing that is said; with `only_begun` None where nobody has begun to speak."""
        endpointing, pieces = Endpointing(_SHORT), list[Pcm]()
        while not (only_begun and endpointing.phase is Phase.QUIET and self.windows.empty()):
            probability, window = await self.windows.get()
            edge = endpointing.hear(probability)
            if edge is Edge.ENDED:
                return np.concatenate(pieces)
            pieces.append(window)
            if endpointing.phase is Phase.QUIET:
                pieces = pieces[-_BEFORE:]
        return None

    async def listen(self) -> None:
        """Take in what is said until the line closes, which raises `CallEnded`."""
        probability = self.house.activity.stream()
        rest: Pcm = np.zeros(0, dtype=np.float32)
        async for frame in self.line.frames_in():
            rest = np.concatenate([rest, self.clean(frame)])
            while rest.size >= WINDOW:
                if self.windows.qsize() >= _KEPT:
                    self.windows.get_nowait()
                self.windows.put_nowait((probability(rest[:WINDOW]), rest[:WINDOW]))
                rest = rest[WINDOW:]
        raise CallEnded("the caller hung up")

    async def take_keys(self) -> None:
        """Take in keys until the line closes."""
        async for key in self.line.dtmf():
            self.keys.put_nowait(key)
            self.pressed.set()


def is_key(reply: str) -> bool:
    """Return whether a reply is a key that was pressed."""
    return len(reply) == 1 and reply in "0123456789*#ABCD"


@asynccontextmanager
async def talking(house: House, line: MediaTransport) -> AsyncIterator[Talk]:
    """Talk on `line` inside the block, then let go of it. Raises `CallEnded` where it closes before that."""
    echo = Echo(against_noise=house.against_noise) if house.has_echo else None
    playback = Playback(line, echo.sent if echo else None)
    talk = Talk(house, line, playback, clean=echo.cleaned if echo else as_it_is)
    try:
        async with asyncio.TaskGroup() as tasks:
            going_on = [tasks.create_task(work) for work in (talk.playback.run(), talk.listen(), talk.take_keys())]
            try:
                yield talk
            finally:
                for task in going_on:
                    task.cancel()
    except BaseExceptionGroup as group:
        raise _first(group.exceptions) from None


def _first(faults: Sequence[BaseException]) -> BaseException:
    """Return what ended a talk: a hang-up before anything else, for the rest follows from it."""
    ended = next((fault for fault in faults if isinstance(fault, CallEnded)), None)
    return ended or faults[0]


async def _stopped(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
