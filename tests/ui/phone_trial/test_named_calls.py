"""The calls that go wrong elsewhere, held with the default models over the simulated line."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import load
from ui.phone_trial.cases import read_calls
from ui.phone_trial.report import as_text, report_of
from ui.phone_trial.run import run_calls

CASES = Path(__file__).parents[3] / "assets" / "phone" / "cases.yaml"
EXPECTED = Path(__file__).with_name("expected_to_pass.txt").read_text("utf-8").split()


def test_every_expected_call_is_a_case() -> None:
    assert set(EXPECTED) <= {case.id for case in read_calls([CASES])}


@pytest.mark.models
@pytest.mark.realtime
@pytest.mark.timeout(3600)
async def test_the_calls_that_are_expected_to_go_well_do(tmp_path: Path) -> None:
    settings = load(None).model_copy(update={"data_dir": tmp_path})
    cases = [case for case in read_calls([CASES]) if case.id in EXPECTED]
    trials = await run_calls(settings, cases, unhurried=True)
    report = report_of(trials)
    assert report["passed"] == len(EXPECTED), as_text(report)
