"""Who is logged in on the page is known in the call that the page makes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.config import Web, load
from core.types import Identity, Message
from ui.app import Needs, assemble


def spoken(text: str, conversation_id: str) -> Message:
    """Return what a call from a page sends."""
    return Message(
        id=uuid.uuid4().hex,
        channel="phone",
        external_id=f"{conversation_id}:{uuid.uuid4().hex}:1",
        conversation_id=conversation_id,
        sender_id="",
        text=text,
        locale="en",
        received_at=datetime.now(UTC),
        trace_id="t",
    )


@pytest.mark.models
async def test_a_customer_who_is_logged_in_need_not_prove_it_again(models: Path, tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path, models={"folder": models}, web=Web(port=0))
    async with assemble(settings, needs=Needs(hearing=False, seeing=False, speaking=False)) as app:
        identity = Identity(customer_id="jing_chen_2040", proved_by="token")
        await app.engine.open("page", channel="web", locale="en", identity=identity)
        await app.engine.open("stranger", channel="web", locale="en")
        mine = await app.engine.answer(spoken("Where is my order?", "page"))
        nobodys = await app.engine.answer(spoken("Where is my order?", "stranger"))
        history = await app.engine.turns("page")
    assert "You have 3 orders" in mine.replies[0].text
    assert "orders" not in nobodys.replies[0].text
    assert [turn.id for turn in history] == [mine.id]
