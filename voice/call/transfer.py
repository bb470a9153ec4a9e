"""Fetch a person to the phone, and say that it is done only when it is.

Warm: the caller holds while the person is called, told what it is about and asked to take the call; then
both lines are joined here, whatever carries them. Nobody is left in a dead call: whichever way it ends,
the person's line is hung up, and a caller who was not put through is told so and goes on with the clerk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.call_ports import Dialer, MediaTransport
from core.errors import NotAnsweredError
from core.types import Language, Turn, spoken_text
from voice.call import phrases
from voice.call.conversation import House
from voice.call.ended import CallEnded
from voice.call.patched_line import PatchedLine
from voice.call.record import CallRecord
from voice.call.seams import Say
from voice.call.talk import Talk, talking

log = logging.getLogger(__name__)

_CONNECTED = "connected"
_COMFORT_S = 15.0
"""Between two sentences to a caller who holds."""
_DECIDE_S = 8.0
"""That the person has to say yes, twice."""
_LATE_S = 5.0
"""After which a dialer that does not keep `ring_s` is given up."""
_BRIEF_CHARS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Why a person is needed."""

    spoken: str
    """In a sentence or two for the ear."""
    written: str
    """In full; it stands in the record of the call."""


async def last_words(turn: Turn, language: Language) -> Brief:
    """Return what the customer said last, and what the hand-off says in writing where it says something."""
    said = " ".join(spoken_text(turn.message, turn.percept).split())
    summaries = [each.arguments.get("summary") for each in turn.actions if each.name == "transfer_to_human_agents"]
    short = said[:_BRIEF_CHARS]
    spoken = f"顾客说：{short}" if language == "zh" else f'The customer said: "{short}"'
    return Brief(spoken=spoken, written=str(next(filter(None, summaries), said)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How a person is fetched; `House.transfer_to` says where one answers."""

    dialer: Dialer | None = None
    """None: the line itself must put callers through, unheard."""
    language: Language = "zh"
    """That the person is spoken to in."""
    ring_s: float = 25.0
    brief: Callable[[Turn, Language], Awaitable[Brief]] = last_words
    comfort_s: float = _COMFORT_S
    decide_s: float = _DECIDE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Fetches a person for one call (a `voice.call.seams.PutThrough`)."""

    house: House
    desk: Desk
    line: PatchedLine
    record: CallRecord

    async def __call__(self, turn: Turn, language: Language, say: Say) -> bool:
        """Put the caller through; False where that failed, of which the caller does not know yet."""
        await say(phrases.TRANSFERRING)
        if self.desk.dialer is None:
            done = await self.line.transfer(self.house.transfer_to)
            self.record.transfer = _CONNECTED if done else "not answered: the line could not put the caller through"
        else:
            done = await self._warm(self.desk.dialer, turn, say)
        log.info("call %s: transfer %s", self.record.call_id, self.record.transfer)
        return done

    async def _warm(self, dialer: Dialer, turn: Turn, say: Say) -> bool:
        settled = asyncio.Event()
        self.line.hold(True)
        comfort = asyncio.create_task(self._comfort(settled, say))
        try:
            async with ringing(dialer, self.house.transfer_to, self.desk.ring_s) as dialing:
                person = PatchedLine(await dialing)
                async with talking(self.house, person) as talk:
                    if not await self._accepts(talk, turn):
                        self.record.transfer = "declined"
                        return False
                    settled.set()
                    await comfort
                    # At once: what the person says while only the caller is spoken to would be lost.
                    await asyncio.gather(say(phrases.CONNECTED), talk.say(phrases.JOINING, self.desk.language))
                    self.record.transfer = _CONNECTED
                    self.line.join(person)
                    await asyncio.Event().wait()
        except NotAnsweredError as error:
            self.record.transfer = f"not answered: {error}"
        except CallEnded:
            if self.record.transfer == _CONNECTED:
                return True
            self.record.transfer = "declined"
        except Exception:
            log.exception("call %s: the transfer failed", self.record.call_id)
            self.record.transfer = "not answered: a fault"
        finally:
            self.line.part()
            self.line.hold(False)
            await _finished(settled, comfort)
        return False

    async def _comfort(self, settled: asyncio.Event, say: Say) -> None:
        """Speak to the holding caller now and then; a sentence that was begun is finished."""
        while True:
            try:
                async with asyncio.timeout(self.desk.comfort_s):
                    await settled.wait()
                return
            except TimeoutError:
                await say(phrases.STILL_HOLDING)

    async def _accepts(self, talk: Talk, turn: Turn) -> bool:
        """Return whether who answered takes the call; a voicemail says neither yes nor no."""
        language = self.desk.language
        brief = await self.desk.brief(turn, language)
        self.record.handed_over = brief.written
        offer = phrases.filled(phrases.TAKE_CALL, brief=brief.spoken.rstrip("。.!！"))
        for _ in range(2):
            await talk.say(offer, language)
            agreed = await talk.agrees(self.desk.decide_s, language=language)
            if agreed is not None:
                break
        return agreed is True


@asynccontextmanager
async def ringing(dialer: Dialer, target: str, ring_s: float) -> AsyncIterator[asyncio.Task[MediaTransport]]:
    """Call somebody inside the block; whatever happens there, no line is left open behind it.

    The task raises `NotAnsweredError` where nobody answers.
    """
    dial = asyncio.create_task(_dialed(dialer, target, ring_s))
    try:
        yield dial
    finally:
        dial.cancel()
        await asyncio.wait({dial})
        if not dial.cancelled() and dial.exception() is None:
            await dial.result().hang_up()


async def _dialed(dialer: Dialer, target: str, ring_s: float) -> MediaTransport:
    try:
        async with asyncio.timeout(ring_s + _LATE_S):
            return await dialer.dial(target, ring_s=ring_s)
    except TimeoutError as error:
        raise NotAnsweredError(f"nobody answered within {ring_s:g} s") from error


async def _finished(settled: asyncio.Event, comfort: asyncio.Task[None]) -> None:
    """Let a sentence of comfort come to its end; a call that is over ends it at once."""
    settled.set()
    try:
        await asyncio.wait({comfort})
    finally:
        comfort.cancel()
        await asyncio.wait({comfort})
