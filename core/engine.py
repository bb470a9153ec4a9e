"""One turn: a message in, replies out, everything on the record."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from core.dialogue.outcome import Bubble, Outcome
from core.errors import ClosingError, ConflictError
from core.mailbox import KEPT, Mailbox
from core.ports import Activity, BlobStore, Journal, Limits, MediaDoor, Perception
from core.telemetry import Stopwatch
from core.types import (
    Attachment,
    AttachmentKind,
    Identity,
    Language,
    Message,
    Percept,
    Reply,
    Session,
    SpeechPart,
    TextPart,
    Turn,
    Understanding,
)
from core.wording.apology import apology

_LOG = logging.getLogger(__name__)

_SPEECH_SHARE = 1 / 3
"""Of a turn's time that the voice may take; the written answer does not wait for it any longer."""


class Understands(Protocol):
    """Text to commands (core.understand)."""

    async def understand(self, message: Message, percept: Percept, session: Session) -> Understanding:
        """Return what the message means."""
        ...


class Rehears(Protocol):
    """What was heard to what was probably said (core.understand)."""

    async def reheard(self, message: Message, percept: Percept, session: Session) -> tuple[Message, Percept]:
        """Return both with better words, or as they were."""
        ...


class Responds(Protocol):
    """Commands to replies and effects (core.dialogue)."""

    async def respond(
        self, message: Message, percept: Percept, understanding: Understanding, session: Session
    ) -> Outcome:
        """Return what to say and do, and the session afterwards."""
        ...


class Words(Protocol):
    """Replies in better words (core.generation.writer)."""

    async def word(self, message: Message, percept: Percept, outcome: Outcome, tell: Callable[[str], None]) -> Outcome:
        """Return the outcome worded anew or as it was, within a deadline; `tell` hears what is sure so far."""
        ...


class Voice(Protocol):
    """Words to a recording (voice.speaker)."""

    async def to_wav(self, text: str, language: Language) -> bytes | None:
        """Return a WAV file, or None when there is no voice for the language."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the engine is made of."""

    journal: Journal
    perception: Perception
    understander: Understands
    dialogue: Responds
    media: MediaDoor
    blobs: BlobStore
    voice: Voice | None = None
    words: Words | None = None
    ear: Rehears | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much the engine takes on at once."""

    turn_timeout_s: float = 60
    mailbox: int = 100
    concurrent_turns: int = 64


class Engine:
    """The real `core.ports.Clerk`."""

    def __init__(self, parts: Parts, *, limits: Limits | None = None, bounds: Bounds | None = None) -> None:
        """Assemble; `start` takes up what an earlier run left unanswered."""
        self._parts = parts
        self._limits = limits or Limits()
        self._bounds = bounds or Bounds()
        self._mailbox = Mailbox(self._handle, limit=self._bounds.mailbox, concurrent=self._bounds.concurrent_turns)
        self._answers: dict[str, asyncio.Future[Turn]] = {}
        self._accepting: set[asyncio.Task[asyncio.Future[Turn] | None]] = set()
        self._watchers: defaultdict[str, set[asyncio.Queue[Activity]]] = defaultdict(set)
        self._on_commit: list[Callable[[Turn], None]] = []
        self._cuts: dict[str, asyncio.Task[None]] = {}
        """By conversation, the last note of what was heard, until it is on disk."""
        self._taking: dict[str, bool] = {}
        """By conversation in which a turn is being taken, whether what was heard before it has changed since."""

    @property
    def media(self) -> MediaDoor:
        """Return the door for photos and recordings."""
        return self._parts.media

    @property
    def blobs(self) -> BlobStore:
        """Return where their bytes lie afterwards."""
        return self._parts.blobs

    @property
    def limits(self) -> Limits:
        """Return the bounds that a channel enforces before it accepts."""
        return self._limits

    def on_commit(self, call: Callable[[Turn], None]) -> None:
        """Call `call` after each committed turn (the outbox wakes by it)."""
        self._on_commit.append(call)

    async def start(self) -> int:
        """Queue the messages that were accepted and never answered; return how many.

        Only the process that serves the channels does so: what another one works on is pending, too.
        """
        pending = await self._parts.journal.pending()
        for message in pending:
            self._queue(message)
        return len(pending)

    async def close(self) -> None:
        """Stop working; what is unfinished stays in the journal, and who waits for it gets a `ClosingError`."""
        await self._mailbox.close()
        await asyncio.gather(*self._accepting, *self._cuts.values(), return_exceptions=True)
        for message_id in tuple(self._answers):
            self._give_up(message_id, ClosingError(KEPT))

    async def open(
        self, conversation_id: str, *, channel: str, locale: Language | None = None, identity: Identity | None = None
    ) -> None:
        """Record a conversation, for the customer who is logged in if any; nothing happens when it is already here."""
        await self._parts.journal.open(conversation_id, channel=channel, locale=locale, identity=identity)

    async def is_open(self, conversation_id: str) -> bool:
        """Return whether the conversation is known."""
        return await self._parts.journal.is_open(conversation_id)

    async def turns(self, conversation_id: str, *, after: str = "") -> tuple[Turn, ...]:
        """Return the turns of a conversation, oldest first, those after turn `after` only."""
        return await self._parts.journal.turns(conversation_id, after=after)

    async def receive(self, message: Message) -> bool:
        """Commit a message durably and queue it; False for a repetition.

        Raises `BusyError` when the mailbox is full; nothing was accepted then. A caller that is cancelled
        while the message is on its way to the disk does not keep it from being answered.
        """
        return await self._accepted(message) is not None

    async def answer(self, message: Message) -> Turn:
        """`receive` a message and wait for its turn; a repetition returns the turn it already has.

        Raises what kept the turn from being recorded, and `ClosingError` when the clerk stops meanwhile.
        """
        answer = await self._accepted(message)
        return await (self._turn_of_first(message) if answer is None else asyncio.shield(answer))

    async def _accepted(self, message: Message) -> asyncio.Future[Turn] | None:
        accepting = asyncio.create_task(self._accept(message))
        self._accepting.add(accepting)
        accepting.add_done_callback(self._accepting.discard)
        return await asyncio.shield(accepting)

    async def _accept(self, message: Message) -> asyncio.Future[Turn] | None:
        self._mailbox.reserve(message.conversation_id)
        try:
            accepted = await self._parts.journal.accept(message)
        finally:
            self._mailbox.release(message.conversation_id)
        return self._queue(message) if accepted else None

    def _queue(self, message: Message) -> asyncio.Future[Turn]:
        """Give a message of the journal to the mailbox, once, and return its answer to come."""
        answer = self._answers.get(message.id)
        if answer is None:
            self._mailbox.put(message)
            answer = self._answers[message.id] = asyncio.get_running_loop().create_future()
        return answer

    async def _turn_of_first(self, message: Message) -> Turn:
        first = await self._parts.journal.find(message.channel, message.external_id)
        if first is None:
            raise LookupError(f"message {message.external_id} vanished from the journal")
        if first.id not in self._answers:
            turn = await self._parts.journal.turn_of(first.id)
            if turn is not None:
                return turn
        return await asyncio.shield(self._queue(first))  # queued already, or left over by a turn that failed to commit

    async def played(self, turn: Turn, words: str) -> None:
        """Record that of a turn's replies only `words` were heard; the next message is answered knowing it.

        A turn that is being taken meanwhile is begun anew. Words that are no beginning of the replies count as none.
        """
        conversation = turn.message.conversation_id
        cut = asyncio.create_task(self._parts.journal.played(turn.id, words))
        self._cuts[conversation] = cut  # what was noted before it is written before it, by the one writer
        cut.add_done_callback(lambda done: self._cuts.get(conversation) is done and self._cuts.pop(conversation))
        if conversation in self._taking:
            self._taking[conversation] = True
        await asyncio.shield(cut)

    async def watch(self, conversation_id: str) -> AsyncIterator[Activity]:
        """Yield what happens in a conversation from now on."""
        mine: asyncio.Queue[Activity] = asyncio.Queue(maxsize=1000)
        self._watchers[conversation_id].add(mine)
        try:
            while True:
                yield await mine.get()
        finally:
            self._watchers[conversation_id].discard(mine)
            if not self._watchers[conversation_id]:
                del self._watchers[conversation_id]

    async def _handle(self, message: Message) -> None:
        self._tell(message.conversation_id, Activity(kind="typing", message_id=message.external_id))
        try:
            turn = await self._recorded(message)
        except Exception as error:
            self._give_up(message.id, error)
            raise
        finally:
            self._taking.pop(message.conversation_id, None)
        self._finish(turn)

    async def _recorded(self, message: Message) -> Turn:
        session = await self._session(message.conversation_id)
        watch = Stopwatch()
        watch.timings["queue"] = _waited_ms(message)
        try:
            try:
                turn = await self._taken(message, session, watch)
            except ConflictError as conflict:  # another conversation was quicker, or it became known what was heard
                _LOG.info("turn begun anew, trace %s: %s", message.trace_id, conflict)
                session = await self._session(message.conversation_id)
                turn = await self._taken(message, session, watch)
        except Exception:  # a bug, a dead backend or a refused effect: nothing was written, so say so instead
            _LOG.exception("turn failed, trace %s", message.trace_id)
            turn, after, outcome = self._failed(message, session, watch)
            await self._commit(turn, after, outcome)
        return turn

    async def _taken(self, message: Message, session: Session, watch: Stopwatch) -> Turn:
        async with asyncio.timeout(self._bounds.turn_timeout_s):
            turn, after, outcome = await self._turn(message, session, watch)
        if self._taking[message.conversation_id]:
            raise ConflictError("it became known meanwhile what was heard before")
        await self._commit(turn, after, outcome)
        return turn

    async def _session(self, conversation_id: str) -> Session:
        self._taking[conversation_id] = False
        cut = self._cuts.get(conversation_id)
        if cut is not None:
            await asyncio.wait({cut})
        return await self._parts.journal.session(conversation_id)

    async def _commit(self, turn: Turn, after: Session, outcome: Outcome) -> None:
        after = replace(after, version=after.version + 1, channel=turn.message.channel)
        await self._parts.journal.commit(turn, after, outcome.effects)

    async def _turn(self, message: Message, session: Session, watch: Stopwatch) -> tuple[Turn, Session, Outcome]:
        with watch.stage("perceive"):
            percept = await self._parts.perception.perceive(message)
            if message.transcript is not None:
                percept = replace(percept, transcript=message.transcript)
        with watch.stage("understand"):
            said, seen = message, percept  # the turn keeps what was heard
            if self._parts.ear is not None:
                said, seen = await self._parts.ear.reheard(message, percept, session)
            understanding = await self._parts.understander.understand(said, seen, session)
        with watch.stage("dialogue"):
            outcome = await self._parts.dialogue.respond(said, seen, understanding, session)
        if self._parts.words is not None:
            with watch.stage("word"):
                outcome = await self._parts.words.word(said, seen, outcome, partial(self._tell_words, message))
        turn_id = _new_id()
        with watch.stage("speak"):
            bubbles = await self._spoken(message, outcome)
        turn = Turn(
            id=turn_id,
            message=message,
            percept=percept,
            understanding=understanding,
            actions=tuple(effect.action for effect in outcome.effects),
            replies=_replies(turn_id, bubbles, outcome.language),
            timings=dict(watch.timings),
            outcome=outcome.outcome,
            steps=outcome.steps,
            stack=outcome.session.stack,
            expects=outcome.expects,
            manner=outcome.manner,
        )
        after = replace(
            outcome.session,
            version=session.version,
            language=outcome.language,
            last_reply=_words(outcome.bubbles),
            heard=None,
        )
        return turn, after, outcome

    async def _spoken(self, message: Message, outcome: Outcome) -> tuple[Bubble, ...]:
        words = _words(outcome.bubbles)
        if not (message.wants_speech and words and self._parts.voice):
            return outcome.bubbles
        try:
            async with asyncio.timeout(self._bounds.turn_timeout_s * _SPEECH_SHARE):
                wav = await self._parts.voice.to_wav(words, outcome.language)
        except TimeoutError:
            _LOG.warning("speech took too long and was left out, trace %s", message.trace_id)
            return outcome.bubbles
        except Exception:  # a broken voice must not cost the customer the written answer
            _LOG.exception("speech failed, trace %s", message.trace_id)
            return outcome.bubbles
        if wav is None:
            return outcome.bubbles
        sha256 = await self._parts.blobs.put(wav)
        recording = Attachment(
            id=_new_id(), kind=AttachmentKind.AUDIO, media_type="audio/wav", size_bytes=len(wav), sha256=sha256
        )
        *before, last = outcome.bubbles
        return (*before, replace(last, parts=(*last.parts, SpeechPart(attachment=recording))))

    def _failed(self, message: Message, session: Session, watch: Stopwatch) -> tuple[Turn, Session, Outcome]:
        language = session.language or message.locale or "en"
        outcome = Outcome(
            session=session,
            bubbles=(Bubble(parts=(TextPart(text=apology(language)),)),),
            language=language,
            outcome="failed",
        )
        turn_id = _new_id()
        turn = Turn(
            id=turn_id,
            message=message,
            percept=Percept(message_id=message.id),
            understanding=Understanding(commands=(), language=language),
            actions=(),
            replies=_replies(turn_id, outcome.bubbles, language),
            timings=dict(watch.timings),
            outcome="failed",
            stack=session.stack,
        )
        return turn, session, outcome

    def _finish(self, turn: Turn) -> None:
        answer = self._answers.pop(turn.message.id, None)
        if answer is not None and not answer.done():
            answer.set_result(turn)
        self._tell(
            turn.message.conversation_id,
            Activity(kind="turn", message_id=turn.message.external_id, turn=turn),
        )
        for call in self._on_commit:
            call(turn)

    def _give_up(self, message_id: str, error: Exception) -> None:
        answer = self._answers.pop(message_id, None)
        if answer is not None and not answer.done():
            answer.set_exception(error)
            answer.exception()  # where nobody waits for the answer, nobody needs to be told of the error

    def _tell_words(self, message: Message, words: str) -> None:
        self._tell(message.conversation_id, Activity(kind="words", message_id=message.external_id, words=words))

    def _tell(self, conversation_id: str, activity: Activity) -> None:
        for watcher in self._watchers.get(conversation_id, ()):
            with suppress(asyncio.QueueFull):  # a watcher that sleeps catches up from the journal
                watcher.put_nowait(activity)


def _replies(turn_id: str, bubbles: tuple[Bubble, ...], language: Language) -> tuple[Reply, ...]:
    return tuple(
        Reply(
            id=f"{turn_id}.{seq}",
            turn_id=turn_id,
            seq=seq,
            parts=bubble.parts,
            language=language,
            citations=bubble.citations,
            final=seq == len(bubbles) - 1,
        )
        for seq, bubble in enumerate(bubbles)
    )


def _waited_ms(message: Message) -> float:
    received = message.received_at
    now = datetime.now(UTC) if received.tzinfo else datetime.now()
    return max(0.0, (now - received).total_seconds() * 1000)  # a channel's clock may be ahead of ours


def _words(bubbles: tuple[Bubble, ...]) -> str:
    return "\n".join(part.text for bubble in bubbles for part in bubble.parts if isinstance(part, TextPart))


def _new_id() -> str:
    return uuid.uuid4().hex
