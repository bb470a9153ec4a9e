"""`zhanggui pack`, from the outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli import main


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def test_a_new_pack_passes_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("pack", "new", "car_wash", "--path", str(tmp_path), "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert made["folder"] == str(tmp_path / "car_wash") and len(made["files"]) >= 8
    assert _run("pack", "check", made["folder"], "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] and report["mistakes"] == [] and report["pack"] == "car_wash"


def test_mistakes_are_told_by_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run("pack", "new", "car_wash", "--path", str(tmp_path))
    folder = tmp_path / "car_wash"
    (folder / "notes.txt").write_text("?", encoding="utf-8")
    with (folder / "tests" / "conversations.yaml").open("a", encoding="utf-8") as cases:
        cases.write("- {id: lost, lang: zh, turns: [hello], expect: {must_say: ['(']}}\n")
    capsys.readouterr()
    assert _run("pack", "check", str(folder), "--json") == 1
    mistakes = json.loads(capsys.readouterr().out)["mistakes"]
    assert {Path(str(one["file"])).name for one in mistakes} == {"notes.txt", "conversations.yaml"}
    assert all(one["line"] >= 1 and one["message"] for one in mistakes)
    assert _run("pack", "check", str(folder)) == 1
    assert "2 mistake(s)" in capsys.readouterr().out


def test_wrong_usage_leaves_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("pack", "new", "Car Wash", "--path", str(tmp_path)) == 2
    assert _run("pack", "check", "florist") == 2
    assert "expected one of shop" in capsys.readouterr().err


def test_the_list_counts_what_the_packs_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("pack", "list", "--json") == 0
    packs = json.loads(capsys.readouterr().out)["packs"]
    assert [pack["name"] for pack in packs] == ["shop", "bank", "clinic", "telecom"]
    assert all(pack["flows"] >= 4 and pack["intents"] >= 6 for pack in packs)


@pytest.mark.models
def test_a_question_goes_to_the_pack_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    assert _run("ask", "--pack", "clinic", "你们周日开门吗") == 0
    assert "周一到周六" in capsys.readouterr().out
    assert (tmp_path / "data" / "packs" / "clinic.npz").is_file(), "what was trained is kept for the next start"
