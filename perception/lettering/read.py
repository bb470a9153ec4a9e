"""Read one photo beside the search for its product: codes always, text where it can matter and there is time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.knowledge.instructions import sift
from core.photo_ports import TextReader
from core.ports import Picture
from core.resilience import in_worker
from core.shop.barcodes import Sold, bearers
from core.types import MatchDecision, ProductMatch, SeenCode, SeenText
from core.understand.lettered import INSTRUCTS
from perception.lettering.codes import read_codes
from perception.lettering.named import Names

_LOG = logging.getLogger(__name__)

_LINES = 60
"""Of one photo; a page of a book needs no more to be recognised as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands in one photo. Untrusted; instructions to the clerk are left out."""

    texts: tuple[SeenText, ...] = ()
    codes: tuple[SeenCode, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """Read text and codes; what fails here costs the text and never the turn."""

    reader: TextReader | None
    """None switches the reading of text off; codes are read all the same."""
    sold: Mapping[str, tuple[Sold, ...]] = field(default_factory=dict)
    """Who bears which code (`core.shop.barcodes.variants_by_code`)."""
    names: Names | None = None
    """The words of the catalogue's names; None for no help to the photo index."""
    patience_s: float = 20.0
    """For the text of a message's photos, where its words may be about it; half a second each on two free cores."""
    impatience_s: float = 6.0
    """The same where only the photo index is to be helped."""

    async def codes(self, picture: Picture, *, attachment_id: str) -> Written:
        """Return the codes of a photo without those whose words instruct the clerk."""
        try:
            found = await in_worker(read_codes, picture, attachment_id=attachment_id)
        except Exception:  # A library's fault, or a photo's: neither may cost the customer the answer.
            _LOG.exception("codes could not be read")
            return Written()
        kept = tuple(one for one in found if not sift(one.value).left_out)
        return Written(codes=kept, flags=() if len(kept) == len(found) else (INSTRUCTS,))

    async def text(self, picture: Picture, *, attachment_id: str, until: float) -> Written:
        """Return the lines of a photo; none where it instructs the clerk, whatever else it says.

        `until` is the loop's time at which the answer does not wait for them any longer.
        """
        if self.reader is None:
            return Written()
        try:
            async with asyncio.timeout_at(until):
                lines = await self.reader.read(picture, attachment_id=attachment_id)
        except TimeoutError:
            return Written(flags=("reading_late",))
        except Exception:  # As above.
            _LOG.exception("reading failed")
            return Written(flags=("reading_failed",))
        if sift("\n".join(one.text for one in lines)).left_out:
            return Written(flags=(INSTRUCTS,))
        return Written(texts=lines[:_LINES])

    def of_codes(self, codes: tuple[SeenCode, ...]) -> tuple[ProductMatch, ...]:
        """Return the products whose codes stand in the photo: a match where one has it, a question where several."""
        made: dict[Sold, ProductMatch] = {}
        for code in codes:
            owners = bearers(code, self.sold)
            decision = MatchDecision.MATCH if len(owners) == 1 else MatchDecision.ASK
            for product_id, sku in owners:
                made.setdefault(
                    (product_id, sku),
                    ProductMatch(
                        attachment_id=code.attachment_id,
                        sku=sku,
                        product_id=product_id,
                        score=round(1 / len(owners), 4),
                        decision=decision,
                    ),
                )
        return tuple(made.values())

    async def helped(self, matches: tuple[ProductMatch, ...], texts: tuple[SeenText, ...]) -> tuple[ProductMatch, ...]:
        """Return the candidates of a photo, re-ranked by the names that stand in it."""
        if self.names is None or not matches or not texts:
            return matches
        return await in_worker(self.names.helped, matches, texts)
