"""Tell a verified customer which of the things they bought can still go back."""

from __future__ import annotations

from datetime import date
from typing import Protocol, runtime_checkable

from core.dialogue.draft import Draft
from core.dialogue.orders import own_orders
from core.shop.records import in_language
from core.shop.returnable import Returnable, returnable
from core.shop.terms import Terms, retail_terms
from core.wording.formats import day

_SHOWN = 8


@runtime_checkable
class _KnowsTerms(Protocol):
    async def terms(self) -> tuple[Terms, date]:
        """Return the terms that hold in this shop, and the shop's own day."""
        ...


async def list_returnable(draft: Draft) -> str:
    """List the goods that may be returned or exchanged, with the last day for it where there is one."""
    shop = draft.desk.shop
    if isinstance(shop, _KnowsTerms):
        terms, today = await shop.terms()
    else:
        terms, today = retail_terms(), draft.message.received_at.astimezone().date()
    found = returnable(await own_orders(draft), draft.desk.facts.products, terms, today)
    if not found:
        draft.say("returnable_none")
        return ""
    most = draft.at_most(_SHOWN)
    draft.say("returnable_some", count=len(found))
    draft.text("\n".join(_line(draft, place, line) for place, line in enumerate(found[:most], start=1)))
    for line in found[:most]:
        draft.cite(f"order:{line.order_id}")
    if len(found) > most:
        draft.say("returnable_more", more=len(found) - most)
    return ""


def _line(draft: Draft, place: int, line: Returnable) -> str:
    product = draft.desk.facts.product(line.item.product_id)
    name = in_language(product.names, draft.language) if product else line.item.name
    told = [draft.word("returnable_line", place=place, product=name, order=line.order_id)]
    for may, until, key in (
        (line.may_return, line.return_until, "returnable_until"),
        (line.may_exchange, line.exchange_until, "exchangeable_until"),
    ):
        if may:
            when = day(until.isoformat(), draft.language) if until else ""
            told.append(draft.word(key, day=when) if when else draft.word(f"{key}.open"))
    return ("，" if draft.language == "zh" else ", ").join(told)
