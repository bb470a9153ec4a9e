"""Settle what changes orders: wishes are read, completed by questions, read out, and done on a yes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from core.dialogue.draft import Draft
from core.dialogue.orders import own_orders
from core.dialogue.photo_orders import SHOWN, shown_entities, shows_unknown_goods
from core.dialogue.read_orders import focus_on_photo
from core.dialogue.returned_photos import hand_on_photos
from core.dialogue.wishes.assent import (
    agrees,
    asks,
    declines,
    means_other,
    repeats_deed,
    takes_back,
)
from core.dialogue.wishes.changing import (
    kept_goods,
    merged,
    picked,
    restricted,
    restricts,
    spared,
    told_of_lines,
    without_place,
)
from core.dialogue.wishes.goods import read_options
from core.dialogue.wishes.placing import Placed, bent, placed
from core.dialogue.wishes.reading import Said, read_wishes
from core.dialogue.wishes.stating import Bought, Stated, bought, state
from core.dialogue.wishes.telling import ask, tell_denied, tell_done, tell_nothing_there, tell_ready
from core.dialogue.wishes.wish import Wish, dumped, loaded
from core.knowledge.lexicon import Lexicon
from core.ports import Effect
from core.shop.records import Order
from core.types import ActionStatus, CancelFlow, Deny, SetSlot, spoken_text
from core.understand.deeds import Deed, stretches
from core.understand.deeds import wishes as wishes_in
from core.understand.normalise import normalise
from core.understand.yes_no import says_yes

FLOW = "settle"
_WISHES, _UNREAD, _ASKED, _DEED = "wishes", "unread", "asked_for", "deed"
_KINDS = frozenset(
    {"payment", "reason", "address", "address_ref", "all", "except", "order_id", "ordinal", "other", "recent"}
)
"""Entities that say something about a wish."""
_BEFORE_PROOF = frozenset({"payment", "reason", "address", "address_ref", "all", "except"})
"""The same while we ask who the customer is; the others may belong to the proof."""
_WHICH = frozenset({"order_id", "ordinal", "other", "recent"})
"""Those that only say which one is meant, of whatever business."""
_SURE = 0.7
"""Probability from which another business is meant and not more of this one."""
_OF_A_LINE = frozenset({"which_item", "new_item", "near", "new_item_ids"})
"""Questions that are about one line of a wish."""
_ABOUT_GOODS = frozenset({"which_item", "items", "item_ids", "order_id"})
"""Questions that a photo answers."""
TOPICS = MappingProxyType(
    {
        "cancel_order": Deed.CANCEL,
        "return": Deed.RETURN,
        "refund": Deed.RETURN,
        "exchange": Deed.SWAP,
        "modify_order": Deed.SWAP,
        "change_address_contact": Deed.ADDRESS,
    }
)
"""What each intent wishes, for words in which no verb says it."""
_PHOTOS_OF = MappingProxyType({Deed.RETURN: "return", Deed.SWAP: "exchange"})
"""Topics of the tickets that bring a colleague the photos."""
_ORDER_OF_DEEDS = (Deed.PROFILE, Deed.ADDRESS, Deed.PAYMENT, Deed.CANCEL, Deed.RETURN, Deed.SWAP)
"""Items are changed last: afterwards nothing else about the order can be."""


async def note_request(draft: Draft) -> str:
    """Keep the words that began it until the customer is known, whose orders tell what they mean."""
    if _UNREAD not in draft.heard:
        _note(draft)
        draft.slots[_DEED] = TOPICS.get(draft.slots.get("topic", ""), "")
    return ""


def absorb(draft: Draft) -> bool:
    """Take a message for what is being settled; returns whether it says anything about that.

    It does when it names a deed, goods, an option, an order, a payment, an address or a reason, and does not
    merely ask something.
    """
    if not any(frame.flow == FLOW for frame in draft.stack) and not _begins(draft):
        return False
    said = _said(draft)
    parts = stretches(said.text)
    meant = wishes_in(said.text, parts, names_order=any(entity.kind == "order_id" for entity in said.entities))
    if _agrees_plainly(draft, said.text, says_more=meant):
        draft.fill("answer", "yes")
        return True
    if not meant and not _says_something(draft, said):
        if not _declines(draft, said.text):
            return False
        draft.fill("answer", "no")
        return True
    _note(draft)
    return True


def _declines(draft: Draft, text: str) -> bool:
    """Return whether words that begin with a no answer what was read out."""
    waits = any(wish.read_out for wish in loaded(draft.slots.get(_WISHES, ""))) and _ASKED not in draft.slots
    return waits and declines(text)


def _agrees_plainly(draft: Draft, text: str, *, says_more: bool) -> bool:
    """Return whether a yes with thanks and the like answers what was read out; "cancel!" says yes to a cancellation."""
    heard = [wish for wish in loaded(draft.slots.get(_WISHES, "")) if wish.read_out]
    if not heard or _ASKED in draft.slots or not draft.stack or draft.stack[-1].flow != FLOW:
        return False
    return any(repeats_deed(text, wish.deed) for wish in heard) or (says_yes(text) and not says_more)


def _begins(draft: Draft) -> bool:
    return any(getattr(command, "flow", "") == FLOW for command in draft.understanding.commands)


def _note(draft: Draft) -> None:
    said = _said(draft)
    if shows_unknown_goods(draft):
        draft.say("photo_goods_unknown")
    entities = [[e.kind, e.value, e.text, e.start, e.end] for e in said.entities]
    unread = [*json.loads(draft.slots.get(_UNREAD, "[]")), [said.text, entities]]
    draft.fill(_UNREAD, json.dumps(unread, ensure_ascii=False))
    draft.fill("said", "yes")


def _said(draft: Draft) -> Said:
    text = normalise(spoken_text(draft.message, draft.percept))
    return Said(text=text, entities=(*draft.understanding.entities, *shown_entities(draft)))


def _says_something(draft: Draft, said: Said) -> bool:
    """Return whether words without a deed answer what was asked, or change what was read out."""
    if draft.identity is None:
        return any(entity.kind in _BEFORE_PROOF for entity in said.entities)
    if {"new_item", "item_place"} & draft.heard.keys():
        return True
    asked = draft.slots.get(_ASKED, "").partition(":")[0]
    if draft.things and asked in _ABOUT_GOODS and any(entity.kind == SHOWN for entity in said.entities):
        return True
    if asked == "reason" and any(entity.kind == "reason" for entity in said.entities):
        return True
    if any(isinstance(command, Deny | CancelFlow) for command in draft.understanding.commands):
        return False  # a plain no wins over what its words may also mean
    if asks(said.text):
        return False
    kinds = {entity.kind for entity in said.entities} & _KINDS
    if kinds:
        return not (kinds <= _WHICH and _is_other_business(draft))
    if asked in ("reason", "address") and not draft.understanding.commands:
        return True
    facts = draft.desk.facts
    products = [p for key in draft.slots.get("own_products", "").split(",") if (p := facts.product(key))]
    return bool(read_wishes(said, products, facts.lexicon, deed=Deed.SWAP)[0].lines) or _names_option(draft, said)


def _is_other_business(draft: Draft) -> bool:
    """Return whether the message surely begins something that is not settled here: an invoice, a complaint."""
    topics = [command for command in draft.understanding.commands if isinstance(command, SetSlot)]
    return any(one.slot == "topic" and one.value not in TOPICS and one.confidence >= _SURE for one in topics)


def _names_option(draft: Draft, said: Said) -> bool:
    facts = draft.desk.facts
    for wish in loaded(draft.slots.get(_WISHES, "")):
        for line in wish.lines:
            products = [p for key in line.product_id.split("|") if (p := facts.product(key))]
            wanted, superlative, same = read_options(said.text, line, products, facts.lexicon)
            if wanted or superlative or same:
                return True
    return False


async def gather(draft: Draft) -> str:
    """Read what was said, complete the wishes, and say which cannot be.

    Returns "lacking" when something must be asked, "ready" when all can be read out (or when what lacks was
    asked for in vain and the customer went on to something else), "agreed" when they said yes to what they
    heard in the same breath, or "nothing" when no wish is left.
    """
    orders = await own_orders(draft)
    goods = bought(orders, draft.desk.facts)
    draft.slots["own_products"] = ",".join(goods.products)
    wishes = list(loaded(draft.slots.get(_WISHES, "")))
    agreed = False
    for text, entities in json.loads(draft.slots.pop(_UNREAD, "[]")):
        said = Said.kept(text, entities)
        heard = [wish for wish in wishes if wish.read_out]
        open_yes = agrees(said.text) and len(heard) == 1 and not stretches(said.text)
        agreed = open_yes and _ASKED not in draft.slots  # else it is a yes to our question, or to a part
        wishes = _updated(draft, wishes, said, goods)
    draft.forget("new_item", "item_place", "said")
    stated = await _stated(draft, wishes, orders, goods)
    kept = [one.wish for one in stated]
    draft.slots[_WISHES] = dumped(kept)
    if not stated:
        draft.forget(_WISHES, _ASKED)
        return "nothing"
    if agreed and any(one.is_read_out for one in stated):
        return "agreed"
    lacking = [one.lack.what for one in stated if one.lack is not None]
    stuck = draft.slots.get(_ASKED, "").partition(":")[0] in lacking
    return "lacking" if lacking and not (stuck and _ready(stated)) else "ready"


def _ready(stated: Sequence[Stated]) -> list[Stated]:
    """Return what can be read out; the items of an order wait until all else about it is known."""
    unfinished = {one.wish.order_id for one in stated if one.lack is not None}
    locks = "modify_pending_order_items"
    return [
        one for one in stated if one.lack is None and not (one.action.name == locks and one.wish.order_id in unfinished)
    ]


def _updated(draft: Draft, wishes: list[Wish], said: Said, goods: Bought) -> list[Wish]:
    """Return the wishes with what was said now: new ones, or more about those there are."""
    facts, products = draft.desk.facts, tuple(goods.products.values())
    wishes, said = _taken_back(wishes, said, goods, facts.lexicon)
    if not wishes:
        deed = draft.slots.pop(_DEED, "")
        return list(read_wishes(said, products, facts.lexicon, deed=Deed(deed) if deed else None))
    at, line = _asked_about(draft, wishes)
    if not stretches(said.text):
        told = next(iter(read_wishes(said, products, facts.lexicon, deed=wishes[at].deed)))
        return _answered(draft, wishes, told, said, goods, at, line)
    wishes = [wish for wish in wishes if wish.order_id or wish.lines or wish.everything or wish.address]
    new = read_wishes(said, products, facts.lexicon)
    wishes = [old for old in wishes if not any(_replaces(wish, old, said.text) for wish in new)]
    for wish in new:
        same = next((at for at, old in enumerate(wishes) if _goes_on(old, wish)), None)
        if same is None:
            wishes.append(wish)
        else:
            wishes[same] = _more_of(wishes[same], wish, said, goods, facts.lexicon, None)
    return wishes


def _taken_back(wishes: list[Wish], said: Said, goods: Bought, lexicon: Lexicon) -> tuple[list[Wish], Said]:
    """Return the wishes without the goods that the customer keeps after all, and the words that are left."""
    taken, left = kept_goods(said.text)
    if not wishes or not taken:
        return wishes, said
    named = read_wishes(Said(text=taken, entities=()), tuple(goods.products.values()), lexicon, deed=Deed.RETURN)
    keys = [key for wish in named for line in wish.lines for key in line.product_id.split("|")]
    if not keys:
        return wishes, said
    return spared(wishes, keys), Said(text=left, entities=())


def _replaces(new: Wish, old: Wish, text: str) -> bool:
    """Return whether a later wish takes the place of one that was read out: after a no, or on the same order."""
    if new.deed is old.deed or not old.read_out:
        return False
    ending = (Deed.CANCEL, Deed.RETURN, Deed.SWAP)
    same_order = new.order_id == old.order_id and new.deed in ending and old.deed in ending
    return same_order or (new.order_id in ("", old.order_id) and takes_back(text))


def _answered(
    draft: Draft, wishes: list[Wish], told: Wish, said: Said, goods: Bought, at: int, line: int | None
) -> list[Wish]:
    """Return the wishes with the answer to our question, or with what the customer wants otherwise."""
    new_item, item_place = draft.heard.get("new_item", ""), draft.heard.get("item_place", "")
    several = _places_chosen(draft, said)
    if len(several) > 1:
        for chosen in several:
            wishes[at] = picked(wishes[at], item_place=chosen, new_item="", line=None)
        return wishes
    if new_item or item_place:
        wishes[at] = picked(wishes[at], item_place=item_place, new_item=new_item, line=line)
        return wishes
    if told.spared:
        return spared(wishes, told.spared)
    if any(entity.kind == "except" for entity in said.entities) and "ordinal" in draft.heard:
        wishes[at] = without_place(wishes[at], int(draft.heard["ordinal"]))
        return wishes
    if told.lines and means_other(said.text):
        wishes[at] = replace(wishes[at], lines=told.lines, everything=False)
        return wishes
    if told.lines and restricts(said.text):
        return restricted(wishes, told)
    if told.lines:
        at = _with_these_goods(wishes, told, at)
    if draft.slots.get(_ASKED, "").startswith("reason") and not (told.reason or said.entities or told.lines):
        told = replace(told, reason=f"other:{said.text}")
    wishes[at] = _more_of(wishes[at], told, said, goods, draft.desk.facts.lexicon, line)
    return wishes


def _places_chosen(draft: Draft, said: Said) -> list[str]:
    """Return the items of the list that the customer sees which "the first and the third" mean."""
    slot, _, shown = draft.slots.get("listed", "").partition(":")
    if slot != "item_place":
        return []
    listed, places = shown.split(","), [int(entity.value) for entity in said.entities if entity.kind == "ordinal"]
    return list(dict.fromkeys(listed[at - 1 if at > 0 else at] for at in places if -1 <= at <= len(listed) and at))


def _more_of(old: Wish, told: Wish, said: Said, goods: Bought, lexicon: Lexicon, line: int | None) -> Wish:
    if told.lines:
        return merged(old, told)
    return told_of_lines(merged(old, told), said.text, goods.products, lexicon, only=line)


def _goes_on(old: Wish, new: Wish) -> bool:
    """Return whether a wish says more of one there is: the same deed on the same order."""
    if old.deed is not new.deed:
        return False
    if not new.order_id or new.order_id == old.order_id:
        return not (new.lines and new.has_goods and not new.order_id and old.order_id and old.deed is Deed.CANCEL)
    return not old.order_id


def _with_these_goods(wishes: Sequence[Wish], told: Wish, default: int) -> int:
    named = {key for line in told.lines for key in line.product_id.split("|")}
    for at, wish in enumerate(wishes):
        if any(named & set(line.product_id.split("|")) for line in wish.lines):
            return at
    return default


def _asked_about(draft: Draft, wishes: Sequence[Wish]) -> tuple[int, int | None]:
    """Return the wish that the last question was about, else the last one, and its line."""
    at = draft.slots.get(_ASKED, "").split(":")
    place = int(at[1]) if len(at) > 1 else len(wishes) - 1
    line = int(at[2]) if len(at) > 2 and at[0] in _OF_A_LINE else None
    return min(max(place, 0), len(wishes) - 1), line


async def _stated(draft: Draft, wishes: Sequence[Wish], orders: Sequence[Order], goods: Bought) -> list[Stated]:
    """Return every wish with its order and the policy's ruling; what cannot be done is said and dropped."""
    focus_on_photo(draft, orders)
    focus = draft.slots.get("order_id", "")
    found = [bent(place, orders) for wish in wishes for place in placed(wish, orders, focus=focus)]
    places = _together([_with_words(place, goods, draft.desk.facts.lexicon) for place in found])
    left: list[Stated] = []
    for place in sorted(places, key=lambda place: _ORDER_OF_DEEDS.index(place.wish.deed)):
        if any(_excludes(other.wish, place.wish) for other in left):
            draft.say("settle_one_per_order", order=place.wish.order_id)
            continue
        one = await state(draft, place, orders, goods, after=left)
        if one.lack is not None and one.lack.what == "no_such_payment" and one.wish.has_goods:
            draft.say("settle_no_such_payment")
            one = await state(draft, replace(place, wish=replace(place.wish, payment="")), orders, goods, after=left)
        if one.denial is not None:
            tell_denied(draft, one)
            draft.forget(_ASKED)
        elif one.lack is not None and one.lack.what in ("nothing_fits", "not_bought", "unknown_address"):
            tell_nothing_there(draft, one)
        else:
            left.append(one)
    if len(left) == 1 and left[0].wish.order_id:
        draft.slots["order_id"] = left[0].wish.order_id
    return left


def _with_words(place: Placed, goods: Bought, lexicon: Lexicon) -> Placed:
    """Read the options that were said before it was clear of which goods."""
    wish = place.wish
    if wish.deed is not Deed.SWAP or not wish.words or not wish.lines:
        return place
    return replace(place, wish=replace(told_of_lines(wish, wish.words, goods.products, lexicon, only=None), words=""))


def _together(places: Sequence[Placed]) -> list[Placed]:
    """Return the wishes without those said twice, and with the goods of one order in one wish."""
    seen: dict[str, Placed] = {}
    for place in places:
        wish = place.wish
        joins = wish.has_goods and wish.order_id and place.lack is None
        key = f"{wish.deed} {wish.order_id}" if joins else dumped([replace(wish, read_out="")])
        if key in seen and seen[key].wish != wish:
            first = seen[key].wish
            more = tuple(line for line in wish.lines if line.place not in {known.place for known in first.lines})
            seen[key] = Placed(wish=replace(first, lines=(*first.lines, *more), payment=first.payment or wish.payment))
        else:
            seen.setdefault(key, place)
    return list(seen.values())


def _excludes(first: Wish, second: Wish) -> bool:
    """Return whether doing the first leaves nothing for the second: one return or exchange for an order."""
    if not second.order_id or first.order_id != second.order_id:
        return False
    ending = (Deed.CANCEL, Deed.RETURN, Deed.SWAP)
    return first.deed in ending and second.deed in ending


async def _standing(draft: Draft, orders: Sequence[Order], goods: Bought) -> list[Stated]:
    """Return where the kept wishes stand, each after those before it."""
    found: list[Stated] = []
    for wish in loaded(draft.slots.get(_WISHES, "")):
        place = placed(wish, orders, focus=draft.slots.get("order_id", ""))[0]
        found.append(await state(draft, place, orders, goods, after=found))
    return found


async def ask_for_lacking(draft: Draft) -> str:
    """Ask the one thing that the first unfinished wish lacks."""
    orders = await own_orders(draft)
    goods = bought(orders, draft.desk.facts)
    for at, one in enumerate(await _standing(draft, orders, goods)):
        if one.lack is not None:
            draft.slots[_ASKED] = f"{one.lack.what}:{at}:{one.lack.line}"
            draft.slots[_WISHES] = dumped([replace(wish, read_out="") for wish in loaded(draft.slots[_WISHES])])
            ask(draft, one, orders, goods)
            return ""
    raise RuntimeError("a question was due, but no wish lacks anything")


async def read_out(draft: Draft) -> str:
    """Read out exactly what would be done, bind it by its hash, and ask for a yes; "nothing" when no wish is left."""
    orders = await own_orders(draft)
    goods = bought(orders, draft.desk.facts)
    stated = await _standing(draft, orders, goods)
    draft.forget(_ASKED)
    ready = _ready(stated)
    if not ready:
        return "nothing"
    tell_ready(draft, ready, goods)
    draft.slots[_WISHES] = dumped([replace(one.wish, read_out=one.hash if one in ready else "") for one in stated])
    return ""


def give_up(draft: Draft) -> None:
    """Forget what was wished for, or the next wish would bring it back."""
    draft.forget(_WISHES, _ASKED, _UNREAD)


def unread(draft: Draft) -> None:
    """Forget that anything was read out, so that it is read out again before a yes counts."""
    wishes = loaded(draft.slots.get(_WISHES, ""))
    if wishes:
        draft.slots[_WISHES] = dumped([replace(wish, read_out="") for wish in wishes])


async def carry_out(draft: Draft) -> str:
    """Do what was read out and said yes to, and only that; returns what `gather` does of the wishes that are left."""
    orders = await own_orders(draft)
    goods = bought(orders, draft.desk.facts)
    left: list[Wish] = []
    draft.forget("offer")
    for one in await _standing(draft, orders, goods):
        if not one.is_read_out:
            left.append(one.wish)
            continue
        effect = await _done(draft, one)
        if effect.action.status is ActionStatus.DENIED:
            tell_denied(draft, replace(one, denial=one.ruling))
        else:
            tell_done(draft, one, goods)
            if one.wish.deed in _PHOTOS_OF and one.order is not None:
                await hand_on_photos(draft, one.order.order_id, _PHOTOS_OF[one.wish.deed])
    draft.forget(_WISHES, _ASKED)
    if left:
        draft.slots[_WISHES] = dumped(left)
        return await gather(draft)
    draft.outcome = "answered"
    return ""


async def _done(draft: Draft, one: Stated) -> Effect:
    bound = f"{draft.session.conversation_id}\n{draft.message.id}\n{one.action.name}\n{one.hash}"
    action = replace(
        one.action,
        idempotency_key=hashlib.sha256(bound.encode()).hexdigest()[:32],
        confirmation=one.wish.read_out,
    )
    effect = await draft.desk.shop.propose(action, identity=draft.identity, after=draft.effects)
    draft.effects.append(effect)
    return effect


async def leave_undone(draft: Draft) -> str:
    """Drop what was read out: nothing is changed."""
    give_up(draft)
    draft.say("settle_left")
    return ""
