"""Closer looks at photos by a model that sees: what is written, how two differ, the state of goods.

What it tells is said as what it is, nobody has checked it, and the customer's own words weigh more. Which product a
photo shows is for the photo index to say. Without such a model what is written is told as the reader of text read
it, and the clerk owns that it cannot look closer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from core.dialogue.comparing import tell_table
from core.dialogue.draft import Draft
from core.dialogue.orders import find_own
from core.dialogue.photo_memory import called, recalled, remember_photos, sent_photos
from core.dialogue.photo_things import Guess, Thing
from core.dialogue.photo_words import says
from core.dialogue.sight import Seen, Task
from core.knowledge.links import LINK
from core.knowledge.orderings import wanted_order
from core.shop.records import OrderItem, in_language
from core.types import AskKnowledge, Clarify, Handoff, MatchDecision, StartFlow, spoken_text
from core.understand.entities import find_entities
from core.understand.lettered import INSTRUCTS
from core.understand.normalise import normalise
from core.wording.formats import listing

LOOK = "look"
"""The slot that holds what this message wants of photos: "read" or "compare"."""
_WAITING, _LINES = "photos_waiting", "photo_lines"
_MOST = 3
"""Photos of one look."""
_WAITING_TURNS = 2
"""For which a photo may still be part of what is told next: "(photo)", "it came like this", "yes, a ticket"."""
_BUTTONS = 3
UNCLEAR = frozenset({"dark_photo", "blurred_photo"})
"""What is wrong with a photo in which nothing can be made out."""
UNSEEN = UNCLEAR | {"seeing_off", "seeing_failed", "unreadable_photo"}
"""Why a photo tells nothing of what it shows; the customer is told so, and asked for another or for words."""
_QUOTED, _QUOTED_CHARS = 12, 100
"""Lines of a photo that are read out, and characters of one."""
_BUSINESS = frozenset({"settle", "business"})


def note_photos(draft: Draft) -> None:
    """Keep the message's photos in mind, and notice when its words want a closer look at them."""
    draft.forget(LOOK)
    remember_photos(draft)
    if fresh := sent_photos(draft):
        draft.slots[_WAITING] = f"{draft.session.version}:{','.join(fresh)}"
        lines = [LINK.sub("…", one.text)[:_QUOTED_CHARS] for one in draft.percept.texts]
        draft.slots[_LINES] = json.dumps(list(dict.fromkeys(lines))[:_QUOTED], ensure_ascii=False)
    if (task := _wanted(draft, len(fresh))) and not _is_business(draft):
        draft.slots[LOOK] = task
        kept = tuple(
            one for one in draft.understanding.commands if not isinstance(one, AskKnowledge | Clarify | StartFlow)
        )
        look = StartFlow(flow="photo", source="photo")
        draft.understanding = replace(draft.understanding, commands=(*kept, look))


def _is_business(draft: Draft) -> bool:
    """Return whether the message wants something done, or a person, so that its photos only belong to that."""
    wanted = draft.understanding.commands
    return any(isinstance(one, Handoff) or getattr(one, "flow", "") in _BUSINESS for one in wanted)


def waiting_photos(draft: Draft) -> list[str]:
    """Return the photos that belong to what is being told, once; content addresses."""
    version, _, photos = draft.slots.pop(_WAITING, "").partition(":")
    is_recent = bool(photos) and draft.session.version - int(version) <= _WAITING_TURNS
    return photos.split(",") if is_recent else []


async def note_state(draft: Draft, photos: Sequence[str]) -> str:
    """Return what photos seem to show of the state of goods, telling the customer so; "" where that is not known.

    Without a model that sees it is what the photo index is sure of. Either is for colleagues to read, and decides
    nothing.
    """
    if not photos:
        return ""
    if draft.desk.sight is None:
        return await _seems(draft, photos)
    seen = await _looked(draft, photos, "describe")
    words = _joined(draft, seen.visible)
    _own_bubble(draft, "photo_noted", seen=words) if words else None
    if "instruction" in seen.left_out:
        _own_bubble(draft, "photo_instructs")
        words += draft.word("photo_instructs_note")
    return words


async def _seems(draft: Draft, photos: Sequence[str]) -> str:
    """Return which products photos show by the photo index, or why it can tell nothing."""
    found = _shown(draft, photos)
    if not found:
        unclear = [flag for flag in draft.percept.flags if flag in UNCLEAR]
        return draft.word(f"photo_seems_{unclear[0].removesuffix('_photo')}") if unclear else ""
    lines = [draft.word("photo_seems", product=called(draft, guess)) for guess in found]
    other = await note_other(draft, photos, draft.slots.get("order_id", ""))
    words = _joined(draft, [*lines, other] if other else lines)
    _own_bubble(draft, "photo_noted", seen=words)
    return words


async def note_other(draft: Draft, photos: Sequence[str], order_id: str) -> str:
    """Return that a photo seems to show what is not in the order, or in another colour; "" where it may well be.

    Nothing is said of an order that nobody has proved to be theirs.
    """
    order = await find_own(draft, order_id)
    items = order.items if order else ()
    lines = [_other(draft, guess, items, order_id) for guess in _shown(draft, photos) if items]
    return _joined(draft, [line for line in lines if line])


def _other(draft: Draft, guess: Guess, items: Sequence[OrderItem], order_id: str) -> str:
    """Return how what a photo shows differs from all that was ordered, by the options that a picture can show."""
    product = draft.desk.facts.products[guess.product_id]
    ordered = [item.options for item in items if item.product_id == guess.product_id]
    if not ordered:
        name = in_language(product.names, draft.language)
        return draft.word("photo_seems_other", product=name, order=order_id)
    if any(all(options.get(name, value) == value for name, value in guess.options) for options in ordered):
        return ""
    shown = [name for name, _ in guess.options]
    own = dict.fromkeys(tuple((name, options[name]) for name in shown if name in options) for options in ordered)
    names = [called(draft, replace(guess, options=one)) for one in own]
    return draft.word("photo_seems_variant", ordered=listing(names, draft.language), order=order_id)


def _shown(draft: Draft, photos: Sequence[str]) -> list[Guess]:
    """Return what the photo index is sure of, each product and colour once, of photos sent now or just before."""
    sent = [thing for sha, thing in _photos(draft) if sha in photos and thing.is_sure and not thing.is_doubtful]
    shown = {(thing.guesses[0].product_id, thing.guesses[0].options): thing.guesses[0] for thing in sent}
    return [guess for guess in shown.values() if draft.desk.facts.product(guess.product_id)]


async def tell_written(draft: Draft) -> None:
    """Say what can be read in the photos that were sent now, or in the last one, and ask whether that is right."""
    seen = await _looked(draft, sent_photos(draft) or [sha for sha, _ in _photos(draft)][-1:], "read")
    if seen.failed and draft.desk.reads:
        unread = bool(_UNREAD & set(draft.percept.flags))
        seen = Seen(failed="unread") if unread else Seen(text=tuple(json.loads(draft.slots.get(_LINES, "[]"))))
    if seen.failed:
        _own_bubble(draft, "look_off" if seen.failed == _OFF else "look_failed")
    elif seen.text:
        _own_bubble(draft, "photo_text", *_order_buttons(draft, seen.text), text="\n".join(seen.text))
    elif INSTRUCTS not in draft.percept.flags:
        _own_bubble(draft, "photo_text_none")
    if "instruction" in seen.left_out and INSTRUCTS not in draft.percept.flags:
        _own_bubble(draft, "photo_instructs")


async def tell_difference(draft: Draft) -> None:
    """Say which products the last two photos show by the photo index, and what a model sees that differs."""
    photos = _photos(draft)[-2:]
    if len(photos) < 2:
        draft.admit("photo_second")
        return
    _tell_products(draft, [thing for _, thing in photos])
    seen = await _looked(draft, [sha for sha, _ in photos], "compare")
    ids = list(dict.fromkeys(one.guesses[0].product_id for _, one in photos if one.is_sure and not one.is_doubtful))
    if len(ids) > 1:
        tell_table(draft, [draft.desk.facts.products[one] for one in ids])
    rules = all(one.is_sure and not one.is_doubtful for _, one in photos)
    if seen.failed and not rules:
        _own_bubble(draft, "look_off" if seen.failed == _OFF else "look_failed")
    elif seen.failed:
        pass  # the records have told what they can
    elif seen.visible:
        _own_bubble(draft, "photos_differ", seen=_joined(draft, seen.visible))
    else:
        _own_bubble(draft, "photos_differ_unclear")
    if "instruction" in seen.left_out:
        _own_bubble(draft, "photo_instructs")


_OFF = "off"
_UNREAD = frozenset({"reading_failed", "reading_late", "unreadable_photo"})


async def _looked(draft: Draft, photos: Sequence[str], task: Task) -> Seen:
    if draft.desk.sight is None:
        return Seen(failed=_OFF)
    seen = await draft.desk.sight.look(
        photos[:_MOST],
        task,
        language=draft.language,
        conversation_id=draft.session.conversation_id,
        products=frozenset(one.product_id for one in draft.percept.matches if _is_found(one.decision)),
    )
    draft.steps += [f"see.{seen.failed or task}", *(f"see.left_out_{why}" for why in seen.left_out)]
    return seen


def _tell_products(draft: Draft, things: Sequence[Thing]) -> None:
    sure = [one.guesses[0] for one in things if one.is_sure and not one.is_doubtful]
    found = [draft.desk.facts.products[one.product_id] for one in sure]
    names = [called(draft, one) for one in sure]
    if len(found) < 2:
        draft.say("photos_no_ruling")
    elif names[0] == names[1]:
        draft.say("photos_one_product", product=names[0])
    else:
        draft.say("photos_two_products", first=names[0], second=names[1])
    if len(found) == 2:
        for product, name in zip(found, names, strict=True):
            draft.cite(f"product:{product.product_id}", name)


def _own_bubble(draft: Draft, key: str, *buttons: tuple[str, str], **values: object) -> None:
    """Say a sentence in a bubble of its own: a model's words about a photo are no evidence for other words."""
    draft.turn_page()
    draft.admit(key, **values)
    draft.buttons(*buttons)
    draft.turn_page()


def _order_buttons(draft: Draft, lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return a button for each order number that was read: pressing it, the customer says it themselves."""
    named = (one for line in lines for one in find_entities(normalise(line), identifying=False, listing=False))
    orders = dict.fromkeys(one.value for one in named if one.kind == "order_id")
    return [
        (draft.word("button.read_order", order=one), draft.word("press.read_order", order=one))
        for one in list(orders)[:_BUTTONS]
    ]


def _joined(draft: Draft, lines: Sequence[str]) -> str:
    return ("" if draft.language == "zh" else " ").join(lines)


def _is_found(decision: MatchDecision) -> bool:
    return decision is not MatchDecision.UNKNOWN


def _wanted(draft: Draft, fresh: int) -> Task | None:
    """Return what the words want of photos, where there are any that they can be about.

    Which of them has more or less of something is for the records to say, and not for a closer look.
    """
    words = normalise(spoken_text(draft.message, draft.percept))
    known = len(_photos(draft))
    if not known or not (fresh or says("refers", words) or says("before", words)):
        return None
    if says("compares", words) and not wanted_order(words) and (known > 1 or says("before", words)):
        return "compare"
    return "read" if says("reads", words) else None


def _photos(draft: Draft) -> list[tuple[str, Thing]]:
    """Return the photos of the conversation, each with what it shows first, oldest first."""
    return [(sha, one.thing) for one in recalled(draft) for sha in one.thing.photos]
