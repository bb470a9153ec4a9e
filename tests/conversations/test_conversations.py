"""Whole conversations with the demo shop at its fixed day, through the real house and its default encoder."""

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

_CASES = read_cases([Path(__file__).parent])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def houses() -> AsyncIterator[Houses]:
    needs = Needs(hearing=False, seeing=False, speaking=False)
    async with open_houses(load(), needs) as opened:
        yield opened


@pytest.mark.models
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in _CASES])
async def test_the_clerk_says_and_does_what_the_case_expects(houses: Houses, case: Case) -> None:
    turns = await houses.talk(case)
    if case.expect.ticket is None:  # here, what a case does not name must not be there
        case = replace(case, expect=replace(case.expect, ticket=False))
    faults = judge(case, turns)
    if faults:  # without a traceback: it would print the whole house, and take seconds for each case
        pytest.fail(
            "\n".join((*faults, *(as_text(trace(turn), at) for at, turn in enumerate(turns, 1)))), pytrace=False
        )


def test_there_are_conversations_enough_to_judge_by() -> None:
    assert len(_CASES) >= 180
