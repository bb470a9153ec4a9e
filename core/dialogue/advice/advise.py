"""Advise over several messages: one good question, then products; another one, a cheaper one, not this one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from core.dialogue.advice.moves import load_moves
from core.dialogue.advice.offering import SHOWN, Found, find, offer, pool
from core.dialogue.advice.reasons import budget_press, budget_words
from core.dialogue.advice.why import tell_why
from core.dialogue.advice.wishing import (
    add_to_wish,
    asked_kinds,
    begin_wish,
    note_asked,
    rule_out,
    shown_before,
    wish_lines,
    wish_of,
)
from core.dialogue.comparing import compares
from core.dialogue.draft import Draft
from core.knowledge.comparing import amounts
from core.knowledge.needs import Candidate, read_needs
from core.knowledge.negation import is_negated
from core.knowledge.orderings import ranked_kinds, wanted_order
from core.knowledge.question import Question, read_question
from core.knowledge.splitting import Split, best_split
from core.knowledge.wish import Wish, read_wish
from core.shop.records import Product, in_language
from core.types import spoken_text
from core.wording.formats import money

_LIKELY = 0.3
"""Probability of a recommendation being asked for from which a bare kind of goods ("I need a jacket") is a wish."""
_BRAND = ("brand", "manufacturer", "maker", "品牌", "牌子")
_REFUSED = ("colour", "material", "feature")


async def advise(draft: Draft) -> str:
    """Ask what would narrow a vague wish down, or go on with one: "answered", or "" when it is neither."""
    facts, move = draft.desk.facts, draft.heard.get("move", "")
    text = draft.slots.get("question") or spoken_text(draft.message, draft.percept)
    if not facts.products or "\n" in text or {"product_id", "category"} & draft.heard.keys():
        return ""
    await facts.library()
    question = read_question(text, facts.lexicon)
    if move == "why":
        return await tell_why(draft)
    if compares(question):
        return ""
    done = await _go_on(draft, text, question, move) if wish_lines(draft) else False
    return "answered" if done or await _asks_back(draft, text, question) else ""


async def _go_on(draft: Draft, text: str, question: Question, move: str) -> bool:
    """Go on with the wish that is talked of; False when the message has nothing to do with it."""
    order = wanted_order(text) or ("cheaper" if load_moves().says("too_dear", text) else "")
    if move == "any":
        return await _list(draft, wish_of(draft))
    if move == "not_this":
        return await _not_this(draft, text)
    if move == "other":
        return await _others(draft)
    if order and not question.things:
        return await _more_or_less(draft, text, order)
    if _adds(draft, text, question):
        return await _narrowed(draft, text)
    return False


def _adds(draft: Draft, text: str, question: Question) -> bool:
    """Return whether a message says more of the wish, and asks nothing of a product."""
    lexicon = draft.desk.facts.lexicon
    told = read_needs(question, lexicon, question.budget)
    spans = lexicon.read(question.text)
    refuses = any(span.kind in _REFUSED and is_negated(question.text, span.start, span.end) for span in spans)
    if question.points or question.aspects or question.topics or not (told or refuses):
        return False
    if any(need.kind == "thing" for need in told) or (question.things and wish_of(draft).question.things):
        return False
    return "product_id" not in draft.slots or bool(question.budget) or len(shown_before(draft)) > 1


async def _narrowed(draft: Draft, text: str) -> bool:
    lines, lexicon = [*wish_lines(draft), text], draft.desk.facts.lexicon
    wish = read_wish(lines, lexicon)
    add_to_wish(draft, text)
    if wish.contradicts and wish.budget:
        draft.say("needs_contradict", low=_price(draft, wish.budget.low), high=_price(draft, wish.budget.high))
        draft.outcome = "asked"
        return True
    return await _list(draft, wish)


async def _list(draft: Draft, wish: Wish, keep: Callable[[Candidate], bool] = lambda _: True, key: str = "") -> bool:
    found = await find(draft, wish, keep=keep)
    if not found.candidates:
        return False
    await offer(draft, found, key=key)
    return True


async def _others(draft: Draft) -> bool:
    """Show what was not shown yet; when that is all there is, say so and what would bring more."""
    seen = set(shown_before(draft))
    found = await find(draft, wish_of(draft), keep=lambda one: one.product.product_id not in seen)
    await _offer_others(draft, found)
    return True


async def _offer_others(draft: Draft, found: Found) -> None:
    if found.candidates:
        await offer(draft, found, key="" if found.lacking else "products_others", unmet="no_others")
    else:
        draft.say("no_others")


async def _not_this(draft: Draft, text: str) -> bool:
    """Leave out what was shown; with "not that brand" all of its brand, where the records name one."""
    facts, shown = draft.desk.facts, shown_before(draft)
    refused = [draft.slots["product_id"]] if draft.slots.get("product_id") in shown else shown
    names_brand = load_moves().says("brand", text)
    brands = {brand for key in refused if (one := facts.product(key)) and (brand := _brand(one))}
    rule_out(draft, refused)
    if names_brand and brands:
        rule_out(draft, [one.product_id for one in facts.products.values() if _brand(one) in brands])
    elif names_brand:
        draft.say("no_brands")
    draft.forget("product_id")
    found = await find(draft, wish_of(draft))
    await _offer_others(draft, found)
    return True


def _brand(product: Product) -> str:
    texts = next((own for key, own in product.attributes.items() if key.lower() in _BRAND), {})
    return next(iter(texts.values()), "").casefold()


async def _more_or_less(draft: Draft, text: str, order: str) -> bool:
    """Show what is cheaper, lighter, bigger than all that was shown, as the records measure it."""
    facts = draft.desk.facts
    kinds, most = ranked_kinds(text) or (("price",), False)
    shown = [one for key in shown_before(draft) if (one := facts.product(key))]
    told = [much[0] for one in shown if (much := amounts([one], kinds))]
    if shown and not told:
        draft.say("order_unknown", asked=draft.word(f"order.{order}"))
        return True
    limit = (max(told) if most else min(told)) if told else None

    def goes_further(one: Candidate) -> bool:
        much = _amount(one, kinds)
        return much is not None and (limit is None or (much > limit if most else much < limit))

    found = await find(draft, wish_of(draft), keep=goes_further)
    if found.candidates and not found.lacking:
        ranked = sorted(found.candidates, key=lambda one: (_amount(one, kinds) or 0.0) * (-1 if most else 1))
        await offer(draft, replace(found, candidates=tuple(ranked)[:SHOWN]), key="products_others" if shown else "")
        return True
    draft.say("none_further" if shown else "order_unknown", asked=draft.word(f"order.{order}"))
    if limit is not None and "price" in kinds:
        last = shown[told.index(limit)]
        name = in_language(last.names, draft.language)
        draft.say("compare_price", product=name, price=_price(draft, limit))
        draft.cite(f"product:{last.product_id}", name)
    elif found.candidates:
        await offer(draft, found)
    return True


def _amount(one: Candidate, kinds: tuple[str, ...]) -> float | None:
    if "price" in kinds:
        return min((variant.price for variant in one.variants), default=None)
    much = amounts([one.product], kinds)
    return much[0] if much else None


async def _asks_back(draft: Draft, text: str, question: Question) -> bool:
    """Ask the one question that narrows a vague wish down best; False when the wish is clear or is none."""
    if not _is_wish(draft, question):
        return False
    wish = read_wish([text], draft.desk.facts.lexicon)
    if wish.contradicts and wish.budget:
        begin_wish(draft, text)
        draft.say("needs_contradict", low=_price(draft, wish.budget.low), high=_price(draft, wish.budget.high))
        draft.outcome = "asked"
        return True
    stated = {need.name or need.kind for need in wish.needs if need.kind != "thing"}
    products = pool(draft, wish)
    if stated and not question.things and {need.kind for need in wish.needs} <= {"budget", "audience"}:
        begin_wish(draft, text)
        return await _list(draft, wish)
    if stated - {"gift"} or len(products) <= SHOWN or not (question.things or stated):
        return False
    split = best_split(products, draft.desk.facts.lexicon, known=asked_kinds(draft))
    if split is None:
        return False
    begin_wish(draft, text)
    _ask(draft, split)
    return True


def _is_wish(draft: Draft, question: Question) -> bool:
    intents = draft.understanding.intents
    likely = next((one.probability for one in intents if one.name == "product_recommendation"), 0.0)
    asks = question.points or question.aspects or question.topics or question.have
    return likely >= _LIKELY and not asks


def _ask(draft: Draft, split: Split) -> None:
    lexicon, language = draft.desk.facts.lexicon, draft.language
    note_asked(draft, split.kind)
    draft.say(f"ask_{split.kind}")
    if split.kind == "budget":
        low, high = map(float, split.values)
        ranges = ((0.0, low), (low, high), (high, math.inf))
        choices = [(budget_words(draft, *one), budget_press(draft, *one)) for one in ranges]
    else:
        choices = [(word, word) for value in split.values if (word := lexicon.word(split.kind, value, language))]
    draft.buttons(*choices, (draft.word("button.any"), draft.word("button.any")))
    draft.forget("product_id", "listed")
    draft.outcome = "asked"


def _price(draft: Draft, amount: float) -> str:
    return money(amount, draft.desk.currency, draft.language)
