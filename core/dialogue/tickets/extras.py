"""The small acts of ticket flows: what is known already, who else can do it, what comes after."""

from __future__ import annotations

import re

from core.dialogue.draft import Draft
from core.dialogue.handoff import hand_off, offer_person
from core.dialogue.looking import waiting_photos
from core.dialogue.orders import find_own
from core.dialogue.tickets.writing import write_ticket
from core.types import spoken_text

_HAN = re.compile(r"[\u4e00-\u9fff]")
_ONLY_COMPLAINS = re.compile(
    r"我(?:要|想)?|你们?|投诉|差评|客服|请|一下|非常|太|很|不满意?|失望|生气|\b(?:i|want|to|would|like|make|file|a"
    r"|an|complaint|complain"
    r"|about|you|your|shop|service|very|so|am|is|are|not|happy|unhappy|disappointed|angry|have|need|please)\b|['’]d"
    r"|['’]m",
    re.IGNORECASE,
)
_ENOUGH_HAN, _ENOUGH_WORDS = 4, 3
"""What must be left of a complaint without the words that every complaint has, for it to tell what happened."""
_PARTIES = (
    ("customs", re.compile(r"海关|清关|\bcustoms\b", re.IGNORECASE)),
    ("bank", re.compile(r"银行|\bbank\b", re.IGNORECASE)),
    ("payment", re.compile(r"支付宝|微信|花呗|\b(?:paypal|alipay|wechat)\b", re.IGNORECASE)),
    (
        "carrier",
        re.compile(
            r"快递|物流公司|顺丰|中通|圆通|韵达|申通|\b(?:courier|carrier|dhl|ups|fedex|usps|postman|driver)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "marketplace",
        re.compile(
            r"平台|淘宝|天猫|京东|拼多多|抖音|\b(?:marketplace|platform|amazon|ebay|taobao|temu|aliexpress)\b",
            re.IGNORECASE,
        ),
    ),
    ("manufacturer", re.compile(r"厂家|厂商|生产商|\b(?:manufacturer|maker|brand)\b", re.IGNORECASE)),
    (
        "other_shop",
        re.compile(r"别家|其他店|另一家|\b(?:another|other|different) (?:shop|store|seller)\b", re.IGNORECASE),
    ),
)


async def note_words(draft: Draft) -> str:
    """Keep the words that began it, for the ticket that may come of it."""
    draft.slots["request"] = spoken_text(draft.message, draft.percept)
    return ""


async def without_order(draft: Draft) -> str:
    """Leave the order that was spoken of before out of this ticket."""
    draft.slots["order_free"] = "yes"
    return ""


async def own_phone(draft: Draft) -> str:
    """Take the telephone number of the customer's record where they named none."""
    customer = await draft.desk.shop.customer(draft.identity.customer_id) if draft.identity else None
    if customer is not None and customer.phone:
        draft.slots.setdefault("phone", customer.phone)
    return ""


async def tell_address(draft: Draft) -> str:
    """Say which address somebody will come to: the order's own, unless the customer says otherwise."""
    order = await find_own(draft, draft.slots.get("order_id", ""))
    if order is not None:
        at = order.address
        is_chinese = _HAN.search(at.address1) is not None
        place = (at.city, at.address1, at.address2) if is_chinese else (at.address1, at.address2, at.city)
        whole = (" " if is_chinese else ", ").join(part for part in place if part)
        draft.say("visit_address", address=whole)
    return ""


async def heard_complaint(draft: Draft) -> str:
    """Take the complaint itself for what happened, where it tells that."""
    words = draft.slots.get("request", "")
    left = _ONLY_COMPLAINS.sub(" ", words)
    han = len(_HAN.findall(left))
    if han >= _ENOUGH_HAN or len(re.findall(r"[A-Za-z]{2,}", left)) >= _ENOUGH_WORDS:
        draft.slots["happened"] = words
    if "order_id" not in draft.heard:
        draft.slots["order_free"] = "yes"
    return ""


async def offer_a_person(draft: Draft) -> str:
    """Offer a person."""
    offer_person(draft)
    return ""


async def secure(draft: Draft) -> str:
    """Say what keeps people safe, write a ticket that does not wait, and fetch a person at once."""
    words = spoken_text(draft.message, draft.percept)
    draft.slots |= {"topic": "safety", "safety": "yes", "request": words, "happened": words}
    if "order_id" not in draft.heard:
        draft.slots["order_free"] = "yes"
    if photos := waiting_photos(draft):
        draft.slots["photos"] = ",".join(photos)
    draft.say("safety_first")
    await write_ticket(draft)
    draft.slots["handoff_reason"] = "somebody may be hurt"
    return await hand_off(draft)


async def name_who_can(draft: Draft) -> str:
    """Say whose business it is, and what can be done here."""
    words = spoken_text(draft.message, draft.percept)
    party = next((name for name, pattern in _PARTIES if pattern.search(words)), "somebody")
    draft.say("only_others_can", party=draft.word(f"party.{party}"))
    draft.say(f"others_way.{party}" if draft.desk.templates.has(f"others_way.{party}") else "others_way.somebody")
    offer_person(draft)
    return ""


async def next_topic(draft: Draft) -> str:
    """Take up the second business of a message: "ticket", or "none" when there was one only."""
    waiting = [topic for topic in draft.slots.pop("next_topics", "").split(",") if topic]
    if not waiting:
        return "none"
    draft.slots["topic"], rest = waiting[0], waiting[1:]
    if rest:
        draft.slots["next_topics"] = ",".join(rest)
    draft.turn_page()
    return "ticket"
