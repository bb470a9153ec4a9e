"""Business that a colleague must settle: what the shop's rules say, and a ticket with the facts."""

from __future__ import annotations

import re

from core.dialogue.draft import Draft
from core.dialogue.handoff import propose
from core.dialogue.questions import tell_page
from core.shop.records import Page
from core.types import spoken_text

_POLICY_ENOUGH = 0.4
"""Lower than for a question: the topic is known already, only the page is looked for."""
_WORDS_CHARS = 500


_WISH = re.compile(
    r"我(?:要|想|需要|得)|帮我|给我|麻烦|请(?!问)|申请|不要了|不想要|取消(?:吧|掉|了|订单)$|^(?:退货|换货|退款|发票|开票|取消订单|投诉)$"
    r"|\bI(?:'d like| would like| want| need|'m going)\b|\b(?:please|help me|for me)\b"
    r"|^(?:cancel|refund|return|exchange|swap|change|update|book)\b",
    re.IGNORECASE,
)
"""Words by which a customer wishes it done, where "how do I" and "can I" ask for the rules only."""


async def quote_policy(draft: Draft) -> str:
    """Say what the shop's page about the topic says: "answered" when that was the question, else "wished"."""
    topic = draft.slots.get("topic", "")
    words = spoken_text(draft.message, draft.percept)
    draft.slots["request"] = words[:_WORDS_CHARS]
    if topic == "complaint":
        draft.say("complaint_sorry")
        return "wished"
    page = await _page(draft, topic, words)
    if page is not None and not _WISH.search(words):
        tell_page(draft, page)
        return "answered"
    draft.say("business_understood", topic=topic_word(draft))
    if page is not None:
        tell_page(draft, page)
    return "wished"


async def _page(draft: Draft, topic: str, words: str) -> Page | None:
    """Return the page nearest to the customer's words, or to the topic's name when the words are vague."""
    facts = draft.desk.facts
    asked = await facts.search(words, prefix="page:", k=1)
    named = await facts.search(topic_word(draft), prefix="page:", k=1)
    best = max([*asked, *named], key=lambda hit: hit.score, default=None)
    if best is None or best.score < _POLICY_ENOUGH:
        return None
    return facts.pages.get(best.passage.id.partition(":")[2])


async def suggest_ticket(draft: Draft) -> str:
    """Offer, after an answer, to have it done: a plain yes in the next message begins the ticket."""
    draft.say("suggest_ticket")
    draft.buttons(
        (draft.word("button.ticket"), draft.word("press.yes")),
        (draft.word("button.person"), draft.word("press.person")),
    )
    draft.offer("ticket")
    return ""


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
