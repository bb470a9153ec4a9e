"""What the commands tell while they work."""

from __future__ import annotations

import pytest

from ui.cli.output import looking


def test_progress_in_steps_of_any_size_is_told_once_a_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    tell = looking()
    for done in (*range(12, 700, 12), 700):
        tell(done, 700)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[0].endswith("72 of 700") and lines[-1].endswith("700 of 700")
