"""From what the caller said to the clerk's turn, and what is sure of it while it is being made."""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.ports import Clerk
from core.types import CardPart, Event, Language, Message, Reply, Transcript, Turn
from voice.call.record import CallRecord

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Thinking:
    """Ask the clerk, for one call."""

    clerk: Clerk
    record: CallRecord
    said: int = 0
    """Messages so far."""
    asked: str = ""
    """The message that is being answered; what is sure of an older one, given up, is of no use."""
    sure: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    """What is sure of the reply in the making, from its beginning, as it grows."""

    def message(self, text: str, transcript: Transcript | None, language: Language, *, event: Event = "") -> Message:
        """Return what the caller said, or typed, or what happened on the line, as a message."""
        self.said += 1
        return Message(
            id=uuid.uuid4().hex,
            channel="phone",
            external_id=f"{self.record.call_id}:{self.said}",
            conversation_id=self.record.conversation_id,
            sender_id=self.record.caller,
            text=text,
            transcript=transcript,
            event=event,
            locale=language,
            received_at=datetime.now(UTC),
            trace_id=uuid.uuid4().hex,
        )

    async def next_sure(self) -> str:
        """Wait for more that is sure of the reply in the making, and return all of it."""
        return await self.sure.get()

    async def answer(self, message: Message) -> Turn:
        """Return the turn; meanwhile `sure` is filled."""
        self.asked = message.external_id
        following = asyncio.create_task(self._follow(message))
        await asyncio.sleep(0)  # it listens before there is anything to hear
        try:
            return await self.clerk.answer(message)
        finally:
            following.cancel()
            await asyncio.wait({following})

    async def _follow(self, message: Message) -> None:
        """Hear what is sure of the reply; without it the reply is spoken when it is whole, and no call ends."""
        try:
            async for activity in self.clerk.watch(message.conversation_id):
                if activity.kind == "words" and activity.message_id == message.external_id == self.asked:
                    self.sure.put_nowait(activity.words)
        except Exception:
            log.exception("a reply in the making cannot be followed")

    async def played(self, turn: Turn, words: str) -> None:
        """Tell the clerk that only `words` of a turn were heard; a fault of that ends no call."""
        try:
            await self.clerk.played(turn, words)
        except Exception:
            log.exception("what was heard of turn %s could not be recorded", turn.id)


def unsaid(text: str, said: str) -> tuple[str, str]:
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
