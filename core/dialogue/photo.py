"""A photo of a product: which one it is, or which ones it may be."""

from __future__ import annotations

from core.dialogue.draft import Draft
from core.dialogue.handoff import offer_person
from core.dialogue.looking import LOOK, tell_difference, tell_written
from core.dialogue.products import list_products, tell_product
from core.dialogue.read_orders import offer_lettering
from core.knowledge.question import read_question
from core.types import MatchDecision, spoken_text


async def look_at_photo(draft: Draft) -> str:
    """Answer about the photo by the index's decision: the product, up to four to choose from, or none.

    Where the words ask what is written, or how two photos differ, that is told instead.
    """
    if look := draft.slots.pop(LOOK, ""):
        await (tell_written(draft) if look == "read" else tell_difference(draft))
        return look
    if offered := offer_lettering(draft):
        return offered
    matches = draft.percept.matches
    facts = draft.desk.facts
    caption = spoken_text(draft.message, draft.percept)
    if not matches or matches[0].decision is MatchDecision.UNKNOWN:
        draft.say("photo_unknown")
        offer_person(draft)
        return "unknown"
    ids = dict.fromkeys(match.product_id for match in matches)
    found = [product for key in ids if (product := facts.product(key))]
    if not found:
        draft.say("photo_unknown")
        return "unknown"
    if matches[0].decision is MatchDecision.ASK and len(found) > 1:
        draft.slots["photo_question"] = caption
        list_products(draft, found, "photo_ask")
        return "ask"
    draft.say("photo_match")
    draft.slots["sku"] = matches[0].sku
    await tell_product(draft, found[0], read_question(caption, facts.lexicon))
    return "match"
