"""Words of an utterance, sought at its first pause: when it turns out that this was all, they are there already."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from core.call_ports import TurnDetector
from core.ports import Pcm, SpeechRecognizer
from core.types import Expect, Language, Transcript
from voice.call.completeness import hold_s
from voice.call.endpointing import Patience
from voice.call.phrases import LANGUAGES

log = logging.getLogger(__name__)

_UNSURE = 0.5
"""What is thought of a pause where no detector says anything."""
_SHORT, _SHORT_ASIDE = 24_000, 32_000
"""Samples (1.5 s, 2 s) below which a recording, with the silence around it, tells its language badly; what is said
into our speech is mostly no word at all."""
_PAUSE = np.zeros(3_200, dtype=np.float32)
"""0.2 s of silence, put behind what has only just ended before its detector judges it: nobody waits for as much, and
the network learned from pauses as long. It raises finished sentences that are taken as such from 62 to 85 in 100."""


class Guess:
    """What an utterance may have been, if nothing follows."""

    def __init__(self, pcm: Pcm) -> None:
        """Begin knowing its sound only: float32 at 16 kHz, with a little before it and the pause after it."""
        self.pcm = pcm
        self.hold_s: float | None = None
        """Silence after which it is all; None until the words are known."""
        self.known_at: float | None = None
        """When the words were known, by the loop's clock."""
        self._found: asyncio.Future[Transcript | Exception] = asyncio.get_running_loop().create_future()
        self.work: asyncio.Task[None] | None = None

    async def words(self) -> Transcript:
        """Wait for the words; raises what the recogniser raised."""
        found = await asyncio.shield(self._found)
        if isinstance(found, Exception):
            raise found
        return found

    @property
    def is_known(self) -> bool:
        """Return whether the words, or their fault, are there."""
        return self._found.done()

    async def known(self, within_s: float | None = None) -> bool:
        """Wait until the words are known, or for `within_s`; return whether they are."""
        await asyncio.wait({self._found}, timeout=within_s)
        return self.is_known

    def tell(self, found: Transcript | Exception) -> None:
        """Take the result."""
        self.known_at = asyncio.get_running_loop().time()
        if not self._found.done():
            self._found.set_result(found)

    def forget(self) -> None:
        """Give up: speech went on, and everything is recognised anew."""
        if self.work:
            self.work.cancel()


@dataclass(slots=True, kw_only=True)
class Hearing:
    """Recognise and judge what one caller says."""

    recognizer: SpeechRecognizer
    detector: TurnDetector | None
    patience: Patience
    tasks: asyncio.TaskGroup
    language: Language
    """Of the call so far."""
    hint: str = ""
    expects: Expect = ""
    """What the caller was asked for last."""
    is_settled: bool = field(default=False)
    """Whether the caller was understood in `language` before."""

    def guess(self, pcm: Pcm, known: Callable[[Guess], None] = lambda _: None, *, is_aside: bool = False) -> Guess:
        """Begin to recognise what was said so far; `known` hears when its words, or their fault, and its hold are.

        What is said into our speech `is_aside`: mostly it only says that somebody listens.
        """
        guess = Guess(pcm)
        expects = "listening" if is_aside and self.expects in ("", "yes_no") else self.expects
        guess.work = self.tasks.create_task(self._work(guess, expects))
        guess.work.add_done_callback(lambda _: known(guess))
        return guess

    async def _work(self, guess: Guess, expects: Expect) -> None:
        """Fill in the guess. Faults are told to whoever wants the words, and end no call."""
        sound = asyncio.ensure_future(self._sounds_finished(guess.pcm))
        try:
            transcript = await self._recognise(guess.pcm, expects)
            guess.hold_s = hold_s(transcript.text, await sound, expects, self.patience)
            guess.tell(transcript)
        except Exception as error:
            guess.hold_s = self.patience.trailing_s
            guess.tell(error)
        finally:
            sound.cancel()

    async def _sounds_finished(self, pcm: Pcm) -> float:
        if self.detector is None:
            return _UNSURE
        try:
            return await self.detector.finished(np.concatenate((pcm, _PAUSE)))
        except Exception:
            log.exception("a pause could not be judged")
            return _UNSURE

    async def _recognise(self, pcm: Pcm, expects: Expect) -> Transcript:
        # Some words in a second do not tell a language; the call does. Longer ones may change it.
        short = _SHORT_ASIDE if expects == "listening" else _SHORT
        own = self.language if self.is_settled and len(pcm) < short else None
        heard = await self.recognizer.transcribe(pcm, language=own, hint=self.hint, expect=expects)
        if heard.text.strip() and heard.language not in LANGUAGES:
            # A short Mandarin or English sentence over the phone is easily taken for a neighbour language.
            heard = await self.recognizer.transcribe(pcm, language=self.language, hint=self.hint, expect=expects)
        return heard
