"""A call back, where nobody answered: on which number, read out before it is written down."""

from __future__ import annotations

from core.dialogue.draft import Draft
from core.dialogue.handoff import propose
from core.dialogue.run import Runner
from core.shop.keys import phone_key
from core.types import Message
from core.wording.ear import spelled_out

FLOW = "callback"
_RING = "ring"
"""The slot with the number to ring."""
_SHOWN_DIGITS = 6
"""Fewer name an extension of a switchboard, which nobody outside can ring."""


def begin_callback(draft: Draft, runner: Runner) -> None:
    """Tell that nobody answered and go on: with the offer of a call back, above whatever was going on."""
    draft.handed_off = False  # nobody has taken over, and a person may be asked for again
    draft.forget("offer", _RING, "phone")
    draft.say("transfer_failed")
    runner.start(draft, FLOW)


async def number_to_ring(draft: Draft) -> str:
    """Take the number that was named, else the caller's own, else that of the record; "lacking" for none."""
    named = draft.slots.pop("phone", "")
    draft.heard.pop("phone", None)
    customer = await draft.desk.shop.customer(draft.identity.customer_id) if draft.identity else None
    on_record = customer.phone if customer else ""
    number = named or draft.slots.get(_RING, "") or _number_of(draft.message) or on_record
    if not number:
        return "lacking"
    draft.slots[_RING] = number
    return "known"


async def offer_callback(draft: Draft) -> str:
    """Offer the call back, its number read back digit by digit."""
    number = spelled_out(draft.slots[_RING], draft.language)
    draft.say("offer_callback", number=number)
    draft.keep_bound(number)
    return ""


async def settle_callback(draft: Draft) -> str:
    """Return "changed" where another number was named, else the answer: "yes" or "no"."""
    if "phone" in draft.heard:
        return "changed"
    return draft.stack[-1].slots.get("answer", "no")


async def write_callback(draft: Draft) -> str:
    """Write the ticket for it; a number that was said to already gets no second one."""
    number = draft.slots.pop(_RING)
    arguments = {
        "topic": FLOW,
        "summary": f"ring back {number}: {draft.slots.get('handoff_reason', 'asked for a person')}",
        "priority": "high",
        "language": draft.language,
        "conversation_id": draft.session.conversation_id,
        "facts": {"phone": number},
    }
    done = await propose(draft, "create_ticket", arguments, key=f"{FLOW}:{phone_key(number) or number}")
    draft.say("callback_done" if done else "handoff_failed")
    return ""


def _number_of(message: Message) -> str:
    """Return the caller's number; "" where the line tells none, or an address."""
    sender = message.sender_id.strip()
    digits = "".join(sign for sign in sender if sign.isdigit())
    plain = all(sign.isdigit() or sign in "+ -()" for sign in sender)
    return sender if plain and len(digits) > _SHOWN_DIGITS else ""
