"""`zhanggui eval asr` from the command line, with the fake recogniser."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ui.cli import main


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHANGGUI_BACKENDS__ASR", "fake:where is my order")
    sound = 0.3 * np.sin(np.arange(16_000) / 20)
    for name, rate_hz in (("wide", 16_000), ("phone", 8_000)):
        soundfile.write(tmp_path / f"{name}.wav", sound[:rate_hz], rate_hz)
    table = tmp_path / "manifest.tsv"
    table.write_text(
        "file\tlang\trate\ttranscript\n"
        "wide.wav\ten\t16000\tWhere is my order?\n"
        "phone.wav\ten\t8000\tWhere is my other order?\n",
        encoding="utf-8",
    )
    return table


def test_it_prints_one_json_object(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["eval", "asr", "--manifest", str(manifest), "--json"])
    assert left.value.code == 0
    scores = json.loads(capsys.readouterr().out)
    assert (scores["wer_en"], scores["wer_en_8k"], scores["cer_zh"], scores["cer_zh_8k"]) == (0.0, 0.2, None, None)
    assert scores["rtf"] > 0


def test_a_missing_recording_is_named(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (manifest.parent / "phone.wav").unlink()
    with pytest.raises(SystemExit) as left:
        main(["eval", "asr", "--manifest", str(manifest)])
    assert left.value.code == 1
    assert "phone.wav is not a readable recording" in capsys.readouterr().err
