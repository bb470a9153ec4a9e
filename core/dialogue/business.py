"""Business that a colleague must settle: what the shop's rules say, and a ticket with the facts."""

from __future__ import annotations

from core.dialogue.draft import Draft
from core.dialogue.handoff import propose
from core.dialogue.questions import tell_page
from core.types import spoken_text

_POLICY_ENOUGH = 0.4
"""Lower than for a question: the topic is known already, only the page is looked for."""
_WORDS_CHARS = 500


async def quote_policy(draft: Draft) -> str:
    """Say what the shop's page about the topic says: "found" or "none"."""
    topic = draft.slots.get("topic", "")
    words = spoken_text(draft.message, draft.percept)
    draft.slots["request"] = words[:_WORDS_CHARS]
    if topic == "complaint":
        draft.say("complaint_sorry")
        return "none"
    draft.say("business_understood", topic=topic_word(draft))
    facts = draft.desk.facts
    hits = await facts.search(f"{draft.word(f'topic.{topic}')}", prefix="page:", k=1)
    asked = await facts.search(words, prefix="page:", k=1)
    best = max([*hits, *asked], key=lambda hit: hit.score, default=None)
    if best is None or best.score < _POLICY_ENOUGH:
        return "none"
    tell_page(draft, facts.pages[best.passage.id.partition(":")[2]])
    return "found"


def topic_word(draft: Draft) -> str:
    """Return the customer's business in words."""
    key = f"topic.{draft.slots.get('topic', '')}"
    return draft.word(key) if draft.desk.templates.has(key) else draft.word("topic.other")


async def offer_ticket(draft: Draft) -> str:
    """Say that the clerk cannot settle it alone, and offer a ticket or a person."""
    draft.say("offer_ticket")
    draft.buttons(
        (draft.word("button.ticket"), draft.word("press.yes")),
        (draft.word("button.person"), draft.word("press.person")),
        (draft.word("button.no"), draft.word("press.no")),
    )
    return ""


async def write_ticket(draft: Draft) -> str:
    """Write a ticket with the facts: topic, order, the customer's own words."""
    topic, order_id = draft.slots.get("topic", "other"), draft.slots.get("order_id", "")
    arguments: dict[str, object] = {
        "topic": topic,
        "summary": draft.slots.get("request", ""),
        "priority": "high" if topic in ("complaint", "missing_or_wrong_item") else "normal",
    }
    if order_id:
        arguments["order_id"] = order_id
    if await propose(draft, "create_ticket", arguments, key=f"ticket:{topic}:{order_id}"):
        draft.say("ticket_done", topic=topic_word(draft))
        if draft.desk.handoff_hours:
            draft.say("handoff_hours", hours=draft.desk.handoff_hours)
    else:
        draft.say("handoff_failed")
    return ""
