"""Conversations with photos, through the real house and its default encoder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from core.config import load
from learning.evaluation.cases import Case, read_cases
from learning.evaluation.cases_judge import judge
from learning.evaluation.cases_trace import as_text, trace
from ui.app import Needs
from ui.case_houses import Houses, open_houses

_CASES = read_cases([Path(__file__).parent / "conversations.yaml"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def houses(demo_looks: Path) -> AsyncIterator[Houses]:
    settings = load(photos={"looks": demo_looks})
    async with open_houses(settings, Needs(hearing=False, seeing=True, speaking=False)) as opened:
        async with opened.house():
            pass  # the catalogue has been looked at
        yield opened


@pytest.mark.models
@pytest.mark.timeout(900)  # the first one waits for the looks at the catalogue, minutes on a busy machine
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in _CASES])
async def test_a_photo_is_answered_as_the_case_expects(houses: Houses, case: Case) -> None:
    turns = await houses.talk(case)
    if case.expect.ticket is None:  # as in the conversations without photos
        case = replace(case, expect=replace(case.expect, ticket=False))
    if faults := judge(case, turns):
        pytest.fail(
            "\n".join((*faults, *(as_text(trace(turn), at) for at, turn in enumerate(turns, 1)))), pytrace=False
        )
