"""What the customer was asked for, as far as it helps to hear the answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.dialogue.checking import TO_CHECK
from core.dialogue.draft import Draft
from core.dialogue.hearing import slot_of
from core.dialogue.run import Runner, awaited
from core.types import Expect

_OF_SLOT: Mapping[str, Expect] = MappingProxyType(
    {
        "answer": "yes_no",
        "email": "email",
        "order_id": "id",
        "tax_number": "id",
        "coupon_code": "id",
        "phone": "phone",
        "zip": "digits",
        "amount": "digits",
        "seen_price": "digits",
        "name": "name",
        "invoice_title": "name",
        "items": "choice",
        "invoice_kind": "choice",
        "problem": "choice",
        "address": "address",
        "which_item": "choice",
        "new_item_ids": "choice",
        "new_item": "choice",
        "near": "choice",
        "payment_method_id": "choice",
        "which_payment": "choice",
        "reason": "choice",
    }
)
"""By what a flow collects, and by what a wish lacks."""
_OF_KIND: Mapping[str, Expect] = MappingProxyType(
    {"number": "digits", "choice": "choice", "phone": "phone", "code": "id", "yes_no": "yes_no"}
)
"""By the type of a slot that a pack declares; names and dates may be anything."""


def expected(draft: Draft, runner: Runner) -> Expect:
    """Return what the customer was asked for at the end of a turn; "" where anything may come."""
    if draft.outcome == "asked" and draft.slots.get(TO_CHECK):
        return "yes_no"
    waiting = awaited(draft, runner) if draft.outcome == "asked" else ()
    if not waiting:
        return "yes_no" if "offer" in draft.slots else ""
    lacking = draft.slots.get("asked_for", "").partition(":")[0]
    first = lacking if lacking and waiting[0] == "said" else waiting[0]
    if draft.slots.get("listed", "").partition(":")[0] == first:
        return "choice"
    slot = slot_of(draft, runner.flows[draft.stack[-1].flow], first)
    return _OF_KIND.get(slot.kind, "") if slot else _OF_SLOT.get(first, "")
