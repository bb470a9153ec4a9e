"""Fetching a person, and writing a ticket for one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from core.dialogue.draft import Draft
from core.types import Action, ActionStatus, spoken_text
from core.understand.sentiment import ANGRY
from core.wording.heard import heard_part

_SUMMARY_CHARS = 300
_WORDS_CHARS = 120
_NO_BUSINESS = frozenset({"handoff", "identify", "own_order", "safety"})


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
    arguments = {"summary": _summary(draft), "facts": await _facts(draft)}
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


async def _facts(draft: Draft) -> dict[str, str]:
    """Return what `core.dialogue.handing_over` puts into a colleague's language."""
    customer = await draft.desk.shop.customer(draft.identity.customer_id) if draft.identity else None
    facts = {
        "name": f"{customer.first_name} {customer.last_name}" if customer else "",
        "proved_by": draft.identity.proved_by if draft.identity else "",
        "about": _business(draft),
        "order": draft.slots.get("order_id", "") if draft.identity else "",
        "request": draft.slots.get("request", "") or spoken_text(draft.message, draft.percept),
        "mood": _mood(draft.understanding.sentiment),
    }
    return {name: value for name, value in facts.items() if value}


def _summary(draft: Draft) -> str:
    """Return what a colleague should know: who, what, which orders, what was tried, the mood, the last words."""
    slots = draft.slots
    facts = {
        "reason": slots.get("handoff_reason", "asked"),
        "about": _business(draft),
        "customer": f"{draft.identity.customer_id} (by {draft.identity.proved_by})"
        if draft.identity
        else "not verified",
        "order": slots.get("order_id", ""),
        "tried": "; ".join(_tried(draft)),
        "mood": _mood(draft.understanding.sentiment),
        "language": draft.language,
        "channel": draft.message.channel,
        "our last words": _short(heard_part(draft.session)),
    }
    words = spoken_text(draft.message, draft.percept)[:_SUMMARY_CHARS]
    return "; ".join(f"{name}: {value}" for name, value in facts.items() if value) + f'; last words: "{words}"'


def _business(draft: Draft) -> str:
    going_on = [each.flow for each in draft.stack if each.flow not in _NO_BUSINESS]
    return draft.slots.get("topic", "") or (going_on[0] if going_on else "")


def _tried(draft: Draft) -> list[str]:
    tickets = json.loads(draft.slots.get("tickets", "[]"))
    tried = [f"ticket {number} ({topic})" for number, topic, *_ in tickets]
    if draft.failed_checks:
        tried.append(f"{draft.failed_checks} failed identity checks")
    request = draft.slots.get("request", "")
    if request and request != spoken_text(draft.message, draft.percept):
        tried.append(f'asked for "{_short(request)}"')
    return tried


def _mood(sentiment: float) -> str:
    return "angry" if sentiment <= ANGRY else "displeased" if sentiment < 0 else "pleased" if sentiment > 0 else "calm"


def _short(words: str) -> str:
    return " ".join(words.split())[:_WORDS_CHARS]
