"""`zhanggui eval retrieval` from the outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ui.cli import main
from ui.retrieval_scores import BUILT_IN


def scored(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    try:
        main(("eval", "retrieval", *arguments, "--json"))
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path))
    return tmp_path


def test_the_built_in_questions_are_in_both_languages_and_a_third_has_no_answer() -> None:
    rows = [line.split("\t") for line in BUILT_IN.read_text(encoding="utf-8").splitlines()[1:]]
    for language in ("zh", "en"):
        own = [row for row in rows if row[2] == language]
        assert sum(bool(row[1]) for row in own) >= 60 and sum(not row[1] for row in own) >= 30
    assert len({row[0] for row in rows}) == len(rows)


def test_words_alone_find_most_and_refuse_most(capsys: pytest.CaptureFixture[str]) -> None:
    code, scores = scored(capsys, "--sentences", "")
    assert code == 0 and scores["questions"] >= 180
    assert scores["recall_at_5"] >= 0.75 and scores["refused"] >= 0.85


@pytest.mark.models
def test_the_default_encoder_finds_and_refuses_better(capsys: pytest.CaptureFixture[str]) -> None:
    code, scores = scored(capsys)
    assert code == 0
    assert scores["recall_at_1"] >= 0.8 and scores["recall_at_5"] >= 0.97 and scores["mrr"] >= 0.87
    assert scores["refused"] >= 0.95 and scores["wrong_answers"] <= 0.06 and scores["answered"] >= 0.5


def test_any_folder_and_table_will_do(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    (data / "docs").mkdir()
    (data / "docs" / "care.md").write_text("# Care\n\nDescale the kettle monthly.", encoding="utf-8")
    (data / "docs" / "faq.csv").write_text("问题,答案\n能开发票吗,可以开电子发票\n", encoding="utf-8")
    table = data / "questions.tsv"
    table.write_text(
        "question\tdoc\nhow to descale a kettle\tcare.md\n怎么开发票\tfaq.csv\n你好吗\t\n", encoding="utf-8"
    )
    code, scores = scored(capsys, "--corpus", str(data / "docs"), "--queries", str(table), "--sentences", "")
    assert code == 0 and (scores["recall_at_1"], scores["passages"]) == (1.0, 2)


@pytest.mark.parametrize(
    ("question", "why"), [("who\tnone.md", "names documents that are not there: none.md"), ("", "holds no questions")]
)
def test_a_table_that_does_not_fit_is_told(
    capsys: pytest.CaptureFixture[str], data: Path, question: str, why: str
) -> None:
    (data / "docs").mkdir()
    (data / "docs" / "a.md").write_text("Words.", encoding="utf-8")
    table = data / "questions.tsv"
    table.write_text(f"question\tdoc\n{question}\n", encoding="utf-8")
    code, said = scored(capsys, "--corpus", str(data / "docs"), "--queries", str(table))
    assert code == 2 and why in said["error"]["message"]


def test_a_folder_without_documents_is_told(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    table = data / "questions.tsv"
    table.write_text("question\tdoc\nwho\ta.md\n", encoding="utf-8")
    (data / "docs").mkdir()
    code, said = scored(capsys, "--corpus", str(data / "docs"), "--queries", str(table))
    assert code == 1 and "holds no documents" in said["error"]["message"]


def test_a_corpus_needs_questions(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    code, said = scored(capsys, "--corpus", str(data))
    assert code == 2 and "--queries" in said["error"]["message"]
