"""When things go wrong: media that could not be used, words that were not understood."""

from __future__ import annotations

from core.dialogue.checking import hardly_heard
from core.dialogue.draft import Draft
from core.dialogue.handoff import hand_off, offer_person
from core.dialogue.looking import LOOK, UNSEEN

_MISSES = 2
"""Misses in a row after which a person is fetched."""
_NO_INDEX = frozenset({"seeing_off", "seeing_failed"})
"""What keeps a product from being recognised, and nobody from reading what is written on it."""


def tell_flags(draft: Draft) -> None:
    """Say what was wrong with a photo or a recording, so that the customer can do something about it.

    "How much is this?" beside a photo that was not seen is not about the product talked of before.
    """
    if UNSEEN & set(draft.percept.flags):
        draft.slots.pop("product_id", None)
    for flag in draft.percept.flags:
        key = f"flag.{flag}"
        if draft.desk.templates.has(key) and not (flag in _NO_INDEX and LOOK in draft.slots):
            draft.say(key)


async def settle(draft: Draft) -> None:
    """Count a miss and mend it: first with help and the offer of a person, then by fetching one."""
    if not draft.missed:
        draft.misses = 0
        return
    draft.misses += 1
    if not draft.spoke():
        draft.say("not_heard" if hardly_heard(draft.message.transcript) else "not_understood")
    if draft.outcome == "handed_off":
        return
    draft.outcome = "unknown"
    if draft.misses < _MISSES:
        if not draft.stack:
            offer_person(draft)
        return
    draft.misses = 0
    draft.turn_page()
    draft.slots["handoff_reason"] = "not understood twice"
    await hand_off(draft)
