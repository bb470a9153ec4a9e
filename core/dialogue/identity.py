"""Who is speaking: by e-mail, or by name and zip; counted and locked."""

from __future__ import annotations

import logging
import re

from core.dialogue.draft import Draft
from core.dialogue.handoff import offer_person
from core.shop.keys import name_key, names_of
from core.shop.records import Customer
from core.types import Identity, Language

_HAN = re.compile(r"[\u4e00-\u9fff]")
_log = logging.getLogger(__name__)
_EVIDENCE = ("email", "name", "zip", "phone")


async def identify(draft: Draft) -> str:
    """Check what the customer gave as proof.

    Returns "verified", "missing", "half_name" (a zip is known, the name lacks), "half_zip", "no_email", "wrong" or
    "locked". A conversation serves one customer: proof given later is checked against nobody, so that
    it tells nothing about other customers.
    """
    slots = draft.slots
    if draft.identity is not None:
        draft.forget(*_EVIDENCE)
        return "verified"
    if draft.failed_checks >= draft.desk.identity_attempts:
        draft.forget(*_EVIDENCE)
        return "locked"
    if "email" in slots:
        customer = await draft.desk.shop.customer_by_email(slots["email"])
        return _settle(draft, customer, "email")
    if "name" in slots and "zip" in slots:
        found = await draft.desk.shop.customers_by_name_zip(slots["name"], slots["zip"])
        return _settle(draft, found[0] if len(found) == 1 else None, "name_zip")
    if "name" in slots:
        return "half_zip"
    if "no_email" in draft.heard and "zip" not in slots:
        return "no_email"
    return "half_name" if "zip" in slots else "missing"


def _settle(draft: Draft, customer: Customer | None, proved_by: str) -> str:
    draft.forget(*_EVIDENCE)
    if customer is not None:
        draft.identity = Identity(customer_id=customer.user_id, proved_by=proved_by)
        draft.failed_checks = 0
        name = called(customer, draft.language)
        draft.say("identity_ok" if name else "identity_ok_nameless", **({"name": name} if name else {}))
        return "verified"
    draft.failed_checks += 1
    _log.info("an identity check failed (%d in a row)", draft.failed_checks)
    return "locked" if draft.failed_checks >= draft.desk.identity_attempts else "wrong"


async def is_verified(draft: Draft, _value: str) -> bool:
    """Return whether the customer proved who they are."""
    return draft.identity is not None


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
