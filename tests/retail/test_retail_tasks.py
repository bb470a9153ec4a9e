"""The retail tasks as conversations with the whole house, a sample of them; the command writes and holds all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.config import load
from core.types import ActionStatus
from learning.evaluation.cases import NOT_WRITES, read_cases
from learning.evaluation.cases_run import Trial, run_cases
from tests.retail.conversations import conversations
from ui.app import Needs
from ui.case_houses import open_houses

_TASKS = 30
"""In two languages each."""


@pytest.fixture(scope="module")
def retail(shared_data: Path) -> Path:
    return shared_data / "retail"


def test_the_same_seed_words_the_same_and_another_words_otherwise(retail: Path) -> None:
    first, again, other = (list(conversations(retail, seed=seed, limit=20)) for seed in (1, 1, 2))

    assert first == again
    assert [case["turns"] for case in first] != [case["turns"] for case in other]


def test_every_task_that_changes_orders_becomes_a_conversation_in_both_languages(retail: Path) -> None:
    cases = list(conversations(retail))

    assert len({case["id"] for case in cases}) == len(cases) > 1100
    assert {case["lang"] for case in cases} == {"zh", "en"}
    assert sum(bool(case["expect"]["writes"]) for case in cases) > 0.95 * len(cases)


@pytest.mark.models
@pytest.mark.timeout(300)
async def test_nearly_all_end_in_exactly_the_expected_writes_and_none_in_a_forbidden_one(
    retail: Path, tmp_path: Path
) -> None:
    file = tmp_path / "retail.jsonl"
    cases = conversations(retail, seed=5, limit=_TASKS)
    file.write_text("\n".join(json.dumps(case, ensure_ascii=False) for case in cases), encoding="utf-8")
    needs = Needs(hearing=False, seeing=False, speaking=False)
    async with open_houses(load(), needs, shop=retail / "db.json") as houses:
        trials = await run_cases(read_cases([file]), houses.talk)
    failed = [f"{trial.case.id}: {'; '.join(trial.faults)}" for trial in trials if not trial.passed]

    assert not [fault for trial in trials for fault in _forbidden(trial)]
    assert len(failed) <= 0.05 * len(trials), "\n".join(failed)


def _forbidden(trial: Trial) -> list[str]:
    """Return the writes that no task expects: of another order, another customer, or of something refused."""
    expected = {(write.name, write.arguments.get("order_id")) for write in trial.case.expect.writes}
    done = [action for turn in trial.turns for action in turn.actions if action.status is ActionStatus.DONE]
    return [
        f"{trial.case.id}: {action.name} {dict(action.arguments)}"
        for action in done
        if action.name not in NOT_WRITES and (action.name, action.arguments.get("order_id")) not in expected
    ]
