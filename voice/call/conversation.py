"""One call's conversation: listen, think, speak, until somebody hangs up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

from core.call_ports import MediaTransport, TurnDetector, VoiceActivity
from core.errors import BusyError
from core.ports import Clerk, SpeechRecognizer
from core.types import Expect, Language, Transcript, Turn
from voice.call import cues, phrases
from voice.call.ears import Attention, Ears, Heard, Silence, Typed, Utterance
from voice.call.echo import Echo, as_it_is
from voice.call.ended import CallEnded
from voice.call.endpointing import Patience
from voice.call.hearing import Hearing
from voice.call.keypad import Keypad
from voice.call.phrases import LANGUAGES, Phrase, Phrasebook
from voice.call.playback import Playback
from voice.call.record import CallRecord
from voice.call.seams import PutThrough, Remark
from voice.call.speaking import Said, Speaking
from voice.call.telling import Telling
from voice.call.thinking import Thinking, unsaid

log = logging.getLogger(__name__)

_WAITING_INPUTS = 8
_KEYS: Mapping[tuple[Expect, Language], int] = MappingProxyType({("phone", "zh"): 11, ("phone", "en"): 10})
"""Keys of an entry, where what was asked for has a length."""

_Words: TypeAlias = Sequence[tuple[str, Language]]
"""Things to say, each with its language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a call behaves in time."""

    silence_s: float = 8.0
    """Silence before "are you still there?", and again before goodbye."""
    wait_s: float = 60.0
    """The same after the caller asked for a moment."""
    filler_s: float = 2.5
    """An answer that takes longer, from the caller's last sound, is announced."""
    give_up_s: float = 30.0
    """One that takes longer is given up, and the caller is told."""
    stall_s: float = 20.0
    """How long a voice may take for its next sound; a busy machine needs long for the first."""
    key_pause_s: float = 4.0
    """A pause that ends an entry by keys."""
    patience: Patience = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every call needs."""

    clerk: Clerk
    recognizer: SpeechRecognizer
    activity: VoiceActivity
    phrasebook: Phrasebook
    turn_detector: TurnDetector | None = None
    """Tells by the sound whether who paused has finished; without it the words alone tell."""
    language: Literal["zh", "en", "both"] = "zh"
    """Of the greeting; "both" says a short one in each."""
    greeting: str = ""
    """Words of welcome in place of the built-in ones."""
    transfer_to: str = ""
    """Where a person answers; empty: hand-offs are recorded only."""
    put_through: PutThrough | None = None
    """Fetches a person for this call; the session gives it."""
    remark: Remark | None = None
    """Hears what callers say about the call itself ("don't record me"), and may answer it in the clerk's place."""
    has_echo: bool = True
    """Whether callers may hear us from a loudspeaker, or the line brings our voice back; most do."""
    against_noise: bool = False
    """Whether steady noise is taken out of what callers say, where their echo is."""
    hint: str = ""
    """Names that callers may say."""
    manners: Manners = Manners()

    @property
    def languages(self) -> Sequence[Language]:
        """Return the languages that a call may begin in."""
        return LANGUAGES if self.language == "both" else (self.language,)

    def welcome(self) -> Sequence[tuple[str, Language]]:
        """Return the words of welcome, each with the language of its voice."""
        if self.language == "both":
            if self.greeting:
                return [(self.greeting, "zh")]
            return [(phrases.SHORT_GREETING[language], language) for language in LANGUAGES]
        return [(self.greeting or phrases.GREETING[self.language], self.language)]


class Conversation:
    """Hold one call. Tasks live in the group that `run` is given and end with it."""

    def __init__(
        self, house: House, transport: MediaTransport, tasks: asyncio.TaskGroup, record: CallRecord | None = None
    ) -> None:
        """Begin in the language of the house; the caller's own takes over."""
        self._house = house
        self._transport = transport
        self._tasks = tasks
        manners = house.manners
        self.record = record or CallRecord.of(transport)
        self._hearing = Hearing(
            recognizer=house.recognizer,
            detector=house.turn_detector,
            patience=manners.patience,
            tasks=tasks,
            language="zh" if house.language == "both" else house.language,
            hint=house.hint,
        )
        heard: asyncio.Queue[Heard] = asyncio.Queue(maxsize=_WAITING_INPUTS)
        echo = Echo(against_noise=house.against_noise) if house.has_echo else None
        self._heard = heard
        self._ears = Ears(
            house.activity.stream(),
            self._hearing,
            heard,
            patience=manners.patience,
            silence_s=manners.silence_s,
            clean=echo.cleaned if echo else as_it_is,
        )
        self._keypad = Keypad(self._typed, pause_s=manners.key_pause_s)
        self._playback = Playback(transport, echo.sent if echo else None)
        self._speaking = Speaking(
            self._playback,
            house.phrasebook,
            self._ears,
            heard,
            self.record,
            filler_s=manners.filler_s,
            stall_s=manners.stall_s,
        )
        self._thinking = Thinking(clerk=house.clerk, record=self.record)
        self._missed = 0
        self._carried = ""
        """Said before, answered, and said on before the answer was heard: it belongs to what comes next."""
        self._owed: Telling | None = None
        """A turn that did something, of which the caller heard nothing yet."""
        self._told: Telling | None = None
        """The turn that is being told."""
        self._cut: Telling | None = None
        """The turn that was interrupted last, in case its rest is asked for."""

    async def run(self) -> None:
        """Talk until the call ends, which raises `CallEnded`."""
        clock = asyncio.get_running_loop().time
        began_at = clock()
        try:
            self._tasks.create_task(self._playback.run())
            self._tasks.create_task(self._listen())
            self._tasks.create_task(self._watch_keys())
            for words, language in self._house.welcome():
                said = await self._speaking.say(words, language, is_whole=True)
                if self.record.greeted_s is None and said.began_at is not None:
                    self.record.greeted_s = said.began_at - began_at
                if said.was_cut:
                    break
            await self._talk()
        finally:
            self._keypad.close()
            await self._note_broken_off()

    async def _note_broken_off(self) -> None:
        """Record what was heard of the turn in which the call ended."""
        telling, said = self._told, self._speaking.broken_off
        if telling and telling.turn and said:
            await self._thinking.played(telling.turn, "".join((*telling.heard, said.words)))

    async def _listen(self) -> None:
        await self._ears.run(self._transport.frames_in())
        raise CallEnded("the caller hung up")

    async def _watch_keys(self) -> None:
        async for key in self._transport.dtmf():
            self._speaking.key_pressed()
            self._keypad.expect(_KEYS.get((self._hearing.expects, self._hearing.language)))
            self._keypad.press(key)

    def _typed(self, text: str) -> None:
        with suppress(asyncio.QueueFull):
            self._heard.put_nowait(Typed(text))
        self._ears.stir()

    async def _talk(self) -> None:
        silences = 0
        while True:
            self._ears.attend(Attention.WAITING)
            heard = await self._speaking.next_heard()
            self._ears.attend(Attention.BUSY)
            self._ears.silence_s = self._house.manners.silence_s
            if not isinstance(heard, Silence):
                silences = 0
                await self._answer(heard)
                continue
            silences += 1
            self.record.silences += 1
            if silences == 1:
                await self._say_phrase(phrases.STILL_THERE)
            elif not (await self._say_phrase(phrases.GOODBYE)).was_cut:
                raise CallEnded("the caller was silent")

    async def _answer(self, heard: Utterance | Typed) -> None:
        telling = Telling.of(heard)
        understood = self._tasks.create_task(self._understand(heard, telling))
        instead = await self._wait_for(understood, telling)
        if instead is None:
            await self._tell(telling)
            return
        for words, language in instead:
            await self._speaking.say(words, language, is_whole=True)

    async def _understand(self, heard: Utterance | Typed, telling: Telling) -> _Words | None:
        """Fill in the turn, or return what to say instead. Faults end in words, not the call."""
        try:
            transcript = await heard.guess.words() if isinstance(heard, Utterance) else None
            telling.words_known(heard)
            text = transcript.text.strip() if transcript else heard.text if isinstance(heard, Typed) else ""
            if not text:
                self._missed += 1
                return self._phrase(phrases.NOT_CAUGHT) if self._missed > 1 else ()
            self._missed = 0
            if transcript:
                self._learn_language(transcript)
                if (instead := self._manner(text)) is not None:
                    return instead
                if self._cut and cues.load().asks_to_go_on(text):
                    telling.go_on(self._cut)
                    self._cut = None
                    return None
            await self._ask(text, transcript, telling)
        except BusyError:
            return self._phrase(phrases.TOO_SLOW)
        except Exception:
            log.exception("call %s: a turn failed", self._transport.call_id)
            return self._phrase(phrases.FAULT)
        return None

    def _learn_language(self, transcript: Transcript) -> None:
        if transcript.language in LANGUAGES:
            self._hearing.language = transcript.language
            self._hearing.is_settled = True

    def _manner(self, text: str) -> _Words | None:
        """Return what to say to words about the call itself, which are not for the clerk; None for others."""
        if self._house.remark and (phrase := self._house.remark(text)):
            return self._phrase(phrase)
        words = cues.load()
        if words.asks_to_wait(text):
            self._ears.silence_s = self._house.manners.wait_s
            self._carried = ""
            return self._phrase(phrases.TAKE_YOUR_TIME)
        if words.asks_to_stop(text):
            self._carried = ""
            return ()
        return None

    async def _ask(self, text: str, transcript: Transcript | None, telling: Telling) -> None:
        """Ask the clerk: what was said before its answer was heard, this, and keys pressed on top of it."""
        await self._keypad.idle.wait()
        gap = "" if self._hearing.language == "zh" else " "
        telling.text = gap.join(part for part in (self._carried, text, self._speaking.typed_meanwhile()) if part)
        self._carried, self._cut = "", None
        if transcript:
            transcript = replace(transcript, text=telling.text)
        message = self._thinking.message(telling.text, transcript, self._hearing.language)
        turn = await self._thinking.answer(message)
        telling.is_answered()
        telling.turn = turn
        telling.is_whole()
        self._hearing.expects = turn.expects
        self._speaking.obey(turn.manner)

    async def _wait_for(self, understood: asyncio.Task[_Words | None], telling: Telling) -> _Words | None:
        """Return what `_understand` does, after saying what is sure while the rest is being made."""
        manners, clock = self._house.manners, asyncio.get_running_loop().time
        filler_at, give_up_at = telling.last_sound_at + manners.filler_s, telling.last_sound_at + manners.give_up_s
        sure = self._tasks.create_task(self._thinking.next_sure())
        try:
            while not understood.done():
                until = min(filler_at, give_up_at)
                await asyncio.wait(
                    {understood, sure}, timeout=max(0.0, until - clock()), return_when=asyncio.FIRST_COMPLETED
                )
                if sure.done():
                    filler_at = give_up_at
                    await self._say_sure(sure.result(), telling)
                    sure = self._tasks.create_task(self._thinking.next_sure())
                elif not understood.done() and clock() >= give_up_at:
                    self._give_up(understood, telling)
                    return self._phrase(phrases.TOO_SLOW)
                elif not understood.done() and clock() >= filler_at:
                    filler_at = give_up_at
                    self.record.fillers += 1
                    await self._say_phrase(phrases.ONE_MOMENT)
                    self._ears.attend(Attention.BUSY)
        finally:
            sure.cancel()
        return understood.result()

    async def _say_sure(self, sure: str, telling: Telling) -> None:
        telling.is_answered()
        words, _ = unsaid(sure, telling.given)
        if telling.was_cut:
            return
        telling.given = sure
        language = self._hearing.language
        telling.took(words, language, await self._speaking.say(words, language))
        self._ears.attend(Attention.BUSY)

    def _give_up(self, understood: asyncio.Task[_Words | None], telling: Telling) -> None:
        """Let a turn that takes too long come to its end unheard; what is not even understood is left."""
        if not telling.text:
            understood.cancel()
            return

        async def unheard() -> None:
            await understood
            telling.was_cut = True
            if telling.turn:
                await self._leave(telling, is_said_again=True)

        self._tasks.create_task(unheard())

    async def _tell(self, telling: Telling) -> None:
        if self._owed:
            owed, self._owed = self._owed, None
            await self._say_rest(owed)
            telling.was_cut = telling.was_cut or owed.was_cut
        turn = telling.turn
        if not await self._say_rest(telling) or turn is None:
            return
        if turn.outcome == "handed_off" and self._house.put_through:
            await self._fetch_person(turn, self._house.put_through)
        elif cues.load().is_farewell(telling.text) and not turn.stack and not turn.expects:
            if (
                cues.load().is_farewell("".join(telling.heard))
                or not (await self._say_phrase(phrases.FAREWELL)).was_cut
            ):
                raise CallEnded("the caller said goodbye")

    async def _say_rest(self, telling: Telling) -> bool:
        """Say what is left of a turn; return False where the caller interrupted it."""
        turn, self._told = telling.turn, telling
        while telling.rest and not telling.was_cut:
            words, language = telling.rest.pop(0)
            if language in LANGUAGES:
                self._hearing.language = language
            is_question = turn is not None and bool(turn.expects) and not telling.rest
            telling.took(words, language, await self._speaking.say(words, language, is_question=is_question))
        self._told = None
        if times := telling.times():
            self.record.turns.append(times)
        if not telling.was_cut:
            if turn and telling.is_resumed:
                await self._thinking.played(turn, "".join(telling.heard))
            return True
        await self._leave(telling)
        return False

    async def _leave(self, telling: Telling, *, is_said_again: bool = False) -> None:
        """Leave a turn of which the end was not heard; `is_said_again` where the caller was asked to repeat."""
        telling.was_cut = False
        if telling.was_barely_heard and telling.has_acted:
            self._owed = telling
            return
        if telling.turn:
            await self._thinking.played(telling.turn, "".join(telling.heard))
        if telling.was_barely_heard and not is_said_again:
            self._carried = telling.text
        self._cut = telling

    async def _fetch_person(self, turn: Turn, put_through: PutThrough) -> None:
        """Put the caller through; where that failed, the clerk knows of it and goes on."""

        async def say(phrase: Phrase) -> bool:
            self._speaking.forget()
            return not (await self._say_phrase(phrase)).was_cut

        self._ears.attend(Attention.BUSY)
        if await put_through(turn, self._hearing.language, say):
            raise CallEnded("the caller was put through")
        self._speaking.forget()
        telling = Telling.of(Typed(""))
        try:
            telling.turn = await self._thinking.answer(
                self._thinking.message("", None, self._hearing.language, event="transfer_failed")
            )
        except Exception:
            log.exception("call %s: the clerk could not be told that nobody answered", self.record.call_id)
            await self._say_phrase(phrases.NOT_TRANSFERRED)
            return
        telling.is_whole()
        self._hearing.expects = telling.turn.expects
        await self._say_rest(telling)  # and nothing more: a second wish for a person is the caller's to make

    def _phrase(self, phrase: Phrase) -> _Words:
        return [(phrase[self._hearing.language], self._hearing.language)]

    async def _say_phrase(self, phrase: Phrase) -> Said:
        language = self._hearing.language
        return await self._speaking.say(phrase[language], language, is_whole=True)
