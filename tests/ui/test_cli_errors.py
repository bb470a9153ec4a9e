"""The command line's manners: exit codes, one clear line, one JSON object, a quick start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ui.cli import main


def left_with(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = left_with(capsys, "--version")
    assert code == 0
    assert out.strip()[0].isdigit()


@pytest.mark.parametrize("arguments", [["modles"], ["models", "pul"], ["models", "list", "--yaml"], ["--config"]])
def test_wrong_usage_leaves_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = left_with(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert err


def test_a_wrong_setting_leaves_with_2_and_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGGUI_WEB__PORT", "http")
    code, out, err = left_with(capsys, "models", "list")
    assert (code, out) == (2, "")
    assert "web.port = 'http'" in err
    assert "Traceback" not in err


def test_with_json_an_error_is_one_object_on_standard_output(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = left_with(capsys, "--config", str(tmp_path / "none.toml"), "models", "list", "--json")
    assert code == 2
    problem = json.loads(out)["error"]
    assert problem["type"] == "ConfigError"
    assert "there is no configuration file" in problem["message"]
    assert problem["message"] in err


def test_the_configuration_file_is_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZHANGGUI_MODELS__FOLDER", raising=False)  # it would win over the file
    config = tmp_path / "own.toml"
    config.write_text(f"[models]\nfolder = '{tmp_path / 'mine'}'\n", encoding="utf-8")
    code, out, _ = left_with(capsys, "--config", str(config), "models", "list", "--json")
    assert code == 0
    assert json.loads(out)["folder"] == str(tmp_path / "mine")


def test_help_needs_no_heavy_library() -> None:
    heavy = "{'numpy', 'pydantic', 'torch', 'onnxruntime', 'gradio', 'aiohttp', 'telegram', 'sqlalchemy', 'httpx'}"
    code = f"import sys, ui.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_installed_command_runs() -> None:
    done = subprocess.run([sys.executable, "-m", "ui.cli", "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "models" in done.stdout
    assert "doctor" in done.stdout


def test_a_house_without_a_telephone_imports_none_of_its_libraries() -> None:
    code = (
        "import sys, ui.house; print(sorted({'livekit', 'aiosipua', 'aiortp', 'aiortc', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=100)
    assert done.stdout.strip() == "[]"
