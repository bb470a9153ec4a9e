"""The conversations that come with the packs, through the real house and its default encoder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from core.config import load
from core.packs.folder import new_pack
from core.packs.pack import BUILT_IN
from learning.evaluation.cases import Case, read_cases
from learning.evaluation.cases_judge import judge
from learning.evaluation.cases_trace import as_text, trace
from ui.app import Needs
from ui.case_houses import Houses, open_houses

_PACKS = ("bank", "clinic", "telecom")
_CASES = [(pack, case) for pack in _PACKS for case in read_cases([BUILT_IN / pack / "tests"])]
_NEEDS = Needs(hearing=False, seeing=False, speaking=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def houses() -> AsyncIterator[Callable[[str], Houses]]:
    """Open the houses of a pack at its first conversation."""
    opened: dict[str, Houses] = {}
    async with AsyncExitStack() as closing:
        for pack in _PACKS:
            opened[pack] = await closing.enter_async_context(open_houses(load(pack=pack), _NEEDS))
        yield opened.__getitem__


async def _faults(houses: Houses, case: Case) -> str:
    turns = await houses.talk(case)
    faults = judge(case, turns)
    return "\n".join((*faults, *(as_text(trace(turn), at) for at, turn in enumerate(turns, 1)))) if faults else ""


@pytest.mark.models
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("pack", "case"), [pytest.param(pack, case, id=case.id) for pack, case in _CASES])
async def test_a_pack_does_its_business(houses: Callable[[str], Houses], pack: str, case: Case) -> None:
    faults = await _faults(houses(pack), case)
    assert not faults, faults


@pytest.mark.models
async def test_a_new_pack_talks_at_once(tmp_path: Path) -> None:
    new_pack("car_wash", tmp_path / "car_wash")
    async with open_houses(load(pack=str(tmp_path / "car_wash")), _NEEDS) as houses:
        for case in read_cases([tmp_path / "car_wash" / "tests"]):
            faults = await _faults(houses, case)
            assert not faults, faults


@pytest.mark.parametrize("pack", _PACKS)
def test_a_pack_has_conversations_in_both_languages_and_mixed(pack: str) -> None:
    cases = [case for own, case in _CASES if own == pack]
    assert len(cases) >= 6 and {case.language for case in cases} == {"zh", "en", "mixed"}
