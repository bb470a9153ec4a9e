"""A model plays the customer: here a script does, so that what is judged is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from learning.evaluation.simulated import read_roles
from ui.cli import main

TASK = {
    "id": "7",
    "user_scenario": {"instructions": {"reason_for_call": "You want to cancel #W3912702."}},
    "evaluation_criteria": {
        "actions": [
            {"name": "get_order_details", "arguments": {"order_id": "#W3912702"}},
            {"name": "cancel_pending_order", "arguments": {"order_id": "#W3912702", "reason": "ordered by mistake"}},
        ]
    },
}  # fmt: skip
SHOP = Path(__file__).parents[2] / "assets" / "demo_shop"
CANCELS = "chen.jing@example.com, cancel #W3912702 please, ordered by mistake|yes|###STOP###"
CHANGES_MIND = "chen.jing@example.com, cancel #W3912702 please, ordered by mistake|no, leave it|###STOP###"


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps([TASK]), encoding="utf-8")
    return file


def played(capsys: pytest.CaptureFixture[str], tasks: Path, user: str, *more: str) -> dict[str, Any]:
    arguments = ("eval", "simulated", "--tasks", str(tasks), "--shop", str(SHOP / "shop.json"))
    with pytest.raises(SystemExit) as left:
        main((*arguments, "--user", f"fake:{user}", "--json", *more))
    assert not left.value.code
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


@pytest.mark.models
def test_a_customer_who_gets_what_the_task_says_passes(capsys: pytest.CaptureFixture[str], tasks: Path) -> None:
    report = played(capsys, tasks, CANCELS)
    assert report["pass_hat"] == {"pass^1": 1.0} and report["wrong_writes"] == 0 == report["broke_off"]


@pytest.mark.models
def test_one_who_does_not_fails_and_the_talk_is_kept(
    capsys: pytest.CaptureFixture[str], tasks: Path, tmp_path: Path
) -> None:
    out = tmp_path / "played.jsonl"
    report = played(capsys, tasks, CHANGES_MIND, "--out", str(out))
    assert report["pass_hat"] == {"pass^1": 0.0} and report["wrong_writes"] == 0
    (row,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert row["faults"][0].startswith("did not do: cancel_pending_order") and len(row["talk"]) == 2


@pytest.mark.models
def test_a_model_that_never_stops_is_stopped(capsys: pytest.CaptureFixture[str], tasks: Path) -> None:
    report = played(capsys, tasks, "hello")
    assert report["broke_off"] == 1 and report["pass_hat"] == {"pass^1": 0.0}


def test_tasks_of_another_form_are_told(tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    for text, words in (("[{}]", "task 0 lacks 'user_scenario'"), ("{}", "a list of tasks"), ("[", "not valid JSON")):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=words):
            read_roles(file)


def test_the_roles_of_the_retail_tasks_are_read(shared_data: Path) -> None:
    roles = read_roles(shared_data / "retail" / "tasks_train.json")
    assert len(roles) >= 70 and all(role.instructions for role in roles)
    assert sum(bool(role.writes) for role in roles) >= 50
