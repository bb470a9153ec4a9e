"""Tell what other customers wrote about a product, each quote with the review it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.knowledge.reviews import summary_of
from core.shop.records import in_language
from core.wording.formats import listing
from core.wording.templates import SPOKEN_CHANNELS

if TYPE_CHECKING:
    from core.dialogue.aspects import Subject


def tell_reviews(about: Subject) -> None:
    """Tell how many reviews there are, their mean, what is praised and criticised, and quote one of each."""
    draft, product = about.draft, about.product
    summary = summary_of(product, draft.language)
    if not summary.count:
        about.say("reviews_none")
        return
    about.say("reviews_count", count=summary.count, mean=f"{summary.mean:g}")
    for key, aspects in (("reviews_praised", summary.praised), ("reviews_criticised", summary.criticised)):
        if aspects:
            names = [in_language(names, draft.language) for names in aspects]
            draft.say(key, aspects=listing(names, draft.language))
    if draft.message.channel in SPOKEN_CHANNELS:
        return
    for quote in summary.quotes:
        draft.say("reviews_quote", rating=quote.rating, quote=quote.text)
        draft.cite(f"review:{product.product_id}#{quote.place}", quote.text)
