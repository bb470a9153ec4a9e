from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.errors import ConfigError
from learning.evaluation.retrieval import Asked, Found, read_questions, score_retrieval

ANSWERS = {
    "first": [Found("a", 0.9), Found("b", 0.5)],
    "second": [Found("b", 0.6), Found("a", 0.5)],
    "unsure": [Found("a", 0.2)],
    "nothing": [],
    "nonsense": [Found("a", 0.1)],
    "tempting": [Found("a", 0.8)],
}


async def search(question: str) -> Sequence[Found]:
    return ANSWERS[question]


async def test_every_share_counts_what_it_says() -> None:
    right = [Asked(question=one, docs=frozenset("a")) for one in ("first", "second", "unsure", "nothing")]
    without = [Asked(question=one, docs=frozenset()) for one in ("nonsense", "tempting")]
    scores = await score_retrieval(search, [*right, *without], enough=0.4)
    assert (scores.questions, scores.unanswerable) == (6, 2)
    assert (scores.recall_at_1, scores.recall_at_5, scores.mrr) == (0.5, 0.75, 0.625)
    assert (scores.answered, scores.refused, scores.wrong_answers) == (0.25, 0.5, round(2 / 6, 4))
    assert scores.ms_per_query >= 0


async def test_a_set_without_unanswerable_questions_says_so() -> None:
    scores = await score_retrieval(search, [Asked(question="first", docs=frozenset("ab"))], enough=0.4)
    assert scores.refused is None and scores.recall_at_1 == 1.0


def test_a_table_is_read_with_several_right_documents_and_with_none(tmp_path: Path) -> None:
    file = tmp_path / "questions.tsv"
    file.write_text('question\tdoc\n"quoted" how\ta.md|b.md\nwho\t\n\t\n', encoding="utf-8")
    assert read_questions(file) == [
        Asked(question='"quoted" how', docs=frozenset({"a.md", "b.md"})),
        Asked(question="who", docs=frozenset()),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [("question\tanswer\nhow\tyes\n", ":2: expected the columns"), ("question\tdoc\n", "holds no questions")],
)
def test_a_table_that_is_none_says_what_lacks(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "questions.tsv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=why):
        read_questions(file)


def test_a_missing_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_questions(tmp_path / "none.tsv")
