"""What a page of the shop answers before anything is asked of the customer, or done for them."""

from __future__ import annotations

import re
from dataclasses import replace

from core.dialogue.business import WISH
from core.dialogue.draft import Draft
from core.dialogue.handoff import offer_person
from core.dialogue.questions import tell_page
from core.dialogue.tickets.collecting import is_question
from core.types import AskKnowledge, ChitChat, Handoff, spoken_text

_BEFORE_PROOF = 0.45
"""Evidence from which a page answers before we ask who the customer is."""
_AGAINST_THE_CLASSIFIER = 0.6
"""The same where the classifier says that it is nothing of the shop's."""
_BEFORE_PERSON = 0.4
"""The same before a person is fetched."""
_GENERAL = frozenset({"settle", "business", "order_wish"})
"""Flows that begin with words which may as well ask for the rules alone."""
_NAMES_OWN = frozenset({"order_id", "email", "name", "zip"})
_MINE = re.compile(
    r"我(?:的|买|订|下)|\bmy (?:order|parcel|package|purchase|refund|money|delivery)\b|\bI (?:bought|ordered|paid)\b",
    re.IGNORECASE,
)
"""Words about one's own order, which no page knows of."""


async def know_better(draft: Draft) -> None:
    """Take for a question what the classifier holds to be none of the shop's business, where a page is about it."""
    outside = [one for one in draft.understanding.commands if isinstance(one, ChitChat) and one.topic == "out_of_scope"]
    if not outside:
        return
    words = spoken_text(draft.message, draft.percept)
    hits = await draft.desk.facts.search(words, prefix="page:", k=1)
    if hits and hits[0].score >= _AGAINST_THE_CLASSIFIER:
        kept = tuple(one for one in draft.understanding.commands if one not in outside)
        asked = AskKnowledge(question=words, source="rules")
        draft.understanding = replace(draft.understanding, commands=(*kept, asked))


async def tell_rule(draft: Draft) -> str:
    """Say what the shop's page says before asking who the customer is, where they only ask whether or how it goes.

    Who asks "can I still exchange it" hears the rule at once, and may then have it done.
    """
    words = spoken_text(draft.message, draft.percept)
    general = any(waiting.flow in _GENERAL for waiting in draft.stack) and not _NAMES_OWN & draft.heard.keys()
    if general and not draft.spoke() and not WISH.search(words) and not _MINE.search(words):
        if await _tell_page(draft, words, _BEFORE_PROOF):
            draft.turn_page()
    return ""


async def answer_instead(draft: Draft) -> str:
    """Answer a question about the people ("until when are they there") rather than fetch one; "answered" if so.

    Only where the classifier guessed that a person is wanted: who says so gets one.
    """
    said = [command for command in draft.understanding.commands if isinstance(command, Handoff)]
    if not said or any(command.source != "classifier" for command in said):
        return ""
    if not await _tell_page(draft, spoken_text(draft.message, draft.percept), _BEFORE_PERSON):
        return ""
    offer_person(draft)
    return "answered"


async def _tell_page(draft: Draft, words: str, enough: float) -> bool:
    """Quote the page that answers a question; False when the words ask nothing, or no page is near enough."""
    if not is_question(words):
        return False
    hits = await draft.desk.facts.search(words, prefix="page:", k=1)
    if not hits or hits[0].score < enough:
        return False
    tell_page(draft, draft.desk.facts.pages[hits[0].passage.id.partition(":")[2]])
    return True
