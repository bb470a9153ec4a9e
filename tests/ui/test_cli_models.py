"""`zhanggui models` from the outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli import main


def left_with(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use an empty models folder, and no source but a local one."""
    monkeypatch.setenv("ZHANGGUI_MODELS__FOLDER", str(tmp_path / "models"))
    monkeypatch.setenv("ZHANGGUI_MODELS__SOURCES", '["local"]')
    monkeypatch.delenv("ZHANGGUI_MODELS__LOCAL", raising=False)
    return tmp_path / "models"


@pytest.mark.usefixtures("folder")
def test_list_tells_what_is_known_and_what_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = left_with(capsys, "models", "list", "--json")
    rows = {row["name"]: row for row in json.loads(out)["models"]}
    assert code == 0
    assert rows["whisper-base"]["default"] is True
    assert rows["whisper-base"]["licence"] == "MIT"
    assert not any(row["here"] for row in rows.values())


@pytest.mark.usefixtures("folder")
def test_verify_of_an_empty_folder_fails_and_says_what_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = left_with(capsys, "models", "verify", "silero-vad")
    assert code == 1
    assert "missing  silero-vad/silero_vad.onnx" in out
    assert "zhanggui models pull silero-vad" in out


@pytest.mark.usefixtures("folder")
def test_pull_without_a_source_fails_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = left_with(capsys, "models", "pull", "silero-vad", "--json")
    assert code == 1
    assert "models.local names no folder" in json.loads(out)["error"]["message"]
    assert "silero_vad.onnx" in err


@pytest.mark.usefixtures("folder")
def test_pull_of_an_unknown_model_leaves_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = left_with(capsys, "models", "pull", "silero")
    assert code == 2
    assert "did you mean 'silero-vad'" in err


def test_a_models_folder_that_cannot_be_made_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("ZHANGGUI_MODELS__FOLDER", str(tmp_path / "file" / "models"))
    code, _, err = left_with(capsys, "models", "pull", "silero-vad")
    assert code == 1
    assert err.startswith("zhanggui: ")
    assert str(tmp_path / "file") in err


@pytest.mark.models
def test_a_model_is_carried_over_from_another_machine(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path, models: Path
) -> None:
    monkeypatch.setenv("ZHANGGUI_MODELS__LOCAL", str(models))
    code, out, err = left_with(capsys, "models", "pull", "silero-vad", "efficientnet-lite0", "--json")
    assert code == 0, err
    sources = {file["file"]: file["source"] for file in json.loads(out)["files"]}
    assert sources == {
        "silero_vad.onnx": "local",
        "efficientnet-lite0.pth": "local",
        "efficientnet-lite0.onnx": "built",
    }
    assert "silero-vad/silero_vad.onnx 2.3 MB (local)" in err, "a line a file where nobody watches"
    assert left_with(capsys, "models", "verify", "silero-vad", "efficientnet-lite0")[0] == 0
    (folder / "silero-vad/silero_vad.onnx").write_bytes(b"rotten")
    code, out, _ = left_with(capsys, "models", "verify", "silero-vad", "--json")
    assert code == 1
    assert json.loads(out)["files"][0]["state"] == "damaged"
