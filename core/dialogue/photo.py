"""Photos of products: which ones they show or may show, and what is asked about them."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue.choosing import offer_more_or_less
from core.dialogue.comparing import compares, tell_comparison
from core.dialogue.draft import Draft
from core.dialogue.handoff import offer_person
from core.dialogue.looking import LOOK, UNCLEAR, tell_difference, tell_written
from core.dialogue.photo_memory import called, just_shown, recalled, speak_of
from core.dialogue.photo_pointing import pointed, side_of
from core.dialogue.photo_things import Thing
from core.dialogue.photo_words import wanted_of_photo
from core.dialogue.products import list_products, show_card, tell_each, tell_product
from core.dialogue.questions import answer_question
from core.dialogue.read_address import offer_address
from core.dialogue.read_orders import offer_lettering
from core.dialogue.wishes.assent import asks
from core.knowledge.question import Question, read_question
from core.knowledge.variants import variants_with
from core.shop.records import Product, Variant, in_language
from core.types import spoken_text
from core.wording.formats import listing

_LISTED = 4


async def look_at_photo(draft: Draft) -> str:
    """Answer about what the photos show: one product, several, up to four to choose from, or none.

    Where the words ask what is written, or how two photos differ, that is told instead.
    """
    if look := draft.slots.pop(LOOK, ""):
        await (tell_written(draft) if look == "read" else tell_difference(draft))
        return look
    if offered := offer_lettering(draft):
        return offered
    caption = wanted_of_photo(spoken_text(draft.message, draft.percept)) or draft.slots.get("pending_question", "")
    draft.slots.pop("pending_question", None)
    left = [thing for thing in just_shown(draft) if len(thing.guesses) > 1]
    if left and not draft.things and "product_id" in draft.heard:
        return _ask_of_next(draft, left[0])
    things = [thing for thing in draft.things if thing.guesses]
    things = pointed(draft, [one for one in things if one.is_sure], caption) or things
    if not things:
        return await _tell_unknown(draft, caption)
    question = read_question(caption, draft.desk.facts.lexicon)
    sure = [thing for thing in things if thing.is_sure]
    unsure = [thing for thing in things if not thing.is_sure]
    if len(sure) == 1:
        await _tell_one(draft, sure[0], question)
    elif sure:
        await _tell_several(draft, sure, question)
    if unsure:
        draft.turn_page()
        if len(unsure) > 1:
            draft.say("photo_in_turn", count=len(unsure))
        _ask(draft, unsure[0], caption)
        return "ask"
    if len(things) < len(draft.things) and not any(thing.guesses for thing in draft.things if thing not in things):
        draft.say("photo_rest_unknown")
    return "match"


async def _tell_one(draft: Draft, thing: Thing, question: Question) -> None:
    product = _product(draft, thing)
    draft.say("photo_perhaps" if thing.is_doubtful else "photo_match")
    speak_of(draft, thing.guesses[0])
    _keep_beside(draft, product)
    if not await _compared(draft, question) and not await offer_more_or_less(draft, question):
        await tell_product(draft, product, question)


async def _compared(draft: Draft, question: Question) -> bool:
    """Set the product beside that of an earlier photo, where the words want it."""
    if not compares(question):
        return False
    if await tell_comparison(draft, question):
        return True
    draft.admit("photo_second" if len(recalled(draft)) < 2 else "photo_before_unsure")
    return False


async def _tell_several(draft: Draft, things: Sequence[Thing], question: Question) -> None:
    """Name all the things, answer of each what is asked of all, and show a card of each to choose."""
    products = [_product(draft, thing) for thing in things]
    each = list({product.product_id: product for product in products}.values())
    named = [_placed_name(draft, things, thing) for thing in things]
    draft.say("photo_several", count=len(things), things=listing(named, draft.language))
    draft.slots.pop("product_id", None)
    draft.list_shown("product_id", [product.product_id for product in each])
    if await tell_comparison(draft, question):
        return
    chosen = {thing.guesses[0].product_id: thing.guesses[0].options for thing in things}
    await tell_each(draft, each, question, chosen=chosen)
    for thing, product in zip(things, products, strict=True):
        show_card(draft, product, variants_with(product, thing.guesses[0].options), choose=True)
        draft.cite(f"product:{product.product_id}", in_language(product.names, draft.language))


def _ask(draft: Draft, thing: Thing, caption: str) -> None:
    facts = draft.desk.facts
    found = [product for guess in thing.guesses if (product := facts.product(guess.product_id))][:_LISTED]
    options = {guess.product_id: guess.options for guess in thing.guesses}
    shown = {id(one) for product in found for one in variants_with(product, options[product.product_id])}

    def is_shown(variant: Variant) -> bool:
        return id(variant) in shown

    draft.slots["photo_question"] = caption
    draft.slots.pop("product_id", None)
    list_products(draft, found, "photo_ask", only=is_shown)
    draft.outcome = "asked"


def _ask_of_next(draft: Draft, thing: Thing) -> str:
    """Ask of another thing, now that the customer has said what the one before is; what is asked of it is the same."""
    draft.turn_page()
    draft.say("photo_next")
    _ask(draft, thing, draft.slots.get("question", ""))
    return "ask"


async def _tell_unknown(draft: Draft, caption: str) -> str:
    """Own that nothing of the shop's is in the photo; where the words name goods, tell of those that there are."""
    if UNCLEAR & set(draft.percept.flags):
        return "unclear"  # and the customer was asked for another
    if not asks(caption) and await offer_address(draft):
        return "address"
    question = read_question(caption, draft.desk.facts.lexicon)
    await draft.desk.facts.library()
    if any(draft.desk.facts.named(thing) for thing in question.things):
        draft.say("photo_unknown_but")
        await answer_question(draft)
        return "unknown"
    draft.slots.pop("product_id", None)
    draft.say("photo_unknown")
    offer_person(draft)
    return "unknown"


def _keep_beside(draft: Draft, product: Product) -> None:
    """Let "which is cheaper", "the first one" mean the products of the photos of the last turns."""
    earlier = [one.thing.guesses[0].product_id for one in recalled(draft) if one.thing.is_sure]
    every = list(dict.fromkeys([*reversed(earlier), product.product_id]))
    others = [one for one in every if one != product.product_id][: _LISTED - 1]
    draft.list_shown("product_id", [*reversed(others), product.product_id])


def _product(draft: Draft, thing: Thing) -> Product:
    return draft.desk.facts.products[thing.guesses[0].product_id]


def _placed_name(draft: Draft, things: Sequence[Thing], thing: Thing) -> str:
    """Return a thing's name, with where it is in its photo and the colour that the photo shows."""
    name = called(draft, thing.guesses[0])
    side = side_of(things, thing)
    return draft.word(f"photo_at.{side}", product=name) if side else name
