"""Whether a call may be recorded: said or asked before anything else, and taken back at a word."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from core.call_ports import MediaTransport
from voice.call import phrases
from voice.call.conversation import House
from voice.call.ended import CallEnded
from voice.call.line_words import says
from voice.call.phrases import Phrase
from voice.call.record import CallRecord
from voice.call.recording import SUFFIX, RecordedLine, Tape
from voice.call.talk import talking

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """Where recordings go, and how callers are asked."""

    folder: Path
    mode: Literal["ask", "announce"]
    decide_s: float = 6.0
    """That a caller has to say yes; silence is a no."""


@asynccontextmanager
async def recording(
    recordings: Recordings | None, house: House, line: MediaTransport, record: CallRecord
) -> AsyncIterator[tuple[House, MediaTransport]]:
    """Ask, and record what happens inside the block if that is wanted and allowed.

    The block gets the line to talk over, and the house that hears a caller take the consent back; what was
    recorded until then is deleted.
    """
    if recordings is None or not await _may_record(recordings, house, line, record):
        yield house, line
        return
    # The id of a call comes from the line, and a line's words are no file name.
    name = hashlib.sha256(record.call_id.encode()).hexdigest()[:32] + SUFFIX
    tape = Tape(recordings.folder / name)
    record.recording = name

    def take_back(text: str) -> Phrase | None:
        if not says("do_not_record", text):
            return house.remark(text) if house.remark else None
        tape.destroy()
        record.consent, record.recording = "withdrawn", ""
        return phrases.NOT_RECORDED

    writing = asyncio.create_task(tape.run())
    try:
        yield replace(house, remark=take_back), RecordedLine(line, tape)
    finally:
        tape.close()
        record.recording_sha256 = await writing


async def _may_record(recordings: Recordings, house: House, line: MediaTransport, record: CallRecord) -> bool:
    try:
        return await _consents(recordings, house, line, record)
    except CallEnded:
        raise
    except Exception:
        log.exception("call %s is not recorded: the caller could not be told", record.call_id)
        record.consent = ""
        return False


async def _consents(recordings: Recordings, house: House, line: MediaTransport, record: CallRecord) -> bool:
    async with talking(house, line) as talk:
        if recordings.mode == "announce":
            await talk.say(phrases.RECORDED, *house.languages, is_question=False)
            objects = any(says("do_not_record", said) for said in await talk.said_so_far())
            record.consent = "refused" if objects else "announced"
            if objects:
                await talk.say(phrases.WITHOUT_RECORDING, *house.languages)
            return not objects
        await talk.say(phrases.MAY_WE_RECORD, *house.languages)
        only = house.languages[0] if len(house.languages) == 1 else None
        record.consent = "agreed" if await talk.agrees(recordings.decide_s, language=only) else "refused"
    return record.consent == "agreed"
