"""`zhanggui eval tts`: the numbers on a few sentences that need no model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli import main


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    table = tmp_path / "texts.tsv"
    table.write_text(
        "en\tYour order is here, with three mugs.\nen\tWhere is it?\nzh\t您好，订单到了。\n", encoding="utf-8"
    )
    return table


def run(*more: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["eval", "tts", "--voice", "fake", "--recognizer", "fake:Where is it", *more])
    return int(left.value.code or 0)


def test_it_prints_each_language(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--texts", str(texts), "--telephone", "--json") == 0
    scores = json.loads(capsys.readouterr().out)
    assert (scores["en"]["sentences"], scores["zh"]["sentences"]) == (2, 1)
    # "Your order is here, with three mugs" is heard as "Where is it", six of ten words in all are others.
    assert scores["en"]["errors"] == pytest.approx(6 / 10) and scores["en"]["silent"] == 0
    assert 0 < scores["en"]["first_audio"] <= 1 and scores["zh"]["rtf"] > 0


@pytest.mark.parametrize("wrong", ["de\tHallo", "en\t", ""])
def test_a_line_that_is_no_sentence_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    (tmp_path / "t.tsv").write_text(wrong, encoding="utf-8")
    assert run("--texts", str(tmp_path / "t.tsv")) == 2
    assert "t.tsv" in capsys.readouterr().err
