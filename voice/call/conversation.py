"""One call's conversation: listen, think, speak, until somebody hangs up."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from core.errors import BusyError
from core.ports import Clerk, MediaTransport, Pcm, SpeechRecognizer, VoiceActivity
from core.types import CardPart, Language, Message, Reply, Transcript, Turn
from voice.call import phrases
from voice.call.ears import Attention, Ears, Heard, Silence, Typed, Utterance
from voice.call.ended import CallEnded
from voice.call.endpointing import Patience
from voice.call.keypad import Keypad
from voice.call.phrases import LANGUAGES, Phrase, Phrasebook
from voice.call.playback import Playback
from voice.call.record import CallRecord
from voice.call.seams import PutThrough, Remark

log = logging.getLogger(__name__)

_WAITING_INPUTS = 8
_MANNERLY_S = 3.0
"""How long an answer waits for a caller who speaks again before it is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a call behaves in time."""

    silence_s: float = 8.0
    """Silence before "are you still there?", and again before goodbye."""
    filler_s: float = 2.5
    """Thinking that takes longer is announced."""
    give_up_s: float = 30.0
    """Thinking that takes longer is given up, and the caller is told."""
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
        self._language: Language = "zh" if house.language == "both" else house.language
        self._heard: asyncio.Queue[Heard] = asyncio.Queue(maxsize=_WAITING_INPUTS)
        manners = house.manners
        self._ears = Ears(house.activity.stream(), self._heard, patience=manners.patience, silence_s=manners.silence_s)
        self._keypad = Keypad(self._typed, pause_s=manners.key_pause_s)
        self._playback = Playback(transport)
        self._speaking: asyncio.Task[None] | None = None
        # Dialplans often hand out the same id for every call; the next caller must not meet this one's session.
        self._call = record.call_id if record else f"{transport.call_id}:{uuid.uuid4().hex}"
        # A call from a page belongs to the page's conversation, with what was written there and who is logged in.
        self._conversation_id: str = getattr(transport, "conversation_id", "") or f"phone:{self._call}"
        self._said = 0
        self._missed = 0
        self._sure: asyncio.Queue[str] = asyncio.Queue()
        """What is sure of the reply in the making, from its beginning, as it grows."""

    async def run(self) -> None:
        """Talk until the call ends, which raises `CallEnded`."""
        try:
            self._tasks.create_task(self._playback.run())
            self._tasks.create_task(self._listen())
            self._tasks.create_task(self._watch_keys())
            for words, language in self._house.welcome():
                await self._say(words, language)
            await self._talk()
        finally:
            self._keypad.close()

    async def _listen(self) -> None:
        await self._ears.run(self._transport.frames_in())
        raise CallEnded("the caller hung up")

    async def _watch_keys(self) -> None:
        async for key in self._transport.dtmf():
            self._ears.stir()
            if self._speaking:
                self._speaking.cancel()
            self._keypad.press(key)

    def _typed(self, text: str) -> None:
        with suppress(asyncio.QueueFull):
            self._heard.put_nowait(Typed(text))

    async def _talk(self) -> None:
        silences = 0
        while True:
            self._ears.attend(Attention.WAITING)
            heard = await self._heard.get()
            self._ears.attend(Attention.BUSY)
            if not isinstance(heard, Silence):
                silences = 0
                await self._answer(heard)
                continue
            silences += 1
            if silences == 1:
                await self._say_phrase(phrases.STILL_THERE)
            elif await self._say_phrase(phrases.GOODBYE):
                raise CallEnded("the caller was silent")

    async def _answer(self, heard: Utterance | Typed) -> None:
        self._sure = asyncio.Queue()
        thinking = self._tasks.create_task(self._think(heard))
        try:
            turn, said = await self._wait_for(thinking)
        finally:
            thinking.cancel()
        if turn is None:
            return
        for reply in turn.replies:
            self._language = reply.language if reply.language in LANGUAGES else self._language
            rest, said = _unsaid(spoken(reply), said)
            if not await self._say(rest, reply.language):
                return
        if turn.outcome == "handed_off" and self._house.put_through:
            if await self._house.put_through(turn, self._language, self._say_phrase):
                raise CallEnded("the caller was put through")

    async def _wait_for(self, thinking: asyncio.Task[Turn | Phrase | None]) -> tuple[Turn | None, str]:
        """Return the turn with what was said of it already: what is sure is spoken while the rest is being made."""
        manners, said = self._house.manners, ""
        now = asyncio.get_running_loop().time
        filler_at, give_up_at = now() + manners.filler_s, now() + manners.give_up_s
        sure = self._tasks.create_task(self._sure.get())
        try:
            while not thinking.done():
                until = min(filler_at, give_up_at)
                await asyncio.wait({thinking, sure}, timeout=until - now(), return_when=asyncio.FIRST_COMPLETED)
                if sure.done():
                    rest, _ = _unsaid(sure.result(), said)
                    said = sure.result()
                    sure = self._tasks.create_task(self._sure.get())
                    filler_at = give_up_at
                    if not await self._say(rest, self._language):
                        return None, said
                    self._ears.attend(Attention.BUSY)
                elif not thinking.done() and now() >= give_up_at:
                    await self._say_phrase(phrases.TOO_SLOW)
                    return None, said
                elif not thinking.done() and now() >= filler_at:
                    filler_at = give_up_at
                    await self._say_phrase(phrases.ONE_MOMENT)
                    self._ears.attend(Attention.BUSY)
        finally:
            sure.cancel()
        result = thinking.result()
        if result is None or isinstance(result, Turn):
            return result, said
        await self._say_phrase(result)
        return None, said

    async def _think(self, heard: Utterance | Typed) -> Turn | Phrase | None:
        """Return the turn, or what to say instead; None where nobody spoke. Faults end in words, not the call."""
        try:
            text = heard.text if isinstance(heard, Typed) else await self._recognise(heard.pcm)
            if text and self._house.remark and (answer := self._house.remark(text)):
                return answer
            if text:
                self._missed = 0
                return await self._asked(self._message(text))
        except BusyError:
            return phrases.TOO_SLOW
        except Exception:
            log.exception("call %s: a turn failed", self._transport.call_id)
            return phrases.FAULT
        self._missed += 1
        return phrases.NOT_CAUGHT if self._missed > 1 else None

    async def _asked(self, message: Message) -> Turn:
        following = self._tasks.create_task(self._follow(message, self._sure))
        await asyncio.sleep(0)  # it listens before there is anything to hear
        try:
            return await self._house.clerk.answer(message)
        finally:
            following.cancel()

    async def _follow(self, message: Message, sure: asyncio.Queue[str]) -> None:
        """Hear what is sure of the reply; without it the reply is spoken when it is whole, and no call ends."""
        try:
            async for activity in self._house.clerk.watch(message.conversation_id):
                if activity.kind == "words" and activity.message_id == message.external_id:
                    sure.put_nowait(activity.words)
        except Exception:
            log.exception("call %s: the reply in the making cannot be followed", self._transport.call_id)

    async def _recognise(self, speech: Pcm) -> str:
        recognizer, hint = self._house.recognizer, self._house.hint
        transcript: Transcript = await recognizer.transcribe(speech, hint=hint)
        if transcript.text.strip() and transcript.language not in LANGUAGES:
            # A short Mandarin or English sentence over the phone is easily taken for a neighbour language.
            transcript = await recognizer.transcribe(speech, language=self._language, hint=hint)
        if transcript.text.strip() and transcript.language in LANGUAGES:
            self._language = transcript.language
        return transcript.text.strip()

    def _message(self, text: str) -> Message:
        self._said += 1
        return Message(
            id=uuid.uuid4().hex,
            channel="phone",
            external_id=f"{self._call}:{self._said}",
            conversation_id=self._conversation_id,
            sender_id=self._transport.caller,
            text=text,
            locale=self._language,
            received_at=datetime.now(UTC),
            trace_id=uuid.uuid4().hex,
        )

    async def _say_phrase(self, phrase: Phrase) -> bool:
        return await self._say(phrase[self._language], self._language)

    async def _say(self, words: str, language: Language) -> bool:
        """Speak and return True; False where a key stopped it."""
        if not words.strip():
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(_MANNERLY_S):
                await self._ears.quiet.wait()
        self._ears.attend(Attention.DEAF)
        self._speaking = self._tasks.create_task(self._speak(words, language))
        try:
            await asyncio.wait({self._speaking})
            return not self._speaking.cancelled()
        finally:
            self._speaking = None

    async def _speak(self, words: str, language: Language) -> None:
        """Speak. Raises `CallEnded` where there is no voice at all: dead air helps nobody."""
        book = self._house.phrasebook
        try:
            await self._playback.say(book.speech(words, language))
            return
        except Exception:
            log.exception("call %s: a reply could not be spoken", self._transport.call_id)
        sorry = phrases.FAULT[self._language]
        if not book.is_kept(sorry, self._language):
            raise CallEnded("there is no voice to speak with")
        await self._playback.say(book.speech(sorry, self._language))


def _unsaid(text: str, said: str) -> tuple[str, str]:
    """Return what of a reply is still to be said, and what of `said` belongs to the replies after it."""
    if not said:
        return text, ""
    if said.startswith(text):
        return "", said[len(text) :].lstrip("\n")
    return (text[len(said) :] if text.startswith(said) else text), ""


def spoken(reply: Reply) -> str:
    """Return a reply's words for the ear: its text, or what its cards say where it has no text."""
    if reply.text.strip():
        return reply.text
    comma = "，" if reply.language == "zh" else ", "
    cards = [part for part in reply.parts if isinstance(part, CardPart)]
    return "\n".join(
        comma.join(word for word in (card.title, card.subtitle, *(" ".join(field) for field in card.fields)) if word)
        for card in cards
    )
