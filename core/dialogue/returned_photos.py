"""Photos of what is returned or exchanged: colleagues get them, with what they seem to show, as a ticket beside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.dialogue.draft import Draft
from core.dialogue.handoff import propose
from core.dialogue.looking import note_other, note_state, waiting_photos
from core.dialogue.tickets.collecting import denies
from core.dialogue.tickets.facts import read_facts, said
from core.shop.deeds import ticket_number
from core.types import spoken_text

_KEPT = "return_photos"
_WORDS_CHARS = 500
_SETTLE = "settle"


def corrects_photo(draft: Draft) -> bool:
    """Take "no, it's the handle" in place of what a model said of a kept photo, and nothing else of such words."""
    if not _settles(draft):
        draft.forget(_KEPT)  # what they belonged to was done without them, or given up
    kept = json.loads(draft.slots.get(_KEPT, "{}"))
    words = spoken_text(draft.message, draft.percept)
    if "seen" not in kept.get("facts", {}) or not _speaks_of_state(draft, words) or not denies(draft, words):
        return False
    draft.slots[_KEPT] = json.dumps({**kept, "facts": {"photo_words": words[:_WORDS_CHARS]}}, ensure_ascii=False)
    draft.say("photo_corrected")
    draft.understanding = replace(draft.understanding, commands=())
    draft.picked = True
    return True


async def keep_photos(draft: Draft) -> None:
    """Keep the photos that came with what is being settled; a photo without words is no question of its own."""
    words = spoken_text(draft.message, draft.percept)
    if not draft.absorbed and (words or not _settles(draft)):
        return
    if photos := waiting_photos(draft):
        kept = json.loads(draft.slots.get(_KEPT, "{}"))
        facts = {"seen": seen} if (seen := await note_state(draft, photos)) else {}
        every = list(dict.fromkeys([*kept.get("photos", []), *photos]))
        draft.slots[_KEPT] = json.dumps(
            {"photos": every, "facts": {**kept.get("facts", {}), **facts}, "words": words or kept.get("words", "")},
            ensure_ascii=False,
        )
        draft.picked = draft.picked or not words


async def hand_on_photos(draft: Draft, order_id: str, topic: str) -> None:
    """Write a ticket with the photos that were kept, and tell its number."""
    kept = json.loads(draft.slots.pop(_KEPT, "{}"))
    if not kept:
        return
    arguments: dict[str, object] = {
        "topic": topic,
        "summary": kept["words"][:_WORDS_CHARS],
        "priority": "normal",
        "language": draft.language,
        "conversation_id": draft.session.conversation_id,
        "order_id": order_id,
        "photos": kept["photos"],
    }
    if facts := await _facts(draft, kept, order_id):
        arguments["facts"] = facts
    if await propose(draft, "create_ticket", arguments, key=json.dumps([order_id, kept["photos"]])):
        draft.say("photo_kept", number=ticket_number(draft.effects[-1].action.idempotency_key))


async def _facts(draft: Draft, kept: Mapping[str, Any], order_id: str) -> dict[str, str]:
    """Return what the photos seem to show, and that it seems to be something else than was ordered; no more."""
    facts: dict[str, str] = kept["facts"]
    if draft.desk.sight is not None or "seen" not in facts:
        return facts
    other = await note_other(draft, kept["photos"], order_id)
    return facts if not other or other in facts["seen"] else facts | {"seen": f"{facts['seen']} {other}"}


def _settles(draft: Draft) -> bool:
    return any(waiting.flow == _SETTLE for waiting in draft.stack)


def _speaks_of_state(draft: Draft, words: str) -> bool:
    told = said(words, draft.message.received_at.date())
    return bool(read_facts("missing_or_wrong_item", told) or read_facts("repair_warranty", told))
