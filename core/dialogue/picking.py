"""Which thing of a list the customer means: by place, by part of its number, by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.dialogue.draft import Draft
from core.dialogue.orders import own_orders
from core.dialogue.photo_orders import orders_showing
from core.knowledge.passages import tokens
from core.knowledge.question import read_question
from core.types import StartFlow, spoken_text
from core.understand.normalise import normalise

_PART = re.compile(r"(?<![\dA-Za-z])[A-Za-z]{0,2}(\d{3,12})(?!\d)")
_LONG = 12
"""Chinese characters, or words, above which a message is more than a choice."""
_ONE = re.compile(r"\bones?\b", re.IGNORECASE)


async def pick(draft: Draft, *, waits_for_order: bool) -> None:
    """Fill the slot of the list that the customer sees with what is meant, if exactly one thing is."""
    slot, _, values = draft.slots.get("listed", "").partition(":")
    listed = [value for value in values.split(",") if value]
    if not listed or slot in draft.heard:
        return
    if _by_place(draft, slot, listed):
        return
    if slot == "order_id" and waits_for_order and "recent" in draft.heard:
        newest = next((order.order_id for order in await own_orders(draft)), None)
        if newest is not None:
            draft.fill(slot, newest)
        return
    words = normalise(spoken_text(draft.message, draft.percept))
    if slot == "order_id":
        found = _by_number(words, listed) or await _by_photo(draft, listed)
        if found is None and waits_for_order:
            own = await _orders(draft, listed, broad=False)
            found = _by_name(draft, words, own) or _by_name(draft, words, await _orders(draft, listed, broad=True))
    else:
        question = read_question(words, draft.desk.facts.lexicon)
        points = question.points or _ONE.search(words)
        found = _by_name(draft, words, _products(draft, listed)) if points and not question.topics else None
    if found is not None:
        draft.fill(slot, found)
        draft.picked = slot == "order_id"


async def _by_photo(draft: Draft, listed: list[str]) -> str | None:
    """Return the one listed order that holds what this message's photo shows."""
    begun = {one.flow for one in draft.understanding.commands if isinstance(one, StartFlow)}
    if not draft.things or begun - {"photo", "order_status"}:
        return None  # what the photo belongs to is another business, which finds its order itself
    own = [order for order in await own_orders(draft) if order.order_id in listed]
    showing = orders_showing(draft, own)
    return showing[0] if len(showing) == 1 else None


def _by_place(draft: Draft, slot: str, listed: list[str]) -> bool:
    left = [value for value in listed if value != draft.slots.get(slot)]
    if "other" in draft.heard and len(left) == 1:
        draft.fill(slot, left[0])
        return True
    ordinal = draft.heard.get("ordinal")
    if not ordinal:
        return False
    at = int(ordinal) - 1 if ordinal != "-1" else len(listed) - 1
    if 0 <= at < len(listed):
        draft.fill(slot, listed[at])
    return True


def _by_number(words: str, listed: list[str]) -> str | None:
    parts = _PART.findall(words)
    fitting = [value for value in listed if any(part in value for part in parts)]
    return fitting[0] if len(fitting) == 1 else None


async def _orders(draft: Draft, listed: list[str], *, broad: bool) -> Mapping[str, str]:
    """Return for each listed order the words by which its goods may be called, with `broad` their kind's, too."""
    return {
        order.order_id: " / ".join(
            f"{item.name} {_called(draft, item.product_id, broad=broad)} {' '.join(item.options.values())}"
            for item in order.items
        )
        for order in await own_orders(draft)
        if order.order_id in listed
    }


def _products(draft: Draft, listed: list[str]) -> Mapping[str, str]:
    return {value: _called(draft, value) for value in listed}


def _called(draft: Draft, product_id: str, *, broad: bool = True) -> str:
    product = draft.desk.facts.product(product_id)
    if product is None:
        return ""
    kinds = (*product.category_names.values(), *product.option_texts) if broad else ()
    return " / ".join([*product.names.values(), *kinds])


def _by_name(draft: Draft, words: str, called: Mapping[str, str]) -> str | None:
    """Return the one thing whose words fit best; None when none or several do."""
    lexicon = draft.desk.facts.lexicon
    if len(words.split()) > _LONG or (not words.isascii() and len(words) > _LONG):
        return None
    wanted = set(tokens(words, lexicon, query=True))
    hits = {key: len(wanted & set(tokens(text, lexicon, query=False))) for key, text in called.items()}
    most = max(hits.values(), default=0)
    best = [key for key, count in hits.items() if count == most]
    return best[0] if most and len(best) == 1 else None
