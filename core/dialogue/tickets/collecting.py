"""Collect a ticket's facts: from the words that began it, and from whatever is said while it is open."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from core.dialogue.draft import Draft, frame
from core.dialogue.looking import note_state, waiting_photos
from core.dialogue.orders import BEGUN, find_own
from core.dialogue.run import Runner, awaited
from core.dialogue.tickets.facts import AMOUNTS, FACTS, FORMS, FREE, LEFT_OPEN, bare_amount, read_facts, said
from core.dialogue.tickets.goods import items_meant
from core.types import (
    AttachmentKind,
    CancelFlow,
    ChitChat,
    CorrectSlot,
    Deny,
    FlowFrame,
    Handoff,
    Repeat,
    SetSlot,
    StartFlow,
    spoken_text,
)

_TRIES = "tries"
_ANSWER_CHARS = 500
_DAMAGE = frozenset({"complaint", "missing_or_wrong_item", "repair_warranty"})
"""Topics for which it matters in what state the goods are."""
_MOST_TRIES = 2
"""Questions for one fact; afterwards it is left open, because no form is worth losing a customer."""
_ASKS = re.compile(
    r"[?？]\s*$|(?:吗|嘛|呢|么|(?<=[\u4e00-\u9fff]{3})(?<![还都要])[不没])[。!！]?\s*$|^\s*(?:请问|怎么(?!.{0,6}都)|为什么|哪)|能不能|可不可以|有没有|是不是|会不会"
    r"|怎么(?:样|办|退|换|算|用|弄|收|开|买|查|寄|申请|修)|(?:什么时候|多久|多少钱|几(?:天|年|个月|个|次|点)|多少|哪里|什么)\W*$"
    r"|^\s*(?:what|when|where|who|how|why|which)\b"
    r"|(?:^|[,.;!])\s*(?:who|how|what|when|where) (?:\w+ )?(?:do|does|did|is|are|can|will|should|long|much|pays?)\b"
    r"|(?:^|[,.;!])\s*(?:can|could|would|will|do|does|did|is|are) (?:you|i|we|it|they|the|there|my)\b",
    re.IGNORECASE,
)
_WISHES = re.compile(
    r"我(?:要|想|还要|还想)(?!说|问)|帮我|给我(?!发)|顺便|另外|(?:直接|干脆)(?:退|换|取消)|^\W*算了"
    r"|\bI(?:'d like| would like| want|'d rather)\b|\b(?:instead|also|by the way)\b|^(?:please )?(?:cancel|return"
    r"|exchange|refund)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"^\W*(?:没有了?|不知道|不清楚|不确定|不记得了?|忘了?|无|暂时没有|都行|都可以|随便|随时|不用了?"
    r"|no|none|nope|not sure|(?:i )?(?:don't|do not) (?:know|have (?:one|it|any)|remember)|no idea|any ?time"
    r"|whenever|any|n/?a)\W*$",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"不对|错了|写错|记错|不是|应该是|改成|改为|换成|更正|\b(?:wrong|actually|should be|not \w+ but|I meant"
    r"|correction|change (?:it|that) to)\b|^no\b",
    re.IGNORECASE,
)
_BARE_PHONE = re.compile(r"^[\d\s+()-]{7,20}$")
"""A number and nothing else: another one to ring than the one that the ticket says."""
_POLITE = re.compile(
    r"^(?:it's|it is|just|就是|就写|写|是)\s+|[\s,，]*(?:please|thanks|thank you|谢谢|麻烦了?)?[\s.。!！]*$",
    re.IGNORECASE,
)
_ANYTIME = re.compile(r"都行|都可以|随便|随时|any ?time|whenever", re.IGNORECASE)


async def begin_ticket(draft: Draft) -> str:
    """Take from the words that began it what they tell; a form that was corrected keeps what it knows."""
    current = draft.stack[-1]
    topic = current.flow
    if topic != "other_ticket":
        draft.slots["topic"] = topic
    if BEGUN in current.slots:
        return ""
    draft.stack[-1] = _marked(current, BEGUN, "yes")
    draft.forget(*FACTS, "items", "photos", _TRIES)
    words = draft.slots.get("request", "") or spoken_text(draft.message, draft.percept)
    draft.slots["request"] = words[:_ANSWER_CHARS]
    for fact, value in read_facts(topic, said(words, draft.message.received_at.date())).items():
        draft.slots[fact] = value
    await _add_photos(draft)
    return ""


async def take_facts(draft: Draft, runner: Runner) -> None:
    """Take a message for what an open ticket wants to know, before anything else is made of it.

    A fact that is told is kept wherever it is said. What was asked is answered by whatever is no
    question, no other wish and no wish to stop; then nothing else is made of the words.
    """
    if "written" in draft.slots:
        _amended(draft, runner)
    form = next((each for each in reversed(draft.stack) if each.flow in FORMS), None)
    if form is None or any(
        isinstance(c, CancelFlow | Handoff | Repeat) and c.source == "rules" for c in draft.understanding.commands
    ):
        return
    words = spoken_text(draft.message, draft.percept)
    said_now = said(words, draft.message.received_at.date())
    asked = [slot for slot in awaited(draft, runner) if slot in FACTS or slot == "items"]
    leaves = _leaves(draft, form, said_now.text)
    found = dict(read_facts(form.flow, said_now)) if not leaves or not asked else {}
    found = {
        fact: value for fact, value in found.items() if fact in asked or fact not in draft.slots or _corrects(draft)
    }
    if "seen" in draft.slots and denies(draft, words):
        draft.forget("seen")
        draft.say("photo_corrected")
        found["photo_words"] = words[:_ANSWER_CHARS]
    if form.flow == "invoice" and "email" in draft.heard and draft.identity is not None:
        found["invoice_email"] = draft.heard["email"]
        draft.forget("email")
    has_photo = any(part.kind is AttachmentKind.IMAGE for part in draft.message.attachments)
    if has_photo:
        await _add_photos(draft)
    if asked and not leaves:
        found |= await _answer(draft, asked, words, found)
    for fact, value in found.items():
        draft.fill(fact, value)
    if not leaves and (any(slot in found for slot in asked) or has_photo):
        _take_as_answer(draft, form)
    elif not leaves and asked and not _rewound(draft, form, runner):
        await _count_try(draft, asked[0])
        _take_as_answer(draft, form)
    elif not leaves and not asked:
        _rewound(draft, form, runner)


def _amended(draft: Draft, runner: Runner) -> None:
    """Open the ticket that was just written again when the customer says that something of it is wrong."""
    written = json.loads(draft.slots.pop("written", "{}"))
    flow = written.get("topic", "")
    words = spoken_text(draft.message, draft.percept)
    corrects = _CORRECTS.search(words) or _corrects(draft) or _BARE_PHONE.match(words) and "phone" in written
    if draft.stack or flow not in FORMS or not corrects or is_question(words):
        return
    found = dict(read_facts(flow, said(words, draft.message.received_at.date())))
    if "seen" in written and denies(draft, words):
        del written["seen"]
        draft.say("photo_corrected")
        found["photo_words"] = words[:_ANSWER_CHARS]
    if "phone" in draft.heard and "phone" in FORMS[flow]:
        found["phone"] = draft.heard["phone"]
    another = draft.heard.get("order_id", written.get("order_id")) != written.get("order_id")
    if not found and not another and "other" not in draft.heard:
        return
    if another or "other" in draft.heard:
        written.pop("items", None)
    kept = {name: value for name, value in written.items() if name not in draft.heard}
    draft.slots |= {**kept, **found}
    draft.stack.append(_marked(frame(flow, runner.flows[flow].first), BEGUN, "yes"))
    _take_as_answer(draft, draft.stack[-1])


def _leaves(draft: Draft, form: FlowFrame, text: str) -> bool:
    """Return whether the words go elsewhere: a question, or another wish."""
    topics = {c.value for c in draft.understanding.commands if isinstance(c, SetSlot) and c.slot == "topic"}
    flows = [c for c in draft.understanding.commands if isinstance(c, StartFlow)]
    if any(isinstance(c, ChitChat) and c.source == "rules" for c in draft.understanding.commands):
        return True
    if _ASKS.search(text):
        return True
    other = topics - {form.flow} or (flows and not topics)
    return bool(other and _WISHES.search(text))


async def _answer(draft: Draft, asked: list[str], words: str, found: Mapping[str, str]) -> dict[str, str]:
    """Return what the message answers beyond what could be read from it."""
    slot = asked[0]
    if slot in found:
        return {}
    if slot == "items":
        order = await find_own(draft, draft.slots.get("order_id", ""))
        meant = items_meant(draft, order, words) if order else ()
        if meant:
            return {"items": ",".join(item.item_id for item in meant)}
        return {"items": LEFT_OPEN} if _UNKNOWN.match(words) else {}
    if slot == "time" and _ANYTIME.search(words):
        return {"time": "any"}
    if slot in AMOUNTS and (number := bare_amount(words)):
        return {slot: number}
    if _UNKNOWN.match(words) or any(isinstance(c, Deny) for c in draft.understanding.commands):
        return {slot: LEFT_OPEN}
    named = {"order_id", "email", "ordinal", "other"} & draft.heard.keys()
    told = _POLITE.sub("", words.strip())
    return {slot: told[:_ANSWER_CHARS]} if slot in FREE and told and not named else {}


async def _count_try(draft: Draft, slot: str) -> None:
    asked, _, tries = draft.slots.get(_TRIES, "").partition(":")
    if slot == "items" and {"ordinal", "items", "other"} & draft.heard.keys():
        return
    now = int(tries or 0) + 1 if asked == slot else 1
    draft.slots[_TRIES] = f"{slot}:{now}"
    if now >= _MOST_TRIES:
        draft.fill(slot, LEFT_OPEN)
    else:
        draft.say("not_understood_here")


def is_question(words: str) -> bool:
    """Return whether words ask something."""
    return bool(_ASKS.search(words))


def denies(draft: Draft, words: str) -> bool:
    """Return whether words say that what was noted from a photo is wrong."""
    return _CORRECTS.search(words) is not None or any(isinstance(c, Deny) for c in draft.understanding.commands)


def _corrects(draft: Draft) -> bool:
    return any(isinstance(command, CorrectSlot) for command in draft.understanding.commands)


def _take_as_answer(draft: Draft, form: FlowFrame) -> None:
    """Drop what else the classifier made of an answer."""
    kept = tuple(c for c in draft.understanding.commands if isinstance(c, SetSlot | CorrectSlot) and c.slot != "topic")
    draft.understanding = replace(draft.understanding, commands=kept)
    draft.forget("topic", "also")
    draft.slots["topic"] = form.flow
    draft.picked = True


def _rewound(draft: Draft, form: FlowFrame, runner: Runner) -> bool:
    """Begin a form anew with what it knows when the customer means another order: "no, the other one"."""
    before = draft.session.slots.get("order_id", "")
    another = draft.heard.get("order_id", before) != before
    if draft.identity is None or not before or not (another or "other" in draft.heard):
        return False
    at = draft.stack.index(form)
    if any(each.flow == "own_order" for each in draft.stack[at:]):
        return False  # the order is being asked for right now
    del draft.stack[at + 1 :]
    draft.stack[at] = replace(form, step=runner.flows[form.flow].first)
    draft.forget("items")
    _take_as_answer(draft, form)
    return True


async def _add_photos(draft: Draft) -> None:
    """Put the photos that were sent for it into the ticket, with what they seem to show."""
    fresh = waiting_photos(draft)
    known = [name for name in draft.slots.get("photos", "").split(",") if name]
    if fresh:
        draft.slots["photos"] = ",".join(dict.fromkeys([*known, *fresh]))
    if draft.slots.get("topic") in _DAMAGE and (seen := await note_state(draft, fresh)):
        draft.slots["seen"] = " ".join(filter(None, [draft.slots.get("seen"), seen]))


def _marked(current: FlowFrame, slot: str, value: str) -> FlowFrame:
    return replace(current, slots=MappingProxyType({**current.slots, slot: value}))
