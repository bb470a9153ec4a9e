"""Say something to a caller who may say something, too: stop, tell interruptions from assent, go on."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.ports import Pcm
from core.types import Language, Manner, Transcript
from voice.call import cues, phrases
from voice.call.ears import Attention, Ears, Heard, Typed, Utterance
from voice.call.ended import CallEnded
from voice.call.phrases import Phrasebook
from voice.call.playback import Playback
from voice.call.record import CallRecord
from voice.call.speech import FRAME_S, Filler, Speech
from voice.synthesis.pieces import pieces

log = logging.getLogger(__name__)

_MANNERLY_S = 6.0
"""How long an answer waits for a caller who speaks again before it is said."""
_STEP, _SPEEDS = 1.2, (0.6, 1.6)
_LOUDER, _VOLUMES = 1.5, (0.4, 2.3)
"""By how much a caller who asks for it is spoken to quicker or louder, and how far that goes."""
_SHORT, _DOUBTFUL = 26_000, 0.5
"""Samples of an utterance of a word or two, silences included, and the confidence below which it is not believed:
a recogniser that knows of asides has tried "对" and "uh-huh" by then (`core.types.Expect`)."""
_VERDICT_S = 0.3
"""How long a clerk that fell silent waits for the words of who spoke into the speech: it goes on meanwhile."""
_TURN_S = 2.5
"""How long it waits for them before and after the speech; later ones are the next turn's, which has a filler."""
_FIRST, _MOST = 12, 200
"""Characters of the first clause and of the longest; the voices cut so, too, and sound no different for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What became of something that was to be said."""

    words: str
    """What the caller heard of it."""
    heard_s: float = 0.0
    was_cut: bool = False
    """Whether the caller interrupted it, so that the rest was not said."""
    began_at: float | None = None
    """When its first sound was sent, by the loop's clock."""


class Speaking:
    """The clerk's side of one call."""

    def __init__(
        self,
        playback: Playback,
        phrasebook: Phrasebook,
        ears: Ears,
        heard: asyncio.Queue[Heard],
        record: CallRecord,
        *,
        filler_s: float,
        stall_s: float,
    ) -> None:
        """Speak over `playback`; what the `ears` put into `heard` may interrupt.

        A voice that needs longer than `filler_s` for its first sound is asked to be waited for; one that needs
        longer than `stall_s` for its next is taken for broken.
        """
        self._playback = playback
        self._phrasebook = phrasebook
        self._ears = ears
        self._heard = heard
        self._record = record
        self._filler_s, self._stall_s = filler_s, stall_s
        self._waiting: deque[Heard] = deque()
        """Heard already, to be answered before what comes next."""
        self.broken_off: Said | None = None
        """What was heard of the words in which the call ended."""
        self._was_keyed = False
        self._onset_s = 0.0
        self._speed = self._volume = 1.0

    def obey(self, manner: Manner) -> None:
        """Speak otherwise from now on, a step for each time that the caller asks."""
        if manner in ("slower", "faster"):
            self._speed = _within(_SPEEDS, self._speed * (_STEP if manner == "faster" else 1 / _STEP))
        elif manner:
            self._volume = _within(_VOLUMES, self._volume * (_LOUDER if manner == "louder" else 1 / _LOUDER))

    async def next_heard(self) -> Heard:
        """Return what the caller did next; an interruption is what comes first."""
        return self._waiting.popleft() if self._waiting else await self._heard.get()

    def typed_meanwhile(self) -> str:
        """Return keys that were entered after what is being answered, if they came next."""
        while not self._heard.empty():
            self._waiting.append(self._heard.get_nowait())
        if self._waiting and isinstance(first := self._waiting[0], Typed):
            self._waiting.popleft()
            return first.text
        return ""

    def forget(self) -> None:
        """Forget what the caller did since the last answer: said into a ringing line, it was said to nobody."""
        self._waiting.clear()
        while not self._heard.empty():
            self._heard.get_nowait()

    def key_pressed(self) -> None:
        """Stop speaking: who presses keys has heard enough."""
        self._was_keyed = True
        self._ears.stir()

    async def say(self, words: str, language: Language, *, is_whole: bool = False, is_question: bool = False) -> Said:
        """Speak, and return what of it was heard.

        `is_whole` speaks in one go, for phrases that are kept as recordings. After an `is_question` a word
        of assent is an answer, and no sign of listening.
        """
        if not words.strip():
            return Said(words=words)
        with suppress(TimeoutError):
            async with asyncio.timeout(_MANNERLY_S):
                await self._ears.quiet.wait()
        self._was_keyed = False
        clauses = [words] if is_whole else list(_clauses(words))
        speech = Speech([(clause, self._sound(clause, language)) for clause in clauses], filler=self._filler(language))
        if await self._is_interrupted(speech, is_question=is_question, within_s=_TURN_S):
            return Said(words="", was_cut=True)
        self._ears.attend(Attention.SPEAKING)
        playing = asyncio.create_task(self._play(speech, language))
        try:
            was_cut = await self._watch(playing, speech, is_question=is_question)
            if was_cut:
                await self._playback.pause()
        except asyncio.CancelledError:
            await _ended(playing)
            self.broken_off = self._cut(speech)
            raise
        finally:
            await _ended(playing)
        if was_cut:
            return self._cut(speech)
        playing.result()
        return Said(words=words, heard_s=speech.at * FRAME_S, began_at=speech.began_at)

    def _cut(self, speech: Speech) -> Said:
        """Return what was heard of a speech that was stopped."""
        frames = self._playback.heard
        return Said(words=speech.words(frames), heard_s=frames * FRAME_S, was_cut=True, began_at=speech.began_at)

    async def _watch(self, playing: asyncio.Task[None], speech: Speech, *, is_question: bool) -> bool:
        """Return whether the caller interrupted before the end."""
        while not playing.done():
            self._ears.stirred.clear()
            if self._ears.speaks_since_s is not None and not self._playback.is_paused:
                await self._fall_silent()
            if self._was_keyed or await self._is_interrupted(speech, is_question=is_question):
                return True
            undecided = self._undecided()
            may_go_on = self._playback.is_paused and self._ears.speaks_since_s is None
            if may_go_on and undecided is None:
                self._go_on()
            await self._until_news(playing, undecided, within_s=_VERDICT_S if may_go_on and undecided else None)
            if may_go_on and self._ears.speaks_since_s is None and self._undecided():
                self._go_on()  # noise takes longest to recognise, and is no reason for silence
        if self._undecided() is None:
            return False
        return await self._is_interrupted(speech, is_question=is_question, within_s=_TURN_S)

    def _undecided(self) -> Utterance | None:
        """Return what was said first and not answered, while its words are not known."""
        first = self._waiting[0] if self._waiting else None
        return first if isinstance(first, Utterance) and not first.guess.is_known else None

    async def _until_news(
        self, playing: asyncio.Task[None], undecided: Utterance | None, *, within_s: float | None
    ) -> None:
        """Wait until the speech is over, the caller does something, or it is known what was said."""
        events: set[asyncio.Task[Any]] = {asyncio.create_task(self._ears.stirred.wait())}
        if undecided:
            events.add(asyncio.create_task(undecided.guess.known()))
        try:
            await asyncio.wait({playing, *events}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for event in events:
                event.cancel()
            await asyncio.wait(events)

    async def _fall_silent(self) -> None:
        clock = asyncio.get_running_loop().time
        sure_at, since_s = clock(), self._ears.speaks_since_s or 0.0
        await self._playback.pause()
        self._ears.attend(Attention.BUSY)
        self._onset_s = since_s + clock() - sure_at

    async def _is_interrupted(self, speech: Speech, *, is_question: bool, within_s: float = 0.0) -> bool:
        """Return whether the caller has said, or typed, what must be answered first; it then waits for `next_heard`.

        What is not recognised `within_s` goes on waiting: a recogniser that stalls makes nobody deaf.
        """
        while not self._heard.empty():
            self._waiting.append(self._heard.get_nowait())
        while self._waiting:
            heard = self._waiting[0]
            if isinstance(heard, Typed):
                return True
            if isinstance(heard, Utterance):
                if not await heard.guess.known(within_s):
                    return False
                if await self._is_interruption(heard, speech, is_question=is_question):
                    return True
            self._waiting.popleft()
        return False

    async def _is_interruption(self, utterance: Utterance, speech: Speech, *, is_question: bool) -> bool:
        was_stopped = self._playback.is_paused
        try:
            heard = await utterance.guess.words()
        except Exception:
            log.exception("what a caller said into our speech cannot be recognised")
            return False
        if not heard.text.strip():
            self._record.false_alarms += was_stopped
            return False
        is_answer = is_question and was_stopped and speech.is_in_last_clause(self._playback.heard)
        if not is_answer and _is_assent(heard, utterance):
            self._record.backchannels += 1
            return False
        if was_stopped:
            self._record.interruptions.append(self._onset_s)
        return True

    def _go_on(self) -> None:
        self._ears.attend(Attention.SPEAKING)
        self._playback.resume()

    async def _play(self, speech: Speech, language: Language) -> None:
        """Speak. Raises `CallEnded` where there is no voice at all: dead air helps nobody."""
        try:
            await self._playback.say(speech)
            return
        except Exception:
            log.exception("a reply could not be spoken")
        sorry = phrases.FAULT[language if language in phrases.LANGUAGES else phrases.LANGUAGES[0]]
        if not self._phrasebook.is_kept(sorry, language):
            raise CallEnded("there is no voice")
        await self._playback.say(Speech([(sorry, self._phrasebook.speech(sorry, language))]))

    def _filler(self, language: Language) -> Filler | None:
        """Return what to say while a reply is synthesised; None where that would have to be synthesised, too."""
        words = phrases.ONE_MOMENT[language if language in phrases.LANGUAGES else phrases.LANGUAGES[0]]
        if not self._phrasebook.is_kept(words, language):
            return None
        return Filler(sound=partial(self._phrasebook.speech, words, language), after_s=self._filler_s)

    async def _sound(self, text: str, language: Language) -> AsyncIterator[Pcm]:
        """Yield the speech of a clause; raises `TimeoutError` where the voice stalls."""
        sound = self._phrasebook.speech(text, language, speed=self._speed, volume=self._volume)
        try:
            while True:
                async with asyncio.timeout(self._stall_s):
                    piece = await anext(sound, None)
                if piece is None:
                    return
                yield piece
        finally:
            await phrases.close(sound)


async def _ended(task: asyncio.Task[None]) -> None:
    """End a task, where it has not ended; its faults are its caller's to ask for."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task})


def _is_assent(heard: Transcript, utterance: Utterance) -> bool:
    """Return whether it only says that somebody listens; a murmur that may be anything is taken for that, too."""
    words = cues.load()
    if words.is_backchannel(heard.text):
        return True
    is_murmur = len(utterance.guess.pcm) <= _SHORT and heard.confidence < _DOUBTFUL
    return is_murmur and not words.asks_to_wait(heard.text) and not words.asks_to_stop(heard.text)


def _within(bounds: tuple[float, float], value: float) -> float:
    return min(bounds[1], max(bounds[0], value))


def _clauses(words: str) -> Sequence[str]:
    """Cut words into clauses that make them up again, spaces included."""
    cut: list[str] = []
    at = 0
    for piece in pieces(words, first=_FIRST, most=_MOST):
        end = words.index(piece, at) + len(piece)
        cut.append(words[at:end])
        at = end
    if cut and words[at:]:
        cut[-1] += words[at:]
    return cut or [words]
