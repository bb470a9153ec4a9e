"""Why something was recommended: what the customer said, what its record says, and whose orders counted."""

from __future__ import annotations

from core.dialogue.advice.offering import sought
from core.dialogue.advice.personal import bought_before
from core.dialogue.advice.reasons import note_for
from core.dialogue.advice.wishing import ruled_out, shown_before, wish_lines, wish_of
from core.dialogue.draft import Draft
from core.knowledge.history import LEAST
from core.knowledge.needs import weigh
from core.shop.records import in_language

_TOLD = 4


async def tell_why(draft: Draft) -> str:
    """Explain the product spoken of, or those that were shown: "answered", or "" when none was recommended."""
    facts = draft.desk.facts
    out = ruled_out(draft)
    shown = [key for key in shown_before(draft) if key not in out]
    spoken_of = draft.slots.get("product_id", "")
    keys = [spoken_of] if spoken_of in shown else shown[-_TOLD:]
    products = [product for key in keys if (product := facts.product(key))]
    if not products:
        draft.say("why_nothing")
        return "answered"
    wish, bought, affinity = wish_of(draft), await bought_before(draft), await facts.affinity()
    needs = sought(wish)
    draft.say("why_said", said=" / ".join(wish_lines(draft)))
    for product in products:
        candidate = weigh(product, needs, wish.question, facts.lexicon, draft.language, wish.budget)
        note = note_for(draft, candidate, bought, affinity)
        customers = facts.history.bought.get(product.product_id, 0)
        told = draft.word("why_customers", customers=customers) if customers >= LEAST else ""
        note = f"{note}{told}" if draft.language == "zh" else " ".join(filter(None, (note, told)))
        name = in_language(product.names, draft.language)
        draft.say("why_line" if note else "why_line_bare", product=name, note=note)
        draft.cite(f"product:{product.product_id}", name)
    draft.say("why_personal" if bought else "why_not_personal")
    return "answered"
