"""Which of the things in photos the customer's words point at: "the left one", "红的那个", "the second photo"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.dialogue.draft import Draft
from core.dialogue.photo_memory import just_shown, settle_on, speak_of
from core.dialogue.photo_things import Guess, Thing
from core.dialogue.photo_words import says
from core.knowledge.lexicon import Lexicon
from core.knowledge.naming import product_mentions
from core.knowledge.question import read_question
from core.types import AskKnowledge, Handoff, SetSlot, StartFlow, spoken_text
from core.understand.normalise import normalise

_SIDES = ("left", "right", "middle", "top", "bottom")
_APART = 0.12
"""Share of a photo by which the middles of two things differ at least, to be left and right of one another."""


def pointed(draft: Draft, things: Sequence[Thing], text: str) -> list[Thing]:
    """Return those of several things that the words mean; none where they point at none, or at all."""
    if len(things) < 2:
        return []
    words = normalise(text)
    ways = (
        _by_side(things, words),
        _by_place(draft, things),
        _by_colour(draft, things, words),
        _by_name(draft, things, words),
    )
    return next((found for found in ways if 0 < len(found) < len(things)), [])


def take_pointing(draft: Draft) -> None:
    """Fill which product is meant, where the words choose among what a photo shows or may show."""
    shown = just_shown(draft)
    if draft.things or not shown:
        return
    words = normalise(spoken_text(draft.message, draft.percept))
    if found := pointed(draft, [thing for thing in shown if thing.is_sure], words):
        speak_of(draft, found[0].guesses[0])
        draft.fill("product_id", found[0].guesses[0].product_id)
        return
    for thing in shown:
        if len(thing.guesses) > 1 and (guess := _chosen(draft, thing, words)):
            settle_on(draft, thing, guess)
            draft.fill("product_id", guess.product_id)
            _only_chooses(draft, words)
            _go_on_with_next(draft)
            return


def _only_chooses(draft: Draft, words: str) -> None:
    """Make nothing else of words that only choose, so that what was asked of the photo is answered: "the white one"."""
    question = read_question(words, draft.desk.facts.lexicon)
    if not (question.aspects or question.features or question.topics):
        chosen = SetSlot(slot="product_id", value=draft.heard["product_id"])
        kept = (one for one in draft.understanding.commands if isinstance(one, Handoff))
        draft.understanding = replace(draft.understanding, commands=(*kept, chosen))


def _go_on_with_next(draft: Draft) -> None:
    """Let the clerk ask of the next thing that it is not sure of, once it has answered about this one."""
    commands = draft.understanding.commands
    is_busy = bool(draft.stack) or any(isinstance(one, StartFlow | Handoff) for one in commands)
    if is_busy or not any(len(thing.guesses) > 1 for thing in just_shown(draft)):
        return
    if not any(isinstance(one, AskKnowledge) for one in commands):
        commands = (*commands, AskKnowledge(question=draft.slots.get("photo_question", ""), source="photo"))
    draft.understanding = replace(draft.understanding, commands=(*commands, StartFlow(flow="photo", source="photo")))


def side_of(things: Sequence[Thing], thing: Thing) -> str:
    """Return where in its photo a thing is beside the others: "left", "middle", "right", "top", "bottom" or ""."""
    beside = [one for one in things if set(one.photos) & set(thing.photos)]
    for names, middle in ((("left", "middle", "right"), _across), (("top", "middle", "bottom"), _down)):
        places = sorted(beside, key=middle)
        gaps = [middle(b) - middle(a) for a, b in zip(places, places[1:], strict=False)]
        if gaps and min(gaps) >= _APART:
            at = places.index(thing)
            return names[0] if at == 0 else names[2] if at == len(places) - 1 else names[1] if len(places) == 3 else ""
    return ""


def _across(thing: Thing) -> float:
    return (thing.region[0] + thing.region[2]) / 2


def _down(thing: Thing) -> float:
    return (thing.region[1] + thing.region[3]) / 2


def _by_side(things: Sequence[Thing], words: str) -> list[Thing]:
    named = {side for side in _SIDES if says(side, words)}
    return [thing for thing in things if side_of(things, thing) in named]


def _by_place(draft: Draft, things: Sequence[Thing]) -> list[Thing]:
    ordinal = draft.heard.get("ordinal", "")
    at = int(ordinal) - 1 if ordinal and ordinal != "-1" else len(things) - 1
    return [things[at]] if ordinal and at < len(things) else []


def _by_colour(draft: Draft, things: Sequence[Thing], words: str) -> list[Thing]:
    """Return the things of a colour that is said to tell them apart, and not asked for: "the red one"."""
    lexicon = draft.desk.facts.lexicon
    said = set(lexicon.concepts(words, "colour"))
    if not said or not says("one", words):
        return []
    return [thing for thing in things if said & _colours(lexicon, thing.guesses[0])]


def _colours(lexicon: Lexicon, guess: Guess) -> set[str]:
    return {concept for _, value in guess.options for concept in lexicon.concepts(value, "colour")}


def _by_name(draft: Draft, things: Sequence[Thing], words: str) -> list[Thing]:
    facts = draft.desk.facts
    products = [product for thing in things if (product := facts.product(thing.guesses[0].product_id))]
    named = {one.product_id for one in product_mentions(words, products, facts.lexicon)}
    return [thing for thing in things if thing.guesses[0].product_id in named]


def _chosen(draft: Draft, thing: Thing, words: str) -> Guess | None:
    """Return the guess that a press, a place, a name or a colour chooses."""
    pressed = draft.heard.get("product_id")
    each = [replace(thing, guesses=(guess,), source=guess.product_id) for guess in thing.guesses]
    if pressed:
        return next((guess for guess in thing.guesses if guess.product_id == pressed), None)
    found = pointed(draft, each, words)
    return found[0].guesses[0] if len(found) == 1 else None
