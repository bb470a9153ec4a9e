"""Advice from what the customer bought before: with their consent only, and off at a word."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue.draft import Draft
from core.dialogue.orders import own_orders
from core.shop.records import OrderStatus
from core.types import CancelFlow, Deny
from core.wording.templates import SPOKEN_CHANNELS

FLOW = "personal_on"
_OFFERED = "personal"
"""The slot that tells that it was offered, or refused: then it is not offered again."""


async def bought_before(draft: Draft) -> list[str]:
    """Return what the verified customer bought, the newest first; nothing without their consent."""
    if not draft.session.consent or draft.identity is None:
        return []
    kept = (order for order in await own_orders(draft) if order.status != OrderStatus.CANCELLED)
    return list(dict.fromkeys(item.product_id for order in kept for item in order.items))


async def offer_to_look(draft: Draft) -> None:
    """Ask a verified customer once whether their own orders may be looked at for recommending."""
    if draft.session.consent or draft.identity is None or _OFFERED in draft.slots or not await own_orders(draft):
        return
    if draft.message.channel in SPOKEN_CHANNELS or draft.stack[:-1]:
        return
    draft.turn_page()
    _offer(draft)


async def tell_whether(draft: Draft) -> str:
    """Answer whether own orders count, and offer it: a question is no consent."""
    if draft.session.consent:
        draft.say("why_personal")
        return "on"
    draft.say("personal_only_so")
    _offer(draft)
    return "offered"


def note_refused(draft: Draft) -> None:
    """Remember a no to the offer: it holds for whatever of one's orders something could be sold beside."""
    said_no = any(isinstance(one, Deny | CancelFlow) for one in draft.understanding.commands)
    if said_no and draft.slots.get("offer") == FLOW:
        draft.slots[_OFFERED] = "no"


def _offer(draft: Draft) -> None:
    draft.slots[_OFFERED] = "offered"
    draft.say("personal_offer")
    draft.buttons(
        (draft.word("button.personal"), draft.word("press.personal")), (draft.word("button.no"), draft.word("press.no"))
    )
    draft.offer(FLOW)


async def use_own_orders(draft: Draft) -> str:
    """Take the customer's consent: from now on their orders count in what is recommended."""
    draft.slots[_OFFERED] = "yes"
    if draft.identity is None:
        return "unknown"
    draft.session = replace(draft.session, consent=True)
    draft.say("personal_on")
    return "on"


async def leave_own_orders(draft: Draft) -> str:
    """Take the consent back, without asking why."""
    draft.slots[_OFFERED] = "no"
    was_on = draft.session.consent
    draft.session = replace(draft.session, consent=False)
    draft.say("personal_off" if was_on else "personal_was_off")
    return ""
