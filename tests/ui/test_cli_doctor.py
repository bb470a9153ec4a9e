"""`zhanggui doctor` finds what is wrong, says what to do, and keeps secrets."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from ui.cli import main

_KINDS = ("ASR", "VAD", "TTS_EN", "TTS_ZH", "TURN", "PHOTOS", "SENTENCES")


@pytest.fixture(autouse=True)
def _bare_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch all off and go nowhere, so that each test sees only what it switches on."""
    for kind in _KINDS:
        monkeypatch.setenv(f"ZHANGGUI_BACKENDS__{kind}", "")
    monkeypatch.setenv("ZHANGGUI_MODELS__FOLDER", str(tmp_path / "models"))
    monkeypatch.setenv("ZHANGGUI_MODELS__SOURCES", '["local"]')
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHANGGUI_WEB__PORT", "0")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.chdir(tmp_path)


def examined(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any], str]:
    with pytest.raises(SystemExit) as left:
        main(["doctor", "--json"])
    out = capsys.readouterr().out
    report = json.loads(out)
    lines = {line["name"]: line for section in report.values() if isinstance(section, list) for line in section}
    return int(left.value.code or 0), lines, out


def test_a_house_that_lacks_nothing_leaves_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = examined(capsys)
    assert code == 0
    assert lines["pydantic"]["state"] == "ok"
    assert lines["data_dir"]["state"] == "ok"
    assert lines["backends.asr"]["state"] == "optional"
    assert "faster-whisper" in lines["backends.asr"]["remedy"]


def test_what_only_the_demo_runs_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _, lines, _ = examined(capsys)
    assert "`zhanggui demo` runs it" in lines["gradio"]["detail"]
    assert lines["phone"]["detail"] == "switched off"  # it can neither hear nor speak here
    monkeypatch.setenv("ZHANGGUI_BACKENDS__ASR", "fake")
    monkeypatch.setenv("ZHANGGUI_BACKENDS__VAD", "fake")
    monkeypatch.setenv("ZHANGGUI_BACKENDS__TTS_EN", "fake")
    _, lines, _ = examined(capsys)
    assert "`zhanggui demo` runs it" in lines["phone"]["detail"]
    monkeypatch.setenv("ZHANGGUI_PHONE__ENABLED", "false")
    _, lines, _ = examined(capsys)
    assert lines["phone"]["detail"] == "switched off"


def test_text_for_people_ends_with_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit):
        main(["doctor"])
    assert capsys.readouterr().out.rstrip().endswith("Nothing is missing.")
    monkeypatch.setenv("ZHANGGUI_TELEGRAM__ENABLED", "true")
    with pytest.raises(SystemExit) as left:
        main(["doctor"])
    assert left.value.code == 1
    last = capsys.readouterr().out.split("MISSING")[-1]
    assert "telegram.token: not set -> set ZHANGGUI_TELEGRAM__TOKEN" in last


def test_a_model_that_the_configuration_needs_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGGUI_BACKENDS__VAD", "silero:silero-vad")
    code, lines, _ = examined(capsys)
    assert code == 1
    assert lines["backends.vad"]["state"] == "missing"
    assert lines["model silero-vad"]["remedy"] == "zhanggui models pull silero-vad"
    assert lines["model whisper-base"]["state"] == "optional"


def test_a_misspelt_backend_says_what_was_meant(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGGUI_BACKENDS__TTS_EN", "pipper:x")
    code, lines, _ = examined(capsys)
    assert code == 1
    assert "no tts backend is called 'pipper'; did you mean 'piper'" in lines["backends.tts_en"]["remedy"]


def test_secrets_are_told_as_set_and_never_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGGUI_WEB__ADMIN_KEY", "hush-admin")
    monkeypatch.setenv("ZHANGGUI_TELEGRAM__ENABLED", "true")
    monkeypatch.setenv("ZHANGGUI_TELEGRAM__TOKEN", "hush-token")
    monkeypatch.setenv("ZHANGGUI_TELEGRAM__API_BASE", "http://127.0.0.1:9")
    code, lines, out = examined(capsys)
    assert lines["web.admin_key"]["detail"] == lines["telegram.token"]["detail"] == "set"
    assert "hush" not in out
    assert code == 1
    assert lines["Telegram API"]["state"] == "missing"
    assert "http://127.0.0.1:9 does not answer" in lines["Telegram API"]["detail"]


def test_a_port_that_another_program_holds_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("ZHANGGUI_PHONE__ENABLED", "true")
        monkeypatch.setenv("ZHANGGUI_PHONE__TWILIO_PORT", "0")
        monkeypatch.setenv("ZHANGGUI_PHONE__SIP_PORT", "0")
        monkeypatch.setenv("ZHANGGUI_PHONE__AUDIOSOCKET_PORT", str(port))
        code, lines, _ = examined(capsys)
    assert code == 1
    assert lines["phone.audiosocket_port"]["detail"] == f"127.0.0.1:{port} is in use by another program"
    assert lines["phone.twilio_auth_token"]["state"] == "warning"


@pytest.mark.parametrize("inside", ["", "data"])
def test_a_data_folder_that_cannot_be_made_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, inside: str
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "file" / inside))
    code, lines, _ = examined(capsys)
    assert code == 1
    assert lines["data_dir"]["state"] == "missing"


def test_an_unreachable_index_matters_only_while_models_are_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://ann:hush@127.0.0.1:9/simple")
    monkeypatch.setenv("ZHANGGUI_MODELS__SOURCES", '["packages"]')
    code, lines, out = examined(capsys)
    assert code == 0
    assert lines["package index http://127.0.0.1:9/simple"]["state"] == "optional"
    assert "hush" not in out
    monkeypatch.setenv("ZHANGGUI_BACKENDS__VAD", "silero:silero-vad")
    _, lines, _ = examined(capsys)
    assert lines["package index http://127.0.0.1:9/simple"]["state"] == "warning"


@pytest.mark.parametrize(
    ("change", "name", "detail"),
    [
        ({"ZHANGGUI_WEB__ENABLED": "false"}, "channels", "none is enabled"),
        ({"ZHANGGUI_PHONE__ENABLED": "true"}, "phone", "is switched off"),
        (
            {"ZHANGGUI_TELEGRAM__ENABLED": "true", "ZHANGGUI_TELEGRAM__MODE": "webhook"},
            "telegram.webhook_secret",
            "not set",
        ),
    ],
)
def test_what_serve_refuses_is_missing(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str],
    name: str,
    detail: str,
) -> None:
    for key, value in change.items():
        monkeypatch.setenv(key, value)
    code, lines, _ = examined(capsys)
    assert code == 1
    assert lines[name]["state"] == "missing"
    assert detail in lines[name]["detail"]
