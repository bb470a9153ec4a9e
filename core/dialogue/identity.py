"""Who is speaking: by e-mail, or by name and zip; counted and locked."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

from core.dialogue.attempts import calling, named, sender
from core.dialogue.draft import Draft
from core.dialogue.handoff import offer_person
from core.shop.keys import name_key, names_of, same_order, zip_key
from core.shop.records import Customer
from core.types import Identity, Language

_HAN = re.compile(r"[\u4e00-\u9fff]")
_log = logging.getLogger(__name__)
_EVIDENCE = ("email", "name", "zip", "phone")
_DOUBTED = "doubted_fact"
_RUNG = "phone"
"""Proves nothing by itself; from somebody who is known it is whom a ticket wants rung up."""
_CALLS = "phone"
"""The channel whose senders are telephone numbers."""


async def identify(draft: Draft) -> str:
    """Check what the customer gave as proof.

    Returns "verified", "missing", "half_name" (a zip is known, the name lacks), "half_zip", "no_email", "wrong" or
    "locked". A conversation serves one customer: proof given later is checked against nobody, so that
    it tells nothing about other customers.
    """
    slots = draft.slots
    if draft.identity is not None:
        draft.forget(*(slot for slot in _EVIDENCE if slot != _RUNG))
        return "verified"
    if draft.failed_checks >= draft.desk.identity_attempts or await _has_guessed(draft, sender(draft.message)):
        draft.forget(*_EVIDENCE)
        return "locked"
    if "email" in slots:
        customer = await draft.desk.shop.customer_by_email(slots["email"])
        return await _settle(draft, customer, "email")
    if "name" in slots and "zip" in slots:
        subject = named(slots["name"])
        if await _has_guessed(draft, subject):
            draft.forget(*_EVIDENCE)
            return "locked"
        found = await draft.desk.shop.customers_by_name_zip(slots["name"], slots["zip"])
        return await _settle(draft, found[0] if len(found) == 1 else None, "name_zip", subject)
    if await _is_known_caller(draft):
        return "verified"
    if "name" in slots:
        return "half_zip"
    if "no_email" in draft.heard and "zip" not in slots:
        return "no_email"
    return "half_name" if "zip" in slots else "missing"


async def _has_guessed(draft: Draft, subjects: tuple[str, ...]) -> bool:
    """Return whether somebody guessed too often lately, in whichever conversation."""
    if not subjects:
        return False
    failures = await draft.desk.attempts.failures(subjects, draft.message.received_at.timestamp())
    return failures >= draft.desk.identity_attempts


async def _is_known_caller(draft: Draft) -> bool:
    """Return whether the caller's number and one more fact prove who it is: the zip, or an order of theirs.

    A wrong fact is counted in silence, so that nothing tells whether the number is on record.
    """
    fact = draft.slots.get("zip") or draft.heard.get("order_id")
    if draft.message.channel != _CALLS or not fact or "name" in draft.slots or draft.heard.get(_DOUBTED) == fact:
        return False
    subject = calling(draft.message.sender_id)
    found = await draft.desk.shop.customers_by_phone(draft.message.sender_id) if subject else ()
    if len(found) != 1 or await _has_guessed(draft, subject):
        return False
    (customer,) = found
    fits = zip_key(fact) == zip_key(customer.address.zip) if "zip" in draft.slots else _owns(customer, fact)
    if fits:
        await _settle(draft, customer, "caller", subject)
    else:
        await draft.desk.attempts.failed(subject, draft.message.received_at.timestamp())
        draft.heard[_DOUBTED] = fact  # asked again in this turn, it counts once
    return fits


def _owns(customer: Customer, order_id: str) -> bool:
    return any(same_order(order_id, own) for own in customer.orders)


async def _settle(draft: Draft, customer: Customer | None, proved_by: str, subject: tuple[str, ...] = ()) -> str:
    draft.forget(*_EVIDENCE)
    subjects = (*sender(draft.message), *subject)
    if customer is not None:
        draft.identity = Identity(customer_id=customer.user_id, proved_by=proved_by)
        draft.session = replace(draft.session, verified_at=draft.message.received_at.isoformat())
        draft.failed_checks = 0
        await draft.desk.attempts.passed(subjects)
        name = called(customer, draft.language)
        draft.say("identity_ok" if name else "identity_ok_nameless", **({"name": name} if name else {}))
        return "verified"
    draft.failed_checks += 1
    await draft.desk.attempts.failed(subjects, draft.message.received_at.timestamp())
    _log.info("an identity check failed (%d in a row)", draft.failed_checks)
    return "locked" if draft.failed_checks >= draft.desk.identity_attempts else "wrong"


async def is_verified(draft: Draft, _value: str) -> bool:
    """Return whether the customer proved who they are; an order number alone does where they call from their own."""
    return draft.identity is not None or await _is_known_caller(draft)


async def stay_with_one(draft: Draft) -> None:
    """Say that a conversation serves one customer when somebody else's e-mail or name is brought up."""
    if draft.identity is None or not {"email", "name"} & draft.heard.keys():
        return
    own = await draft.desk.shop.customer(draft.identity.customer_id)
    email = draft.heard.get("email", "").lower()
    name = draft.heard.get("name", "").lower()
    if own is None:
        return
    if (email and email != own.email.lower()) or (not email and name and name_key(name) not in names_of(own)):
        draft.say("one_customer")


async def say_wrong_identity(draft: Draft) -> str:
    """Say that the proof does not fit, and how many attempts are left."""
    left = draft.desk.identity_attempts - draft.failed_checks
    draft.say("identity_wrong", left=left)
    return ""


async def say_locked(draft: Draft) -> str:
    """Say that the check is locked and offer a person."""
    draft.say("identity_locked")
    offer_person(draft)
    return ""


def called(customer: Customer, language: Language) -> str:
    """Return how to address a customer in a language: Chinese names whole, others by the first name.

    A name in the other language's script is not used; then "" is returned.
    """
    if language != "zh":
        return customer.first_name if not _HAN.search(customer.first_name) else ""
    whole = f"{customer.last_name}{customer.first_name}"
    return next((name for name in (whole, *customer.other_names) if _HAN.search(name)), "")
