"""Calls as operations: what the phone needs beside the talk, wired to the store and the settings."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.call_ports import Dialer
from core.config import Phone, Settings, call_hours
from core.dialogue.handing_over import handed_over
from core.journal.calls import StoreCalls
from core.journal.outgoing import StoreOutgoing
from core.journal.store import Store
from core.shop.local import LocalShop
from core.types import Action, Language, Turn
from ui.app import Application
from voice.call.consent import Recordings
from voice.call.outbound import Outbound, Rules
from voice.call.phrases import LANGUAGES
from voice.call.record import CallRecord
from voice.call.recording import SUFFIX
from voice.call.seams import Note
from voice.call.session import CallSession, Operations
from voice.call.transfer import Brief, Desk, last_words
from voice.call.waiting import Patience

log = logging.getLogger(__name__)

_SWEEP_S = 3600.0
_DAY_S = 86_400.0
_YOUNG_S = 600.0


def recordings_folder(settings: Settings) -> Path:
    """Return where recordings lie."""
    return settings.data_dir.expanduser() / "recordings"


def first_language(phone: Phone) -> Language:
    """Return the language that a call begins in."""
    return LANGUAGES[0] if phone.language == "both" else phone.language


def operations(app: Application, dialer: Dialer | None, seen: Callable[[Mapping[str, Any]], None]) -> Operations:
    """Return what is done with calls; `seen` is told of each that is over."""
    phone, calls = app.settings.phone, StoreCalls(app.store)

    async def keep(record: CallRecord) -> None:
        call = record.as_json()
        if record.ended_at:
            seen(call)
        await calls.keep(call)

    warm = dialer if phone.transfer == "warm" else None
    if phone.transfer_to and phone.transfer == "warm" and dialer is None:
        log.warning("phone.transfer = warm needs a line that can call out; callers are put through unheard")

    async def write(note: Note) -> str:
        return await write_ticket(app.shop, app.store, note)

    async def brief(turn: Turn, language: Language) -> Brief:
        turns = await app.engine.turns(turn.message.conversation_id)
        told = handed_over(turns, app.pack.templates, language)
        return Brief(spoken=told.spoken, written=told.written) if told.spoken else await last_words(turn, language)

    return Operations(
        keep=keep,
        desk=Desk(
            dialer=warm,
            language=phone.desk_language or first_language(phone),
            ring_s=phone.transfer_ring_s,
            brief=brief,
        ),
        recordings=Recordings(folder=recordings_folder(app.settings), mode=phone.recording)
        if phone.recording != "off"
        else None,
        queue=phone.queue,
        patience=Patience(wait_s=phone.queue_s),
        note=write,
    )


async def write_ticket(shop: LocalShop, store: Store, note: Note) -> str:
    """Write a ticket for a call back, once for each key, and return its number."""
    arguments = {
        "kind": "callback",
        "topic": "callback",
        "summary": note.summary,
        "phone": note.caller,
        "conversation": note.conversation_id,
    }
    key = hashlib.sha256(f"callback\n{note.key}".encode()).hexdigest()[:32]
    effect = await shop.propose(Action(name="create_ticket", arguments=arguments, idempotency_key=key), identity=None)
    await store.write(effect.apply)
    return effect.facts["ticket"]


async def outbound(app: Application, session: CallSession, dialer: Dialer) -> Outbound:
    """Return what makes the calls that are due."""
    phone, about = app.settings.phone, await app.shop.about()
    names = app.pack.titles if not app.pack.sells else about.name if about else {}
    english = names.get("en", "")
    opens, closes = call_hours(phone.call_hours)
    rules = Rules(
        shop={"zh": names.get("zh") or english or "我们店", "en": english or names.get("zh") or "the shop"},
        opens=opens,
        closes=closes,
        attempts=phone.call_attempts,
        retry_s=60 * phone.call_retry_minutes,
        on_machine=phone.voicemail,
    )
    return Outbound(session, dialer, StoreOutgoing(app.store), rules)


async def tidy(app: Application) -> None:
    """Close what an earlier run left open, then delete what is too old, every hour until cancelled."""
    calls, folder, phone = StoreCalls(app.store), recordings_folder(app.settings), app.settings.phone
    await calls.mend()
    while True:
        now = time.time()
        forgotten = now - _DAY_S * phone.call_days
        await calls.expire(recordings_before=now - _DAY_S * phone.recording_days, calls_before=forgotten)
        await StoreOutgoing(app.store).expire(forgotten)
        kept = await calls.recordings()
        gone = await asyncio.to_thread(sweep, folder, kept)
        if gone:
            log.info("%d recording(s) were deleted", gone)
        await asyncio.sleep(_SWEEP_S)


def sweep(folder: Path, kept: frozenset[str]) -> int:
    """Delete the recordings that no call names any more, and return how many; a call that begins names its own soon."""
    old = time.time() - _YOUNG_S
    files = [file.name for file in folder.glob(f"*{SUFFIX}") if file.stat().st_mtime < old]
    return delete_recordings(folder, frozenset(files) - kept)


def delete_recordings(folder: Path, names: frozenset[str]) -> int:
    """Delete recordings by name and return how many."""
    for name in names:
        (folder / name).unlink(missing_ok=True)
    return len(names)
