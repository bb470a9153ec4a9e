"""The queue before the lines: who called first is answered first, and everybody hears where they are."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from voice.call import phrases
from voice.call.conversation import House
from voice.call.ended import CallEnded
from voice.call.patched_line import PatchedLine
from voice.call.phrases import filled
from voice.call.record import CallRecord
from voice.call.seams import Note, WriteNote
from voice.call.talk import Talk, talking

log = logging.getLogger(__name__)

_TAIL = 4
"""Digits of the caller's number that are read back."""


@dataclass(slots=True)
class Seats:
    """So many calls are held at a time, and so many wait, in order."""

    most: int
    waiting: int = 0
    taken: int = 0
    all_free: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while nobody has a seat."""
    _queue: deque[asyncio.Event] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """Begin with all seats free."""
        self.all_free.set()

    @property
    def queued(self) -> int:
        """Return how many wait."""
        return len(self._queue)

    def take(self) -> bool:
        """Take a seat; False where none is free, or somebody waits for it already."""
        is_free = self.taken < self.most and not self._queue
        self.taken += is_free
        if is_free:
            self.all_free.clear()
        return is_free

    def leave(self) -> None:
        """Give a seat up; the first who waits has it at once, so that nobody comes in between."""
        if self._queue:
            self._queue.popleft().set()
            return
        self.taken -= 1
        if not self.taken:
            self.all_free.set()

    def join(self) -> asyncio.Event | None:
        """Wait in the queue: return what is set when a seat is ours; None where the queue is full."""
        if len(self._queue) >= self.waiting:
            return None
        mine = asyncio.Event()
        self._queue.append(mine)
        return mine

    def place(self, mine: asyncio.Event) -> int:
        """Return the place in the queue, from 1; 0 for a seat that is ours."""
        return self._queue.index(mine) + 1 if mine in self._queue else 0

    def give_up(self, mine: asyncio.Event) -> None:
        """Leave the queue, or the seat that was just given."""
        if mine.is_set():
            self.leave()
        else:
            self._queue.remove(mine)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How a caller is kept waiting."""

    wait_s: float = 180.0
    """After which we apologise and offer to call back."""
    announce_s: float = 20.0
    """Between two announcements of the place."""
    decide_s: float = 8.0


async def wait_for_seat(
    seats: Seats, house: House, line: PatchedLine, record: CallRecord, patience: Patience, note: WriteNote | None
) -> None:
    """Return when the caller has a seat, which `Seats.leave` gives up.

    Raises `CallEnded` where there is none: the queue is full, the caller hung up, or it took too long.
    """
    mine = seats.join()
    if mine is None:
        await apologise(house, line)
        return
    loop = asyncio.get_running_loop()
    began = loop.time()
    has_seat = False
    line.hold(True)
    try:
        async with talking(house, line) as talk:
            try:
                has_seat = await _waited(talk, seats, mine, patience)
            finally:
                line.hold(False)
                if not has_seat:
                    seats.give_up(mine)
            if not has_seat:
                await _part(talk, record, patience, note)
    except BaseException:
        if has_seat:
            seats.leave()
        raise
    finally:
        record.waited_s = loop.time() - began


async def _waited(talk: Talk, seats: Seats, mine: asyncio.Event, patience: Patience) -> bool:
    """Wait for a seat, telling the place now and then; False where it takes too long."""
    telling = asyncio.create_task(_tell(talk, seats, mine, patience.announce_s))
    try:
        async with asyncio.timeout(patience.wait_s):
            await mine.wait()
        return True
    except TimeoutError:
        return False
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait({telling})


async def apologise(house: House, line: PatchedLine) -> None:
    """Say that all lines are busy; always raises `CallEnded`."""
    async with talking(house, line) as talk:
        await talk.say(phrases.ALL_BUSY, *house.languages)
        raise CallEnded("all lines are busy")


async def _tell(talk: Talk, seats: Seats, mine: asyncio.Event, every_s: float) -> None:
    """Say the place at once, then now and then."""
    while place := seats.place(mine):
        try:
            await talk.say(filled(phrases.IN_QUEUE, place=place), *talk.house.languages)
        except Exception:
            log.exception("call %s: the place in the queue could not be said", talk.line.call_id)
        await asyncio.sleep(every_s)


async def _part(talk: Talk, record: CallRecord, patience: Patience, note: WriteNote | None) -> None:
    """Apologise and offer to call back, where there is a number; always raises `CallEnded`."""
    languages = talk.house.languages
    await talk.say(phrases.QUEUE_TOO_LONG, *languages)
    if note and record.caller:
        await talk.say(filled(phrases.SHALL_WE_CALL_BACK, tail=_tail(record.caller)), *languages)
        only = languages[0] if len(languages) == 1 else None
        if await talk.agrees(patience.decide_s, language=only):
            summary = f"call back: nobody could take the call; phone: {record.caller}"
            await note(Note(key=f"queue:{record.call_id}", caller=record.caller, summary=summary))
            await talk.say(phrases.BACK_NOTED, *languages)
            raise CallEnded("a call back was promised")
    await talk.say(phrases.CALL_LATER, *languages)
    raise CallEnded("nobody could take the call in time")


def _tail(number: str) -> str:
    """Return the last digits of a telephone number, apart from each other so that they are read one by one."""
    return " ".join([sign for sign in number if sign.isdigit()][-_TAIL:])
