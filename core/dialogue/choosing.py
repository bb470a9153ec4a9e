"""Help to choose: by stated needs, each with the words of the record that meet it; a larger one of the same."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue.draft import Draft
from core.dialogue.products import chosen_before, list_products, tell_product
from core.knowledge.needs import Candidate, Need, Reason, read_needs
from core.knowledge.orderings import ordered_values, wanted_order, wanted_ranking
from core.knowledge.question import Question
from core.knowledge.recommend import candidates
from core.knowledge.variants import fitting, value_word
from core.shop.records import Product, Variant, in_language
from core.wording.formats import listing

_SHOWN = 4
_TELLING = frozenset({"feature", "material", "use", "age", "colour", "size", "thing"})
"""Needs that recommend something by themselves; a budget or whom it is for only narrows down."""


def recommend(draft: Draft, question: Question, *, asked: bool = True) -> bool:
    """List what meets the needs that a question states, or the nearest; False when it states none.

    `asked` says that a recommendation is what is asked for, and not only whether there is such a thing.
    """
    facts, language = draft.desk.facts, draft.language
    needs = read_needs(question, facts.lexicon, question.budget)
    telling = _TELLING if asked else _TELLING - {"colour", "size"}
    if not any(need.kind in telling or (asked and need.kind == "audience") for need in needs):
        return False
    if any(need.kind in _TELLING and need.name != "gift" for need in needs):
        needs = tuple(need for need in needs if need.name != "gift")  # a gift for a child of three is for the child
    pool = _pool(draft, question)
    if len(pool) < 2 and not asked:
        return False  # it is asked of this one product
    found = candidates(pool, needs, question, facts.lexicon, language=language, budget=question.budget)
    if not question.things:
        found = [one for one in found if any(reason.need.kind in _TELLING for reason in one.reasons)] or found
    if not found or (not question.things and not any(need.kind in _TELLING for need in needs) and len(found) > _SHOWN):
        return False
    whole = [one for one in found if not one.lacking]
    shown = (whole or [one for one in found if len(one.lacking) == len(found[0].lacking)])[:_SHOWN]
    if not whole:
        draft.say("needs_unmet")
    chosen: dict[str, tuple[Variant, ...]] = {one.product.product_id: one.variants for one in shown}
    ids = {variant.item_id for variants in chosen.values() for variant in variants}
    list_products(
        draft,
        [one.product for one in shown],
        ("product_found" if len(shown) == 1 else "products_found") if whole else "products_nearest",
        only=lambda variant: variant.item_id in ids,
        notes={one.product.product_id: _note(draft, one) for one in shown},
    )
    return True


def _pool(draft: Draft, question: Question) -> list[Product]:
    facts = draft.desk.facts
    if not question.things:
        return list(facts.products.values())
    named = frozenset().union(*(facts.named(thing) for thing in question.things))
    return [product for product in facts.products.values() if f"product:{product.product_id}" in named]


def _note(draft: Draft, candidate: Candidate) -> str:
    """Return the reasons for a product in the words of its record, and what it does not meet."""
    told = list(dict.fromkeys(filter(None, (_told(draft, candidate.product, one) for one in candidate.reasons))))
    notes = [draft.word("need_reasons", reasons=listing(told, draft.language))] if told else []
    lacking = [_called(draft, need) for need in candidate.lacking if need.kind != "audience"]
    if lacking:
        notes.append(draft.word("need_lacking", needs=listing(lacking, draft.language)))
    return "".join(notes) if draft.language == "zh" else " ".join(notes)


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
    label = facts.lexicon.word("attribute", reason.key, language)
    if label == reason.key:
        label = facts.lexicon.word("feature", reason.key, language)
    if label == reason.key:
        label = facts.lexicon.word("aspect", reason.key, language)
    joint = "：" if language == "zh" else ": "
    return f"{label.replace('_', ' ')}{joint}{reason.text}"


def _called(draft: Draft, need: Need) -> str:
    if need.kind == "budget":
        return draft.word("need_budget")
    if need.kind in ("age", "size"):
        return need.said
    return draft.desk.facts.lexicon.word(need.kind, need.name, draft.language)


async def offer_more_or_less(draft: Draft, question: Question) -> bool:
    """Answer "a bigger one", "有更亮的吗" about the product spoken of; False when nothing of the kind is asked."""
    shown = draft.desk.facts.product(draft.slots.get("product_id", ""))
    if shown is None or question.things or question.topics or question.budget:
        return False
    order = wanted_order(question.text)
    ranking = wanted_ranking(question.text, shown) if order else None
    if ranking is None or ranking.option == "price":
        return False
    values = ordered_values(shown, ranking.option)
    before = dict(chosen_before(draft)).get(ranking.option)
    if ranking.step in ("most", "least"):
        wanted = values[-1] if ranking.step == "most" else values[0]
    else:
        at = values.index(before) if before in values else (-1 if ranking.step == "more" else len(values))
        following = values[at + 1 :] if ranking.step == "more" else values[:at][::-1]
        if not following or before is None:
            key = "none_more" if before in values else "option_values"
            told = [value_word(shown, ranking.option, one, draft.desk.facts.lexicon, draft.language) for one in values]
            name = in_language(shown.names, draft.language)
            label = value_word(shown, ranking.option, ranking.option, draft.desk.facts.lexicon, draft.language)
            draft.say(key, product=name, option=label, values=listing(told, draft.language))
            return True
        wanted = following[0]
    chosen = dict(chosen_before(draft)) | {ranking.option: wanted}
    bare = replace(
        question, text="", colours=(), sizes=(), features=(), aspects=("stock",), chosen=tuple(chosen.items())
    )
    if not fitting(shown, bare, draft.desk.facts.lexicon):
        bare = replace(bare, chosen=((ranking.option, wanted),))
    draft.slots["options"] = "\n".join(f"{option}={value}" for option, value in bare.chosen)
    await tell_product(draft, shown, bare)
    return True
