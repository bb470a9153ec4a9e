"""Say why a product is recommended, each reason from a record."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue.draft import Draft
from core.knowledge.affinity import Affinity
from core.knowledge.needs import Candidate, Need, Reason
from core.knowledge.variants import value_word
from core.shop.records import Product, in_language
from core.wording.formats import listing, money


def note_for(draft: Draft, candidate: Candidate, bought: Sequence[str], affinity: Affinity) -> str:
    """Return the reasons for a product in the words of its record, what it goes with, and what it does not meet."""
    told = list(dict.fromkeys(filter(None, (_told(draft, candidate.product, one) for one in candidate.reasons))))
    told += goes_with(draft, candidate.product, bought, affinity)
    notes = [draft.word("need_reasons", reasons=listing(told, draft.language))] if told else []
    lacking = [called(draft, need) for need in candidate.lacking if need.kind != "audience"]
    if lacking:
        notes.append(draft.word("need_lacking", needs=listing(lacking, draft.language)))
    return "".join(notes) if draft.language == "zh" else " ".join(notes)


def goes_with(draft: Draft, product: Product, bought: Sequence[str], affinity: Affinity) -> list[str]:
    """Return that the shop's records link a product to one that the customer bought."""
    linked = {node.id.partition(":")[2] for node in affinity.graph.near(f"product:{product.product_id}", "goes_with")}
    own = [found for key in bought if key in linked and (found := draft.desk.facts.product(key))]
    return [draft.word("reason_own", product=in_language(one.names, draft.language)) for one in own[:1]]


def called(draft: Draft, need: Need) -> str:
    """Return a need in the customer's language."""
    if need.kind == "budget":
        return draft.word("need_budget")
    if need.kind in ("age", "size"):
        return need.said
    return draft.desk.facts.lexicon.word(need.kind, need.name, draft.language)


def budget_words(draft: Draft, low: float, high: float) -> str:
    """Return a range of prices as it is said: "¥100 以内"."""
    currency, language = draft.desk.currency, draft.language
    if high == float("inf"):
        return draft.word("budget_over", low=money(low, currency, language))
    if not low:
        return draft.word("budget_under", high=money(high, currency, language))
    return draft.word("budget_between", low=money(low, currency, language), high=money(high, currency, language))


def budget_press(draft: Draft, low: float, high: float) -> str:
    """Return a range of prices as its button says it when pressed: in plain numbers, whatever the currency."""
    if high == float("inf"):
        return draft.word("budget_over", low=f"{low:.12g}")
    if not low:
        return draft.word("budget_under", high=f"{high:.12g}")
    return draft.word("budget_between", low=f"{low:.12g}", high=f"{high:.12g}")


def _told(draft: Draft, product: Product, reason: Reason) -> str:
    facts, language = draft.desk.facts, draft.language
    if reason.need.kind == "budget":
        return ""
    if not reason.text:
        return facts.lexicon.word(reason.need.kind, reason.need.name, language)
    if reason.is_option:
        return value_word(product, reason.key, reason.text, facts.lexicon, language)
    if not reason.key:
        return draft.word("need_quote", quote=reason.text)
    label = reason.key
    for kind in ("attribute", "feature", "aspect"):
        label = facts.lexicon.word(kind, reason.key, language) if label == reason.key else label
    joint = "：" if language == "zh" else ": "
    return f"{label.replace('_', ' ')}{joint}{reason.text}"
