"""Whole conversations with the demo shop at its fixed day, through the real house and its default encoder."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from core.config import load
from core.journal.store import Store
from core.shop.local import LocalShop
from core.types import ActionStatus, Message, Turn
from ui.app import Application, Needs, assemble
from ui.shop_folder import put_demo

_NOT_WRITES = {"create_ticket", "transfer_to_human_agents"}
"""Actions that change nothing of the shop's records; a case names them by `ticket` and `handoff`."""


def _cases() -> list[Any]:
    found = []
    for file in sorted(Path(__file__).parent.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            found.append(pytest.param(case, id=case["id"]))
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Application]:
    data = tmp_path_factory.mktemp("house")
    store = Store(data / "zhanggui.db")
    await put_demo(LocalShop(store, data / "shop"))
    store.close()
    async with assemble(load(data_dir=data), needs=Needs(hearing=False, seeing=False, speaking=False)) as application:
        yield application


async def _talked(house: Application, case: dict[str, Any]) -> list[Turn]:
    conversation = uuid.uuid4().hex
    turns = []
    for said in case["turns"]:
        message_id = uuid.uuid4().hex
        message = Message(
            id=message_id,
            channel=case["channel"],
            external_id=message_id,
            conversation_id=conversation,
            sender_id="case",
            text=str(said),
            received_at=datetime.now(UTC),
            trace_id=message_id,
        )
        turns.append(await house.engine.answer(message))
    return turns


@pytest.mark.models
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", _cases())
async def test_the_clerk_says_and_does_what_the_case_expects(house: Application, case: dict[str, Any]) -> None:
    turns = await _talked(house, case)
    answers = [[reply.text for reply in turn.replies] for turn in turns]
    heard = "\n".join(text for bubbles in answers for text in bubbles)
    done = [action for turn in turns for action in turn.actions if action.status is ActionStatus.DONE]
    expect = case["expect"]

    assert all(any(text.strip() for text in bubbles) for bubbles in answers), f"a turn without an answer:\n{heard}"
    assert "failed" not in {turn.outcome for turn in turns}, heard
    for wanted in expect.get("must_say", ()):
        assert re.search(str(wanted), heard, re.IGNORECASE), f"never says {wanted!r}:\n{heard}"
    for unwanted in expect.get("must_not_say", ()):
        assert not re.search(str(unwanted), heard, re.IGNORECASE), f"says {unwanted!r}:\n{heard}"
    writes = [(action.name, dict(action.arguments)) for action in done if action.name not in _NOT_WRITES]
    assert sorted(writes, key=str) == sorted(
        ((write["name"], write["args"]) for write in expect.get("writes", ())), key=str
    )
    if "handoff" in expect:
        assert any(action.name == "transfer_to_human_agents" for action in done) is expect["handoff"], heard
    tickets = [action.arguments["topic"] for action in done if action.name == "create_ticket"]
    wanted_ticket = expect.get("ticket", False)
    assert tickets == ([wanted_ticket] if wanted_ticket else []), heard


def test_every_case_has_an_id_of_its_own() -> None:
    ids = [param.id for param in _cases()]
    assert len(ids) == len(set(ids)) and len(ids) >= 60
