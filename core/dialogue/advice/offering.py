"""List what meets a wish, each with its reasons; where nothing meets all of it, say what is left out of account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.dialogue.advice.personal import bought_before, offer_to_look
from core.dialogue.advice.reasons import called, note_for
from core.dialogue.advice.wishing import note_shown, ruled_out
from core.dialogue.draft import Draft
from core.dialogue.products import list_products
from core.knowledge.affinity import Affinity
from core.knowledge.blending import blended, varied
from core.knowledge.needs import Candidate, Need
from core.knowledge.recommend import candidates
from core.knowledge.wish import Wish
from core.shop.records import Product, Variant
from core.wording.formats import listing

SHOWN = 4
"""Products in a list."""
_RANKED = 200
"""Products that are ranked by their nearness to the words; of those that meet a wish the rest is as good as far."""
_ASKED, _OWN, _BESTSELLER, _CHEAP = 1.0, 1.0, 0.25, 0.5
"""What nearness to the words counts in the order of equals, nearness to what the customer bought, how often all
customers buy it, and a low price."""
_NOT_GIFT = frozenset({"feature", "material", "use", "age", "colour", "size", "thing"})

Keep = Callable[[Candidate], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What can be offered for a wish."""

    candidates: tuple[Candidate, ...]
    """The best first."""
    lacking: tuple[Need, ...]
    """What none of these meets; () when all is met."""


async def find(draft: Draft, wish: Wish, *, keep: Keep = lambda _: True) -> Found:
    """Return what meets the wish, else what meets it but for the fewest needs; `keep` leaves out the rest.

    Everything comes from the records: an audience leaves out what says that it is for others, a need is met where an
    option, an attribute or the description says so.
    """
    facts, needs = draft.desk.facts, sought(wish)
    out = set(ruled_out(draft))
    left = [product for product in pool(draft, wish) if product.product_id not in out]
    weighed = candidates(left, needs, wish.question, facts.lexicon, language=draft.language, budget=wish.budget)
    kept = [one for one in weighed if one.variants and keep(one)]
    if not kept:
        return Found(candidates=(), lacking=())
    fewest = min(len(_lacking(one)) for one in kept)
    best = [one for one in kept if len(_lacking(one)) == fewest]
    lacking = _left_out(best)
    best = [one for one in best if _lacking(one) == lacking]
    return Found(candidates=await _ordered(draft, wish, best), lacking=lacking)


def sought(wish: Wish) -> tuple[Need, ...]:
    """Return the needs that products are measured by: a gift for a child of three is for the child."""
    if any(need.kind in _NOT_GIFT and need.name != "gift" for need in wish.needs):
        return tuple(need for need in wish.needs if need.name != "gift")
    return wish.needs


def pool(draft: Draft, wish: Wish) -> list[Product]:
    """Return the products of the kinds that a wish names, or all."""
    facts = draft.desk.facts
    if not wish.question.things:
        return list(facts.products.values())
    named = frozenset().union(*(facts.named(thing) for thing in wish.question.things))
    return [product for product in facts.products.values() if f"product:{product.product_id}" in named]


async def offer(draft: Draft, found: Found, *, key: str = "", unmet: str = "needs_unmet") -> None:
    """List the first of what was found, with reasons; `key` is said in place of how many there are.

    `unmet` is said where these do not meet all that was wished.
    """
    affinity = await draft.desk.facts.affinity()
    by_id = {one.product.product_id: one for one in found.candidates}
    shown = [by_id[one] for one in varied(tuple(by_id), affinity.likeness, draft.at_most(SHOWN))]
    ids = {variant.item_id for one in shown for variant in one.variants}

    def is_meant(variant: Variant) -> bool:
        return variant.item_id in ids

    if found.lacking:
        draft.say(unmet)
        if any(one.reasons for one in shown):
            left = listing([called(draft, need) for need in found.lacking], draft.language)
            draft.say("needs_left_out", needs=left)
        key = key or "products_nearest"
    bought = await bought_before(draft)
    list_products(
        draft,
        [one.product for one in shown],
        key or ("product_found" if len(shown) == 1 else "products_found"),
        only=is_meant,
        notes={one.product.product_id: note_for(draft, one, bought, affinity) for one in shown},
    )
    note_shown(draft, [one.product.product_id for one in shown])
    await offer_to_look(draft)


def _lacking(one: Candidate) -> tuple[Need, ...]:
    return tuple(need for need in one.lacking if need.kind != "audience")


def _left_out(best: Sequence[Candidate]) -> tuple[Need, ...]:
    """Return what most of the best lack; where as many lack the price as something else, the price gives way."""
    ways: dict[tuple[Need, ...], int] = {}
    for one in best:
        ways[_lacking(one)] = ways.get(_lacking(one), 0) + 1
    return max(ways, key=lambda way: (any(need.kind == "budget" for need in way), ways[way]))


async def _ordered(draft: Draft, wish: Wish, best: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return equals by how near they are to the words, to what was bought with consent, and by sales and price."""
    facts = draft.desk.facts
    by_id = {one.product.product_id: one for one in best}
    hits = await facts.search(wish.question.text, prefix="product:", k=_RANKED, forgiving=True)
    near = [key for hit in hits if (key := hit.passage.id.partition(":")[2]) in by_id and hit.score > 0]
    cheap = sorted(by_id, key=lambda key: min((v.price for v in by_id[key].variants), default=0.0))
    rankings = [(near, _ASKED), (cheap, _CHEAP), (facts.history.popular(by_id), _BESTSELLER)]
    bought = await bought_before(draft)
    if bought:
        rankings.append((_own(await facts.affinity(), bought, tuple(by_id)), _OWN))
    worth = blended(rankings)
    return tuple(sorted(best, key=lambda one: (len(one.lacking), -worth.get(one.product.product_id, 0.0))))


def _own(affinity: Affinity, bought: Sequence[str], among: Sequence[str]) -> list[str]:
    return affinity.ranked(bought, [one for one in among if one not in bought], without=("popular",))
