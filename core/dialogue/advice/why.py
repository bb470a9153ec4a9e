"""Why something was recommended: what the customer said, what its record says, and whose orders counted."""

from __future__ import annotations

from core.dialogue.advice.personal import bought_before
from core.dialogue.advice.reasons import note_for
from core.dialogue.advice.wishing import shown_before, wish_lines, wish_of
from core.dialogue.draft import Draft
from core.knowledge.needs import weigh
from core.shop.records import in_language

_TOLD = 4


async def tell_why(draft: Draft) -> str:
    """Explain the product spoken of, or those that were shown: "answered", or "" when none was recommended."""
    facts = draft.desk.facts
    shown = shown_before(draft)
    spoken_of = draft.slots.get("product_id", "")
    keys = [spoken_of] if spoken_of in shown else shown[-_TOLD:]
    products = [product for key in keys if (product := facts.product(key))]
    if not products:
        draft.say("why_nothing")
        return "answered"
    wish, bought, affinity = wish_of(draft), await bought_before(draft), await facts.affinity()
    draft.say("why_said", said=" / ".join(wish_lines(draft)))
    for product in products:
        candidate = weigh(product, wish.needs, wish.question, facts.lexicon, draft.language, wish.budget)
        note = note_for(draft, candidate, bought, affinity)
        orders = facts.history.bought.get(product.product_id, 0)
        told = draft.word("why_orders", orders=orders) if orders else ""
        note = f"{note}{told}" if draft.language == "zh" else " ".join(filter(None, (note, told)))
        name = in_language(product.names, draft.language)
        draft.say("why_line" if note else "why_line_bare", product=name, note=note)
        draft.cite(f"product:{product.product_id}", name)
    draft.say("why_personal" if bought else "why_not_personal")
    return "answered"
