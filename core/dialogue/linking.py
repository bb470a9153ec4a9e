"""Go on in another channel: a code from a verified conversation, typed in the other one, proves the same person."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from core.dialogue.draft import Draft
from core.dialogue.returning import resumable
from core.types import Session, SetSlot, StartFlow

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without 0, O, 1, I and L, which people and recognisers take for each other."""
_CODE_CHARS = 8
_MOST_TRIES = 5
"""Wrong codes in one conversation; there are 8 * 10^11 of them, so that nobody gets lucky."""
_TYPED = re.compile(
    rf"^\W*(?:(?:我的?)?(?:接续码|连接码|代码|验证码|code|link code|my code)\W*(?:是|is|:)?\W*)?"
    rf"([{_ALPHABET}]{{4}})[ -]?([{_ALPHABET}]{{4}})\W*$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:换(?:到|去|成)?|转(?:到|去)|去|在|到|用)\s*(?:我的?)?\s*(?P<zh>手机|电脑|微信|电话|telegram|电报|飞机|网页"
    r"|网站|另一?(?:个|台)?(?:设备|渠道)|别的(?:设备|地方))"
    r".{0,4}(?:上|里|那边)?.{0,3}(?:继续|接着|再聊|聊|说|谈)"
    r"|(?:继续|接着).{0,4}(?:在|用|到).{0,4}(?:手机|电脑|微信|电话|telegram|电报|网页)"
    r"|\b(?:continue|carry on|go on|move|switch|pick (?:this|it) up|talk|chat|take this)\b.{0,25}\b(?:on|to|over|in"
    r"|at|via)\b.{0,12}"
    r"\b(?:my (?:phone|mobile|computer|laptop|tablet)|telegram|the (?:phone|website|web|app)|another (?:device"
    r"|channel)|whatsapp|wechat)\b",
    re.IGNORECASE,
)
_CARRIED = ("tickets", "order_id", "product_id", "sku", "topic")


class Links(Protocol):
    """Codes between conversations (`core.journal.links` keeps them)."""

    async def make(self, code: str, conversation_id: str, now: float) -> bool:
        """Keep a code for a conversation; False when it had its share of codes lately."""
        ...

    async def take(self, code: str, conversation_id: str, channel: str, now: float) -> Session | None:
        """Use a code up and return the session that it belongs to; None for one that is wrong, old or used."""
        ...

    async def went_to(self, conversation_id: str) -> str:
        """Return the channel in which a conversation went on last, "" when it did not."""
        ...


def new_code(choice: Callable[[str], str] = secrets.choice) -> str:
    """Return a code with a digit in it, so that it is no word."""
    while True:
        code = "".join(choice(_ALPHABET) for _ in range(_CODE_CHARS))
        if any(sign.isdigit() for sign in code) and any(sign.isalpha() for sign in code):
            return code


def typed_code(text: str) -> str:
    """Return the code that the whole text is, "" for any other text."""
    found = _TYPED.match(text.strip())
    code = "".join(found.groups()).upper() if found else ""
    return code if any(sign.isdigit() for sign in code) and any(sign.isalpha() for sign in code) else ""


def wants_to_move(text: str) -> bool:
    """Return whether the customer wants to go on in another channel."""
    return bool(_ASKED.search(text))


async def give_code(draft: Draft) -> str:
    """Give the verified customer a code for another channel."""
    links, code = draft.desk.links, draft.desk.new_code()
    if links is None:
        draft.say("link_off")
    elif await links.make(code, draft.session.conversation_id, _now(draft)):
        draft.slots["linked"] = "given"
        draft.say("link_code", code=f"{code[:4]}-{code[4:]}")
    else:
        draft.say("link_too_many")
    return ""


async def go_on_here(draft: Draft) -> bool:
    """Take over the conversation whose code was typed; returns whether that is all there is to do.

    Who types it where the clerk asked who they are goes on with what they wanted.
    """
    code, links = typed_code(draft.message.text), draft.desk.links
    if not code or links is None or (draft.stack and draft.stack[-1].flow != "identify"):
        return False
    if int(draft.slots.get("link_tries", "0")) >= _MOST_TRIES:
        draft.say("link_locked")
        return True
    before = await links.take(code, draft.session.conversation_id, draft.message.channel, _now(draft))
    if before is None or before.identity is None:
        draft.slots["link_tries"] = str(int(draft.slots.get("link_tries", "0")) + 1)
        draft.say("link_wrong")
        return True
    if draft.identity is not None and draft.identity.customer_id != before.identity.customer_id:
        draft.say("one_customer")
        return True
    _take_over(draft, before)
    if draft.stack:
        draft.understanding = replace(draft.understanding, commands=())
        draft.picked = True
    return not draft.stack


async def tell_moved(draft: Draft) -> None:
    """Say, once, that the conversation went on elsewhere."""
    links = draft.desk.links
    if links is None or draft.slots.get("linked") != "given":
        return
    channel = await links.went_to(draft.session.conversation_id)
    if channel:
        draft.slots["linked"] = "gone"
        key = f"channel.{channel}"
        named = draft.word(key if draft.desk.templates.has(key) else "channel.other")
        draft.say("link_gone", place=named)
        draft.turn_page()


def _take_over(draft: Draft, before: Session) -> None:
    draft.identity = before.identity
    draft.failed_checks = 0
    draft.language = before.language or draft.language
    draft.slots |= {name: value for name, value in before.slots.items() if name in _CARRIED}
    draft.forget("link_tries")
    draft.handed_off = before.handed_off
    draft.session = replace(draft.session, verified_at=before.verified_at)
    draft.say("link_done")
    resumable(draft, before.stack, before.slots)


def asks_to_move(draft: Draft) -> None:
    """Begin the flow that gives a code, where the words ask for it."""
    if draft.desk.links is not None and wants_to_move(draft.message.text):
        kept = tuple(c for c in draft.understanding.commands if isinstance(c, SetSlot) and c.slot != "topic")
        draft.understanding = replace(draft.understanding, commands=(*kept, StartFlow(flow="link_out")))


def _now(draft: Draft) -> float:
    return draft.message.received_at.timestamp()
