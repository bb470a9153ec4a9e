"""Write a ticket: what is known is read out, the number is told, and the same one is not written twice."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date

from core.dialogue.draft import Draft
from core.dialogue.handoff import offer_person
from core.dialogue.orders import find_own
from core.dialogue.tickets.facts import FACTS, LEFT_OPEN
from core.dialogue.tickets.goods import item_name
from core.knowledge.links import LINK
from core.ports import Effect
from core.shop.deeds import ticket_number
from core.shop.keys import order_key
from core.shop.records import Ticket
from core.types import Action, ActionStatus
from core.understand.sentiment import sentiment
from core.wording.formats import day, listing, money

_HIGH = frozenset({"complaint", "missing_or_wrong_item", "safety"})
_MONEY = frozenset({"payment_wallet"})
_DISPLEASED = -0.4
"""At or below, the customer is angry enough that the ticket must not wait."""
_OWN_WORDS = frozenset({"happened", "fault", "coupon_message"})
_SAME_WORDS = 0.5
"""Share of the characters pairs of the shorter text; above it two complaints are one."""
_PRICED = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")
_CODED = frozenset({"invoice_kind", "problem", "time", "seen_where"})
"""Facts whose values have words of their own in the templates."""


async def look_for_ticket(draft: Draft) -> str:
    """Tell of the ticket that the customer already has about this: "there", or "new"."""
    known = await _known(draft)
    if known is None or "replaces" in draft.slots:
        return "new"
    draft.say("ticket_there", topic=_topic_words(draft), number=known.number)
    _finish(draft)
    offer_person(draft)
    return "there"


async def write_ticket(draft: Draft) -> str:
    """Write the ticket, read out what it holds, and tell its number and what comes next."""
    effect = await _proposed(draft)
    draft.effects.append(effect)
    if effect.action.status is ActionStatus.DENIED:
        draft.say("handoff_failed")
        return ""
    number = effect.facts.get("ticket") or ticket_number(effect.action.idempotency_key)
    order_id = str(effect.action.arguments.get("order_id", ""))
    key = "ticket_done_for" if order_id else "ticket_done"
    draft.say(key, topic=_topic_words(draft), number=number, **({"order": order_id} if order_id else {}))
    told = await _told(draft, effect.action.arguments)
    if told:
        draft.text("\n".join([draft.word("ticket_holds"), *told]))
    _remember(draft, number, order_id)
    _keep_for_correction(draft, number)
    draft.say("ticket_next")
    if draft.desk.handoff_hours:
        draft.say("handoff_hours", hours=draft.desk.handoff_hours)
    _finish(draft)
    return ""


def priority(draft: Draft) -> str:
    """Return "high" where anger, money that was taken, or somebody's safety is in it, else "normal"."""
    topic = draft.slots.get("topic", "")
    words = draft.slots.get("request", "")
    angry = min(draft.understanding.sentiment, sentiment(words)) <= _DISPLEASED
    return "high" if topic in _HIGH or topic in _MONEY or angry or "safety" in draft.slots else "normal"


def remembered(draft: Draft) -> tuple[Ticket, ...]:
    """Return the tickets that this conversation wrote."""
    raw = json.loads(draft.slots.get("tickets", "[]"))
    return tuple(Ticket(number=n, topic=t, order_id=o, items=tuple(i), summary=s, at=a) for n, t, o, i, s, a in raw)


async def own_tickets(draft: Draft) -> tuple[Ticket, ...]:
    """Return the customer's tickets, the newest first: those on record when verified, and this conversation's."""
    known = await draft.desk.shop.tickets_of(draft.identity) if draft.identity else ()
    numbers = {ticket.number for ticket in known}
    return (*(ticket for ticket in reversed(remembered(draft)) if ticket.number not in numbers), *known)


async def _known(draft: Draft) -> Ticket | None:
    topic, order_id = draft.slots.get("topic", ""), draft.slots.get("order_id", "")
    items = _items(draft)
    for ticket in await own_tickets(draft):
        if ticket.topic != topic or order_key(ticket.order_id) != order_key(
            order_id if topic != "complaint" else ticket.order_id
        ):
            continue
        if topic == "urge_delivery" and ticket.at[:10] != _today(draft).isoformat():
            continue
        if items and ticket.items and not set(items) & set(ticket.items):
            continue
        if not order_id or topic == "complaint":
            if not _alike(ticket.summary, _summary(draft)):
                continue
        return ticket
    return None


async def _proposed(draft: Draft) -> Effect:
    topic, order_id = draft.slots.get("topic", "other"), draft.slots.get("order_id", "")
    arguments: dict[str, object] = {
        "topic": topic,
        "summary": _summary(draft),
        "priority": priority(draft),
        "language": draft.language,
        "conversation_id": draft.session.conversation_id,
    }
    order = await find_own(draft, order_id)
    if order is not None and "order_free" not in draft.slots:
        arguments["order_id"] = order.order_id
        if _items(draft):
            arguments["item_ids"] = list(_items(draft))
    facts = {fact: draft.slots[fact] for fact in FACTS if draft.slots.get(fact, LEFT_OPEN) != LEFT_OPEN}
    if draft.slots.get("replaces"):
        facts["replaces"] = draft.slots["replaces"]
    if facts:
        arguments["facts"] = facts
    if draft.slots.get("photos"):
        arguments["photos"] = draft.slots["photos"].split(",")
    who = draft.identity.customer_id if draft.identity else draft.session.conversation_id
    same = {key: value for key, value in arguments.items() if key not in ("priority", "language", "conversation_id")}
    exact = json.dumps([who, same, _today(draft).isoformat()], ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(f"create_ticket\n{exact}".encode()).hexdigest()[:32]
    action = Action(name="create_ticket", arguments=arguments, idempotency_key=digest)
    return await draft.desk.shop.propose(action, identity=draft.identity)


async def _told(draft: Draft, arguments: Mapping[str, object]) -> list[str]:
    """Return what the ticket holds, a line each."""
    lines = []
    order = await find_own(draft, draft.slots.get("order_id", ""))
    if order is not None and _items(draft):
        names = [item_name(draft, item) for item in order.items if item.item_id in _items(draft)]
        lines.append(_line(draft, "items", listing(list(dict.fromkeys(names)), draft.language)))
    facts = arguments.get("facts")
    for fact, value in facts.items() if isinstance(facts, Mapping) else ():
        if fact == "seen" or (draft.is_heard and fact in _OWN_WORDS):
            continue  # that was told when it was noted, or the caller has just said it
        lines.append(_line(draft, str(fact), _in_words(draft, str(fact), str(value))))
    if draft.slots.get("photos"):
        lines.append(_line(draft, "photos", str(len(draft.slots["photos"].split(",")))))
    return lines


def _line(draft: Draft, fact: str, value: str) -> str:
    return draft.word("fact_line", label=draft.word(f"fact.{fact}"), value=value)


def _in_words(draft: Draft, fact: str, value: str) -> str:
    if fact == "day":
        return day(value, draft.language)
    priced = _PRICED.fullmatch(value)
    if priced:
        return money(float(priced.group(1)), priced.group(2), draft.language)
    key = f"{fact}.{value}"
    return draft.word(key) if fact in _CODED and draft.desk.templates.has(key) else _without_links(value)


def _without_links(value: str) -> str:
    """Return a customer's words as a reply repeats them: mail addresses stay, and the ticket keeps the links."""
    return LINK.sub(lambda found: found.group() if "@" in found.group() else "…", value)


def _topic_words(draft: Draft) -> str:
    key = f"topic.{draft.slots.get('topic', '')}"
    return draft.word(key) if draft.desk.templates.has(key) else draft.word("topic.other")


def _summary(draft: Draft) -> str:
    return draft.slots.get("happened") or draft.slots.get("request", "")


def _items(draft: Draft) -> tuple[str, ...]:
    return tuple(item for item in draft.slots.get("items", "").split(",") if item and item != LEFT_OPEN)


def _today(draft: Draft) -> date:
    return draft.message.received_at.date()


def _remember(draft: Draft, number: str, order_id: str) -> None:
    known = json.loads(draft.slots.get("tickets", "[]"))
    row = [
        number,
        draft.slots.get("topic", ""),
        order_id,
        list(_items(draft)),
        _summary(draft),
        _today(draft).isoformat(),
    ]
    draft.slots["tickets"] = json.dumps([entry for entry in known if entry[0] != number] + [row], ensure_ascii=False)


def _keep_for_correction(draft: Draft, number: str) -> None:
    """Keep what was written until the next message, which may say that something of it is wrong."""
    names = (*FACTS, "items", "photos", "request", "order_id", "topic", "order_free", "safety")
    kept = {name: draft.slots[name] for name in names if name in draft.slots}
    draft.slots["written"] = json.dumps({**kept, "replaces": number}, ensure_ascii=False)


def _finish(draft: Draft) -> None:
    """Forget what belonged to this ticket only; order and topic are still what is spoken of."""
    draft.forget(*FACTS, "items", "photos", "tries", "replaces", "safety", "order_free")
    if draft.slots.get("listed", "").startswith("items:"):
        draft.forget("listed")


def _alike(one: str, other: str) -> bool:
    pairs = [{text[at : at + 2] for at in range(len(text) - 1)} for text in (one.casefold(), other.casefold())]
    fewer = min(map(len, pairs))
    return fewer > 0 and len(pairs[0] & pairs[1]) / fewer >= _SAME_WORDS
