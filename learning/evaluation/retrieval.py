"""How well questions find the passage that answers them, and whether those without an answer are refused."""

from __future__ import annotations

import csv
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from core.errors import ConfigError

_DEPTH = 5
_QUESTION = ("question", "query", "text", "sentence")
_DOC = ("doc", "document", "page", "id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with the documents that answer it."""

    question: str
    docs: frozenset[str]
    """Any of them is right; empty for a question that nothing here answers."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document with its evidence."""

    doc: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalScores:
    """What `zhanggui eval retrieval` reports."""

    questions: int
    unanswerable: int
    recall_at_1: float | None
    """Of the questions with an answer, those whose best document is right; None without any."""
    recall_at_5: float | None
    mrr: float | None
    """Mean of one over the rank of the first right document among five."""
    answered: float | None
    """Of the questions with an answer, those whose best document is right and sure enough to be quoted."""
    refused: float | None
    """Of the questions without an answer, those that get none."""
    wrong_answers: float
    """Of all questions, those that get a wrong document quoted."""
    ms_per_query: float


Search: TypeAlias = Callable[[str], Awaitable[Sequence[Found]]]
"""A question to its documents, best first."""


def read_questions(file: Path) -> list[Asked]:
    """Read a table with a question and a doc column; "a|b" means any of several, an empty doc none.

    Tabs separate a .tsv, commas anything else. Raises `ConfigError` naming file and line.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            if file.suffix == ".tsv":
                rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
            else:
                rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{file} cannot be read as a table: {error}") from error
    asked = []
    for line, row in enumerate(rows, start=2):
        question, doc = _cell(row, _QUESTION), _cell(row, _DOC)
        if question is None or doc is None:
            raise ConfigError(f"{file}:{line}: expected the columns 'question' and 'doc'")
        if question.strip():
            docs = frozenset(one.strip() for one in doc.split("|") if one.strip())
            asked.append(Asked(question=question.strip(), docs=docs))
    if not asked:
        raise ConfigError(f"{file} holds no questions")
    return asked


async def score_retrieval(search: Search, asked: Sequence[Asked], *, enough: float) -> RetrievalScores:
    """Ask every question; a best document with a score below `enough` is a refusal."""
    ranks: list[int] = []
    answered = refused = wrong = 0
    spent_s = 0.0
    for one in asked:
        began = time.perf_counter()
        found = list(await search(one.question))
        spent_s += time.perf_counter() - began
        best = found[0] if found else None
        sure = best is not None and best.score >= enough
        right = best is not None and best.doc in one.docs
        wrong += sure and not right
        if one.docs:
            answered += sure and right
            ranks.append(next((n for n, hit in enumerate(found[:_DEPTH], start=1) if hit.doc in one.docs), 0))
        else:
            refused += not sure
    many, without = len(ranks), len(asked) - len(ranks)
    return RetrievalScores(
        questions=len(asked),
        unanswerable=without,
        recall_at_1=_share(sum(rank == 1 for rank in ranks), many),
        recall_at_5=_share(sum(rank > 0 for rank in ranks), many),
        mrr=_share(sum(1 / rank for rank in ranks if rank), many),
        answered=_share(answered, many),
        refused=_share(refused, without),
        wrong_answers=round(wrong / len(asked), 4),
        ms_per_query=round(1000 * spent_s / len(asked), 3),
    )


def _share(part: float, of_all: int) -> float | None:
    return round(part / of_all, 4) if of_all else None


def _cell(row: dict[str, str], names: Sequence[str]) -> str | None:
    return next((row[name] or "" for name in names if name in row), None)
