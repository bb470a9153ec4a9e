"""Help to choose: by stated needs, each with the words of the record that meet it; a larger one of the same."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue.advice.offering import SHOWN, find, offer, pool
from core.dialogue.advice.wishing import begin_wish
from core.dialogue.draft import Draft
from core.dialogue.products import chosen_before, tell_product
from core.knowledge.needs import read_needs
from core.knowledge.orderings import ordered_values, wanted_order, wanted_ranking
from core.knowledge.question import Question
from core.knowledge.variants import fitting, value_word
from core.knowledge.wish import Wish
from core.shop.records import in_language
from core.wording.formats import listing

_TELLING = frozenset({"feature", "material", "use", "age", "colour", "size", "thing"})
"""Needs that recommend something by themselves; a budget or whom it is for only narrows down."""


async def recommend(draft: Draft, text: str, question: Question, *, asked: bool = True) -> bool:
    """List what meets the needs that a question states, or the nearest; False when it states none.

    `asked` says that a recommendation is what is asked for, and not only whether there is such a thing.
    """
    needs = read_needs(question, draft.desk.facts.lexicon, question.budget)
    telling = _TELLING if asked else _TELLING - {"colour", "size"}
    if not any(need.kind in telling or (asked and need.kind == "audience") for need in needs):
        return False
    wish = Wish(question=question, needs=needs, budget=question.budget)
    if len(pool(draft, wish)) < 2 and not asked:
        return False  # it is asked of this one product
    found = await find(draft, wish)
    narrows = question.things or any(need.kind in _TELLING for need in needs)
    if not found.candidates or (not narrows and len(found.candidates) > SHOWN):
        return False
    begin_wish(draft, text)
    await offer(draft, found)
    return True


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
