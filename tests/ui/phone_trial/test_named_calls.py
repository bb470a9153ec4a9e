"""The calls that go wrong elsewhere, held with the default models over the simulated line."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import load
from ui.phone_trial.cases import read_calls
from ui.phone_trial.report import as_text, report_of
from ui.phone_trial.run import run_calls

CASES = Path(__file__).parents[3] / "assets" / "phone" / "cases.yaml"


@pytest.mark.models
@pytest.mark.realtime
@pytest.mark.timeout(3600)
async def test_the_calls_that_go_wrong_elsewhere_go_well(tmp_path: Path) -> None:
    settings = load(None).model_copy(update={"data_dir": tmp_path})
    cases = read_calls([CASES])
    report = report_of(await run_calls(settings, cases, unhurried=True))
    assert report["passed"] == len(cases) > 20, as_text(report)
