"""Words beside a photo: trouble and wishes take the photo along, everything else asks about what it shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.shop.records import Product
from core.types import Handoff, MatchDecision, Message, Percept, ProductMatch, Session, StartFlow
from core.understand.ladder import Understander

SHOWN = (ProductMatch(attachment_id="a", sku="S", product_id="mug", score=0.9, decision=MatchDecision.MATCH),)


@pytest.fixture(scope="module")
def read() -> Understander:
    async def no_products() -> tuple[Product, ...]:
        return ()

    return Understander(None, no_products)


async def begun(read: Understander, words: str) -> set[str]:
    message = Message(
        id="m", channel="web", external_id="m", conversation_id="c", sender_id="s", text=words,
        received_at=datetime.now(UTC), trace_id="t",
    )  # fmt: skip
    understood = await read.understand(message, Percept(message_id="m", matches=SHOWN), Session(conversation_id="c"))
    return {
        one.flow if isinstance(one, StartFlow) else "person"
        for one in understood.commands
        if isinstance(one, StartFlow | Handoff)
    }


@pytest.mark.parametrize(
    "words",
    ["", "这个多少钱", "how much is this?", "do you have this in blue?", "有黑色的吗", "我想买这个", "这是什么",
     "looking for this one", "is it waterproof?", "yes", "对"],
)  # fmt: skip
async def test_a_photo_is_looked_at(read: Understander, words: str) -> None:
    assert await begun(read, words) == {"photo"}


@pytest.mark.parametrize(
    ("words", "flow"),
    [
        ("收到就是坏的", "business"),
        ("it arrived broken", "business"),
        ("the cup arrived smashed", "business"),
        ("我要投诉，包裹被压扁了", "business"),
        ("我要退货，杯子裂了", "settle"),
        ("I want to return this, it's torn", "settle"),
        ("转人工", "person"),
    ],
)
async def test_trouble_takes_its_photo_along(read: Understander, words: str, flow: str) -> None:
    assert await begun(read, words) == {flow}
