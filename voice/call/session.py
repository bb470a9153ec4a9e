"""Hold calls: as many as the house can, the others wait or hear that it is busy."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, replace

from core.call_ports import MediaTransport
from core.types import Language
from voice.call import cues, phrases
from voice.call.consent import Recordings, recording
from voice.call.conversation import Conversation, House
from voice.call.echo import Echo
from voice.call.ended import CallEnded
from voice.call.patched_line import PatchedLine
from voice.call.record import CallRecord, Keep, forget
from voice.call.seams import WriteNote
from voice.call.transfer import Desk, Transfer
from voice.call.waiting import Patience, Seats, wait_for_seat

log = logging.getLogger(__name__)

_PLACES = 3
"""Places in the queue that are announced without synthesis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """What a shop does with its calls beside talking."""

    keep: Keep = forget
    """Stores the record of a call: when it begins and when it is over."""
    desk: Desk = Desk()
    recordings: Recordings | None = None
    """None: nothing is recorded."""
    queue: int = 0
    """Callers who may wait for a free line; the others hear that it is busy."""
    patience: Patience = Patience()
    note: WriteNote | None = None
    """Writes a ticket where a caller shall be called back."""


class CallSession:
    """Take calls from any line. `hold` is what a line calls for each of them."""

    def __init__(self, house: House, *, max_calls: int = 8, operations: Operations | None = None) -> None:
        """Serve at most `max_calls` at a time."""
        self.house = house
        self._operations = operations or Operations()
        self.seats = Seats(max_calls, waiting=self._operations.queue)
        if house.has_echo:
            Echo()  # its library is slow to load the first time, and no caller should wait for it
        cues.load()  # nor for its patterns: all calls would stand still for 50 ms

    @property
    def calls(self) -> int:
        """Return how many calls are being held."""
        return self.seats.taken

    async def prepare(self) -> None:
        """Synthesise greeting, filler, apology and busy prompt, so that no caller waits for them.

        It takes some seconds on a CPU, and calls may be taken meanwhile.
        """
        house, more = self.house, [*self.house.welcome()]
        if recordings := self._operations.recordings:
            first = phrases.RECORDED if recordings.mode == "announce" else phrases.MAY_WE_RECORD
            more = [(first[language], language) for language in house.languages] + more
        for place in range(1, min(self._operations.queue, _PLACES) + 1):
            more += [(phrases.IN_QUEUE[language].format(place=place), language) for language in house.languages]
        await house.phrasebook.prepare(house.languages, *more)

    async def practise(self, openings: Iterable[tuple[str, Language]]) -> None:
        """Let the voices practise how replies begin, while nobody calls."""
        await self.house.phrasebook.practise(openings, self.seats.all_free)

    async def hold(self, transport: MediaTransport) -> None:
        """Talk with a caller; return when the call is over and nothing of it is left running."""
        record = CallRecord.of(transport)
        line = PatchedLine(transport)
        await self.book(line, record, self._take(line, record))

    async def book(self, line: PatchedLine, record: CallRecord, work: Awaitable[None]) -> None:
        """Await the work of a call, and keep its record; the line is hung up afterwards, whatever happened."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep(record))  # a crash leaves at least this
                await work
            record.ended = record.ended or "we hung up"
        except* CallEnded as ended:
            record.ended = str(_leaf(ended))
        except* Exception as group:
            log.error("call %s ended by a fault", record.call_id, exc_info=group)
            record.ended = "a fault"
        finally:
            record.ended = record.ended or "the clerk was stopped"
            log.info("call %s ended: %s", record.call_id, record.ended)
            await line.hang_up()
            record.finish(line.quality())
            await self._keep(record)

    async def converse(self, line: PatchedLine, record: CallRecord, house: House) -> None:
        """Hold the conversation on a line that has a seat, recorded where that is allowed."""
        if house.transfer_to:
            house = replace(
                house, put_through=Transfer(house=house, desk=self._operations.desk, line=line, record=record)
            )
        async with recording(self._operations.recordings, house, line, record) as (heard_by, carried):
            async with asyncio.TaskGroup() as tasks:
                if record.recording:
                    tasks.create_task(self._keep(record))  # or a crash would leave a recording that nobody knows of
                await Conversation(heard_by, carried, tasks, record).run()

    async def _take(self, line: PatchedLine, record: CallRecord) -> None:
        if not self.seats.take():
            log.warning("call %s has to wait: %d calls are being held", record.call_id, self.calls)
            await wait_for_seat(self.seats, self.house, line, record, self._operations.patience, self._operations.note)
        try:
            await self.converse(line, record, self.house)
        finally:
            self.seats.leave()

    async def _keep(self, record: CallRecord) -> None:
        try:
            await self._operations.keep(record)
        except Exception:
            log.exception("the record of call %s could not be kept", record.call_id)


def _leaf(group: BaseException) -> BaseException:
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group
