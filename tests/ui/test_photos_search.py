"""`zhanggui photos search` from the command line, with the fake photo encoder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ZHANGGUI_BACKENDS__PHOTOS", "fake")


def _left_with(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["photos", "search", *arguments])
    return int(left.value.code or 0)


@pytest.mark.timeout(300)
def test_it_tells_products_and_how_far_to_trust_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert _left_with("红色雨伞", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["found"][0]["sku"].split("-")[1] == "RED"
    assert told["judged"]["usable"]
    assert told["judged"]["recall"] > told["judged"]["chance"]


def test_without_an_encoder_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHANGGUI_BACKENDS__PHOTOS", "")
    assert _left_with("red umbrella") == 1
    assert "set backends.photos" in capsys.readouterr().err


def test_no_words_are_a_usage_error() -> None:
    assert _left_with("  ") == 2
