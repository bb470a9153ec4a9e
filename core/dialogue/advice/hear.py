"""Hear what a customer does who is being advised or buys, before a classifier's guess is obeyed."""

from __future__ import annotations

from dataclasses import replace

from core.dialogue.advice.buying import listed_goods
from core.dialogue.advice.cross_selling import TOLD
from core.dialogue.advice.moves import load_moves
from core.dialogue.advice.personal import note_refused
from core.dialogue.advice.wishing import asked_kinds, forget_wish, shown_before, wish_lines
from core.dialogue.draft import Draft
from core.dialogue.photo_words import without_places
from core.knowledge.naming import product_mentions
from core.knowledge.options import option_mentions
from core.knowledge.orderings import wanted_order
from core.knowledge.question import read_question
from core.types import (
    Affirm,
    AskKnowledge,
    CancelFlow,
    ChitChat,
    Clarify,
    Command,
    CorrectSlot,
    Deny,
    Handoff,
    SetSlot,
    StartFlow,
    spoken_text,
)
from core.understand.normalise import normalise

BUY = "purchase"
_BUYS = ("cart", "buy", "order")
_THANKS = ("thanks_bye", "ack")
_PERSONAL = ("personal_on", "personal_off", "personal_ask")
_NAMED = 0.6
"""Strength of a name from which on a product is meant by it."""
_OF_CHOICE = frozenset({"colours", "sizes", "cheapest", "related"})
"""Aspects that words of a choice may touch: "size M", "the cheaper one", "go with"."""
_OF_ORDERS = frozenset({"order_id", "email", "zip"})


def hear_advice(draft: Draft) -> None:
    """Turn the commands of a message that goes on with advice, or buys, into those that do so."""
    note_refused(draft)
    told, commands = draft.slots.pop(TOLD, ""), draft.understanding.commands
    spoken = spoken_text(draft.message, draft.percept)
    words = without_places(spoken) if draft.things else normalise(spoken)
    waiting = draft.stack[-1].flow if draft.stack else ""
    if not draft.desk.facts.products or not words or _wants_person(draft):
        return
    move = load_moves().read(words)
    if waiting == BUY and move not in _PERSONAL:
        _hear_choice(draft, words)
        return
    if told and commands and all(isinstance(one, ChitChat) and one.topic in _THANKS for one in commands):
        draft.slots[TOLD] = told
        draft.understanding = replace(draft.understanding, commands=(*commands, StartFlow(flow="beside_order")))
        return
    if move in _PERSONAL:
        _obey(draft, StartFlow(flow=move))
    elif (waiting and move != "cart") or _is_of_orders(draft):
        return
    elif move in _BUYS:
        if _is_buying(draft, move, words):
            _obey(draft, SetSlot(slot="buys", value=words), StartFlow(flow=BUY))
    elif move == "why" or (move == "why_shown" and shown_before(draft)):
        _ask(draft, words, "why")
    elif move in ("other", "not_this") and shown_before(draft):
        _ask(draft, words, move)
    elif wish_lines(draft) and _answers(draft, move, words):
        _ask(draft, words, move)
    elif any(isinstance(one, StartFlow) and one.flow != "question" for one in draft.understanding.commands):
        forget_wish(draft)


def _hear_choice(draft: Draft, words: str) -> None:
    """Take a colour, a size, a number of pieces as the answer to what is open of the product that is bought."""
    product = draft.desk.facts.product(draft.slots.get("product_id", ""))
    lexicon = draft.desk.facts.lexicon
    question = read_question(words, lexicon)
    commands = draft.understanding.commands
    leaves = any(isinstance(c, CancelFlow) or (isinstance(c, Deny) and len(commands) == 1) for c in commands)
    if product is None or leaves or question.topics or load_moves().settles.search(words):
        return
    named = option_mentions(words, product, lexicon) or question.colours or question.sizes
    if question.aspects and (not named or load_moves().says("asks", words)):
        return
    pieces = any(entity.kind == "quantity" for entity in draft.understanding.entities) or words.strip().isdigit()
    move = load_moves().read(words)
    if named or pieces or move == "any" or (move in _BUYS and _is_buying(draft, move, words)):
        _obey(draft, SetSlot(slot="choice", value=words))


def _is_buying(draft: Draft, move: str, words: str) -> bool:
    """Return whether it is known, or to be asked with good reason, what shall be bought."""
    if move == "cart":
        return True
    if move == "buy" and not _only_decides(draft, words):
        return False
    spoken_of = draft.slots.get("product_id") or draft.slots.get("listed", "").startswith("product_id")
    return bool(_named(draft, words)) or (bool(spoken_of) and not _names_other(draft, words))


def _only_decides(draft: Draft, words: str) -> bool:
    """Return whether nothing else is spoken of than goods, their options and numbers: no manager, no size chart."""
    facts, question = draft.desk.facts, read_question(words, draft.desk.facts.lexicon)
    if question.topics or set(question.aspects) - _OF_CHOICE:
        return False
    keys = (*_named(draft, words), draft.slots.get("product_id", ""), *listed_goods(draft))
    goods = [product for key in keys if (product := facts.product(key))]
    named = [(one.start, one.end) for one in product_mentions(words, goods, facts.lexicon)]
    named += [(one.start, one.end) for product in goods for one in option_mentions(words, product, facts.lexicon)]
    named += [one.span() for one in load_moves().deciding(words)]
    unknown = (span for span in facts.lexicon.read(words) if not span.kind)
    return all(any(start <= span.start and span.end <= end for start, end in named) for span in unknown)


def _named(draft: Draft, words: str) -> list[str]:
    """Return the ids of the products that the words name well enough."""
    facts = draft.desk.facts
    found = product_mentions(words, tuple(facts.products.values()), facts.lexicon)
    return [one.product_id for one in found if one.strength >= _NAMED]


def _names_other(draft: Draft, words: str) -> bool:
    """Return whether the words name some kind of goods at all: who names what is not spoken of does not buy this."""
    return bool(read_question(words, draft.desk.facts.lexicon).things)


def _answers(draft: Draft, move: str, words: str) -> bool:
    """Return whether a message answers what we asked of the wish, or goes on with it, in so few words."""
    question = read_question(words, draft.desk.facts.lexicon)
    if move == "any":
        return bool(asked_kinds(draft)) and not shown_before(draft)
    if load_moves().says("too_dear", words) or wanted_order(words):
        return not question.things
    told = question.features or question.audience or question.budget or question.colours or question.sizes
    guessed = all(_is_guess(command) for command in draft.understanding.commands)
    uses = any(span.kind == "use" for span in draft.desk.facts.lexicon.read(words))
    return bool(told or uses) and guessed and not (question.aspects or question.topics)


def _is_guess(command: Command) -> bool:
    return getattr(command, "source", "") == "classifier" or isinstance(command, AskKnowledge | SetSlot | Clarify)


def _is_of_orders(draft: Draft) -> bool:
    """Return whether the message names what only orders have."""
    named = (one.slot for one in draft.understanding.commands if isinstance(one, SetSlot | CorrectSlot))
    return any(slot in _OF_ORDERS for slot in named)


def _wants_person(draft: Draft) -> bool:
    """Return whether a person is asked for in so many words, or needed; a classifier may take "2-person" for it."""
    return any(isinstance(one, Handoff) and one.source != "classifier" for one in draft.understanding.commands)


def _ask(draft: Draft, words: str, move: str) -> None:
    moved = (SetSlot(slot="move", value=move),) if move else ()
    _obey(draft, *moved, AskKnowledge(question=words))


def _obey(draft: Draft, *commands: Command) -> None:
    """Keep what the message names, and put these in place of what it was taken for."""
    kept = tuple(one for one in draft.understanding.commands if _stays(one))
    draft.understanding = replace(draft.understanding, commands=(*kept, *commands))


def _stays(command: Command) -> bool:
    if isinstance(command, SetSlot | CorrectSlot):
        return command.slot not in ("topic", "other")
    return not isinstance(command, StartFlow | AskKnowledge | Clarify | ChitChat | Affirm | Deny | Handoff | CancelFlow)
