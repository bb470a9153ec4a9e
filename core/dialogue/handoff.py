"""Fetching a person, and writing a ticket for one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from core.dialogue.draft import Draft
from core.types import Action, ActionStatus, spoken_text

_SUMMARY_CHARS = 300


def offer_person(draft: Draft) -> None:
    """Offer a person, by button and by a plain yes; nothing to offer when one was asked already."""
    if draft.handed_off:
        draft.say("handoff_pending")
        return
    draft.say("offer_person")
    draft.buttons((draft.word("button.person"), draft.word("press.person")))
    draft.offer("handoff")


async def hand_off(draft: Draft) -> str:
    """Ask the shop for a person, once in a conversation, and say so truthfully."""
    if draft.handed_off:
        draft.say("handoff_pending")
        return ""
    arguments = {"summary": _summary(draft)}
    done = await propose(draft, "transfer_to_human_agents", arguments, key="handoff")
    if not done:
        draft.say("handoff_failed")
        return ""
    draft.handed_off = True
    draft.outcome = "handed_off"
    draft.say("handoff_done")
    if draft.desk.handoff_hours:
        draft.say("handoff_hours", hours=draft.desk.handoff_hours)
    return ""


async def propose(draft: Draft, name: str, arguments: Mapping[str, object], *, key: str) -> bool:
    """Ask the shop for an action; its effect joins the turn. Returns whether the shop agreed.

    `key` and the conversation make the idempotency key: the same wish again does nothing more.
    """
    digest = hashlib.sha256(f"{draft.session.conversation_id}\n{name}\n{key}".encode()).hexdigest()[:32]
    action = Action(name=name, arguments=arguments, idempotency_key=digest)
    effect = await draft.desk.shop.propose(action, identity=draft.identity)
    draft.effects.append(effect)
    return effect.action.status is not ActionStatus.DENIED


def _summary(draft: Draft) -> str:
    """Return what a colleague should know: the reason, the business going on, the last words."""
    facts = [f"reason: {draft.slots.get('handoff_reason', 'asked')}"]
    topic = draft.slots.get("topic") or (draft.stack[0].flow if draft.stack else "")
    if topic and topic != "handoff":
        facts.append(f"about: {topic}")
    if draft.identity:
        facts.append(f"customer: {draft.identity.customer_id}")
    if draft.slots.get("order_id"):
        facts.append(f"order: {draft.slots['order_id']}")
    words = spoken_text(draft.message, draft.percept)[:_SUMMARY_CHARS]
    return "; ".join(facts) + f'; last words: "{words}"'
