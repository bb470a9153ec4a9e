"""Business that a colleague must settle: what the shop's rules say, and a ticket with the facts."""

from __future__ import annotations

import re

from core.dialogue.draft import Draft
from core.dialogue.orders import find_own, is_under_way
from core.dialogue.products import tell_facts
from core.dialogue.questions import tell_page
from core.dialogue.settling import TOPICS
from core.dialogue.tickets.collecting import is_question
from core.dialogue.tickets.facts import FORMS, read_facts, said
from core.dialogue.tickets.writing import look_for_ticket, own_tickets
from core.knowledge.question import read_question
from core.shop.keys import order_key
from core.shop.records import Page, Ticket
from core.types import spoken_text
from core.understand.clauses import clauses
from core.understand.normalise import normalise
from core.wording.formats import day

_POLICY_ENOUGH = 0.4
"""Lower than for a question: the topic is known already, only the page is looked for."""
_ABOUT_IT = 0.25
"""Evidence of the customer's own words below which a page of the topic does not answer their question."""
_CANDIDATES = 5
_TOPIC_WEIGHT = 0.7
"""What the topic's name counts beside the customer's own words, which say which of its pages is meant."""
_WORDS_CHARS = 500
_TICKETS_TOLD = 3
_TROUBLES = frozenset({"missing_or_wrong_item", "repair_warranty", "promotion_coupon", "payment_wallet"})
"""Topics of which a statement is a wish: "two items are missing"."""
_NAMED = {
    "complaint": re.compile(r"投诉|\bcomplain\w*", re.IGNORECASE),
    "invoice": re.compile(r"发票|\binvoice\b", re.IGNORECASE),
    "repair_warranty": re.compile(r"维修|保修|修(?:好|理|到)|\b(?:repair\w*|warranty)\b", re.IGNORECASE),
    "price_protection": re.compile(r"价保|保价|差价|\bprice (?:protection|difference)\b", re.IGNORECASE),
    "install_service": re.compile(r"安装|\binstall\w*\b", re.IGNORECASE),
    "pickup_service": re.compile(r"取件|\bpick-?up\b", re.IGNORECASE),
    "return": re.compile(r"退货|退款|\b(?:return|refund)\b", re.IGNORECASE),
    "exchange": re.compile(r"换货|\bexchange\b", re.IGNORECASE),
}
"""By the ticket's topic, the words that name it in a question of how far it is."""
_HYPOTHETICAL = re.compile(r"怎么办|如果|万一|要是|假如|\b(?:what (?:if|happens)|if|in case|suppose)\b", re.IGNORECASE)


_HAS_PROGRESS = frozenset(
    """refund return exchange cancel_order repair_warranty missing_or_wrong_item invoice complaint price_protection
    install_service pickup_service""".split()
)
_PROGRESS = re.compile(
    r"到哪|哪一步|进度|怎么样了|好了吗|好了没|成功|办了吗|办了没|处理了|审核|有结果|还没退|还没到账|没到账|退了吗"
    r"|退了没|了没有?$"
    r"|(?:取消|退款?|换)(?:掉|好|完)?了(?:吗|没)"
    r"|\b(?:status|progress|news|update|did you|have you|has (?:it|my|the)|is my \w+ (?:done|ready|approved)"
    r"|where(?:'s| is) my (?:refund|money|replacement|exchange|return)|still (?:waiting|no|haven't)"
    r"|haven't (?:got|received|seen))\b",
    re.IGNORECASE,
)
"""Words by which a customer asks how far it is, not how it is done."""
WISH = re.compile(
    r"我(?:要|想|需要|得)|帮我|给我|麻烦|请(?!问)|申请|预约(?!.{0,8}吗)|安排|派(?:个)?(?:人|师傅|快递)|不要了|不想要"
    r"|取消(?:吧|掉|了|订单)$|^(?:退货|换货|退款|发票|开票|取消订单|投诉)$"
    r"|\bI(?:'d like| would like| want| need|'m going)\b|\b(?:please|help me|for me)\b"
    r"|^(?:cancel|refund|return|exchange|swap|change|update|book|schedule|arrange|send)\b",
    re.IGNORECASE,
)
"""Words by which a customer wishes it done, where "how do I" and "can I" ask for the rules only."""


_CONTACT = re.compile(r"电话|手机|邮箱|联系方式|\b(?:phone|mobile|e-?mail|contact)\b", re.IGNORECASE)
"""What of a customer only a colleague changes."""


async def quote_policy(draft: Draft) -> str:
    """Say what the shop's page about the topic says.

    Returns "answered" when that was the question, "told" when a product's own record answers it, "progress"
    when the customer asks how far it is, which the order tells, "settle" when it is a change of orders, "ticket"
    when a colleague must do it, "elsewhere" when nobody here can, "asks" when it is no business but a question of
    something else, else "wished".
    """
    words = spoken_text(draft.message, draft.percept)
    topic = _refined(draft.slots.get("topic", ""), draft, words)
    draft.slots["topic"], draft.slots["request"] = topic, words[:_WORDS_CHARS]
    if "recent" in draft.heard:
        draft.slots["wished_recent"] = "yes"
    if _asks_progress(topic, words):
        return "progress"
    if topic == "complaint":
        draft.say("complaint_sorry")
        return "ticket"
    if topic == "out_of_scope_merchant":
        return "elsewhere"
    wishes = bool(WISH.search(words)) or _reports(topic, words)
    if not wishes and await tell_facts(draft, read_question(normalise(words), draft.desk.facts.lexicon)):
        return "told"
    await _take_also(draft, words)
    topic = draft.slots.get("topic", "")
    page, about_it = await _page(draft, topic, words)
    if page is not None and not wishes:
        if not about_it and _is_guessed(draft, topic, words):
            draft.fill("question", words)
            return "asks"
        tell_page(draft, page)
        return "answered"
    if topic in TOPICS and not _CONTACT.search(words):
        return "settle"
    draft.say("business_understood", topic=topic_word(draft))
    if page is not None:
        tell_page(draft, page)
    return "ticket" if wishes else "wished"


def _is_guessed(draft: Draft, topic: str, words: str) -> bool:
    """Return whether the topic of words that are not about its page is a guess: a model's, or one that names goods."""
    if draft.understanding.rung == "model":
        return True
    return topic not in TOPICS and bool(read_question(normalise(words), draft.desk.facts.lexicon).things)


def _refined(topic: str, draft: Draft, words: str) -> str:
    """Return "repair_warranty" where the goods arrived whole and do not work."""
    told = said(words, draft.message.received_at.date())
    broken = topic == "missing_or_wrong_item" and not read_facts(topic, told)
    return "repair_warranty" if broken and "fault" in read_facts("repair_warranty", told) else topic


def _reports(topic: str, words: str) -> bool:
    """Return whether the words tell of trouble that happened, which is a wish to have it mended."""
    return topic in _TROUBLES and not is_question(words) and not _HYPOTHETICAL.search(words)


def _asks_progress(topic: str, words: str) -> bool:
    return topic == "after_sales_progress" or (topic in _HAS_PROGRESS and bool(_PROGRESS.search(words)))


async def _take_also(draft: Draft, words: str) -> None:
    """Take up the second of two requests at once: a question from its page, a wish after the first one.

    What changes orders comes before a ticket, because it is read from this message.
    """
    topic, first = draft.heard.get("also", ""), draft.slots.get("topic", "")
    if not topic or not draft.desk.templates.has(f"topic.{topic}"):
        return
    asked = is_question(clauses(words)[-1].text) if clauses(words) else False
    if not asked and topic in FORMS:
        draft.slots["next_topics"] = topic
        return
    if not asked and topic in TOPICS and first in FORMS:
        draft.slots["topic"], draft.slots["next_topics"] = topic, first
        return
    named = draft.word(f"topic.{topic}")
    hits = await draft.desk.facts.search(named, prefix="page:", k=1)
    if hits and hits[0].score >= _POLICY_ENOUGH:
        tell_page(draft, draft.desk.facts.pages[hits[0].passage.id.partition(":")[2]])
        draft.turn_page()


async def tell_tickets(draft: Draft) -> str:
    """Tell how the tickets stand that the question is about.

    Returns "told", "nobody" when it is not known yet whose they are, or "none", and then an order may tell.
    """
    tickets = [ticket for ticket in await own_tickets(draft) if await _is_asked_for(draft, ticket)]
    topic = draft.slots.get("topic", "")
    for ticket in tickets[:_TICKETS_TOLD]:
        draft.slots["topic"] = ticket.topic
        draft.say("ticket_pending", topic=topic_word(draft), number=ticket.number, day=day(ticket.at, draft.language))
    draft.slots["topic"] = topic
    if tickets:
        return "told"
    return "none" if draft.identity else "nobody"


async def _is_asked_for(draft: Draft, ticket: Ticket) -> bool:
    topic, order_id = draft.slots.get("topic", ""), draft.heard.get("order_id", "")
    if order_id and order_key(ticket.order_id) != order_key(order_id):
        return False
    if topic != "after_sales_progress":
        return ticket.topic == topic
    words = draft.slots.get("request", "")
    named = next((own for own, pattern in _NAMED.items() if pattern.search(words)), "")
    return not named or ticket.topic == named


async def tell_progress(draft: Draft) -> str:
    """Add to an order's status how long what was asked for takes, or offer a ticket about it."""
    topic = draft.slots.get("topic", "")
    order = await find_own(draft, draft.slots.get("order_id", ""))
    if order is None or is_under_way(order) or order.status == "delivered":
        return await suggest_ticket(draft)
    page, _ = await _page(draft, "refund", draft.word("topic.refund"))
    if page is not None and topic in ("refund", "return", "after_sales_progress", "cancel_order"):
        tell_page(draft, page)
    return ""


async def _page(draft: Draft, topic: str, words: str) -> tuple[Page | None, bool]:
    """Return the page nearest to the customer's words and to the topic's name together.

    Beside it stands whether their words alone have anything to do with it.
    """
    facts = draft.desk.facts
    asked = await facts.search(words, prefix="page:", k=_CANDIDATES)
    named = await facts.search(topic_word(draft), prefix="page:", k=_CANDIDATES)
    if max((hit.score for hit in (*asked, *named)), default=0.0) < _POLICY_ENOUGH:
        return None, False
    total: dict[str, float] = {}
    for hits, weight in ((asked, 1.0), (named, _TOPIC_WEIGHT)):
        for hit in hits:
            total[hit.passage.id] = total.get(hit.passage.id, 0.0) + weight * hit.score
    best = max(total, key=lambda key: total[key])
    of_words = next((hit.score for hit in asked if hit.passage.id == best), 0.0)
    return facts.pages.get(best.partition(":")[2]), of_words >= _ABOUT_IT


async def suggest_ticket(draft: Draft) -> str:
    """Offer, after an answer, to have it done: a plain yes in the next message begins the ticket.

    Nothing is offered for hurrying or rescheduling an order that is not under way any more.
    """
    if draft.slots.get("topic") in ("urge_delivery", "delivery_schedule"):
        order = await find_own(draft, draft.slots.get("order_id", ""))
        if order is not None and not is_under_way(order):
            return ""
        if await look_for_ticket(draft) == "there":
            return ""
    if draft.slots.get("topic") in TOPICS:  # the clerk does these itself
        if not any(frame.flow == "settle" for frame in draft.stack):
            draft.say("settle_suggest")
            draft.offer("settle")
        return ""
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
