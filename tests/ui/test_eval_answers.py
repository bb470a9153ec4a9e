"""`zhanggui eval answers` from the outside, without a model, with a lying one, and with a small real one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from learning.evaluation.answers import read_answers
from ui.answer_scores import PRODUCTS, built_in
from ui.cli import main

LIE = "It costs $1.00 and we guarantee delivery within 2 days. See www.zg-deals.com.|只要1元，保证两天送到。"


def scored(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    try:
        main(("eval", "answers", *arguments, "--json"))
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    out = capsys.readouterr()
    return code, json.loads(out.out) if out.out.strip() else out.err


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path))
    return tmp_path


def test_our_questions_are_many_in_both_languages_answerable_and_not() -> None:
    asked = built_in()
    assert len(asked) >= 300 and sum(not one.about for one in asked) >= 100
    own = read_answers(PRODUCTS)
    for language in ("zh", "en"):
        assert sum(one.language == language and bool(one.about) for one in own) >= 30
    assert len({one.question for one in asked}) == len(asked)


@pytest.mark.models
def test_the_templates_say_nothing_that_no_record_says(capsys: pytest.CaptureFixture[str]) -> None:
    code, scores = scored(capsys)
    assert code == 0 and scores["unsupported"] == 0
    assert scores["helpful"] >= 0.6 and scores["declined"] >= 0.9


@pytest.mark.models
def test_a_lying_model_reaches_nobody_unless_the_check_is_off(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGGUI_MODEL__BACKENDS", json.dumps([f"fake:{LIE}"]))
    code, checked = scored(capsys, "--limit", "60")
    assert code == 0 and checked["unsupported"] == 0
    assert sum(count for how, count in checked["worded"].items() if "refused" in how) >= 20
    code, unchecked = scored(capsys, "--limit", "60", "--no-check")
    assert code == 0 and unchecked["unsupported"] >= 20 and unchecked["worded"]["model"] >= 20


@pytest.mark.models
@pytest.mark.timeout(400)
@pytest.mark.parametrize("backend", ["llama-cpp:smollm2-135m-instruct-q4?context=2048"])
def test_a_small_real_model_makes_nothing_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    pytest.importorskip("xllamacpp", reason="xllamacpp comes with the extra llm-local")
    monkeypatch.setenv("ZHANGGUI_MODEL__BACKENDS", json.dumps([backend]))
    monkeypatch.setenv("ZHANGGUI_MODEL__DEADLINE_S", "20")
    monkeypatch.setenv("ZHANGGUI_MODEL__MAX_TOKENS", "80")
    code, scores = scored(capsys, "--limit", "24")
    assert code == 0 and scores["unsupported"] == 0
    assert set(scores["worded"]) - {"templates"}, "the model was never asked"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("question\tlang\nx\ten\n", "'about' is missing"),
        ("question\tlang\tabout\tsays\nx\ten\tpage:a\t(\n", ":2: says"),
        ("question\tlang\tabout\tsays\n\ten\tpage:a\t\n", ":2: the question is empty"),
    ],
)
def test_a_wrong_table_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path, rows: str, words: str) -> None:
    file = tmp_path / "asked.tsv"
    file.write_text(rows, encoding="utf-8")
    code, told = scored(capsys, "--data", str(file))
    assert code == 2 and words in str(told)
