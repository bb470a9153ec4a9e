"""How good the clerk's answers are: helpful, grounded, and honest where nothing answers."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from core.errors import ConfigError

_COLUMNS = ("question", "lang", "about", "says")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAnswer:
    """A question with what a good answer does."""

    question: str
    language: str
    about: str
    """The record or page that answers it ("product:ID", "page:ID"); empty where nothing does."""
    says: re.Pattern[str] | None
    """What the answer must say; None where citing the right page is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """What the clerk answered."""

    text: str
    cited: tuple[str, ...]
    offered: tuple[str, ...]
    """What its buttons open, "page:ID"."""
    declines: bool
    """Whether it says that it does not know, or that the record does not say."""
    unsupported: tuple[str, ...]
    """Numbers, prices, dates, ids and links in the text that the cited records do not hold."""
    worded: str
    """How it came to its words: "" by the templates, "model", "again", or why the model's were not taken."""
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerScores:
    """What `zhanggui eval answers` reports."""

    questions: int
    unanswerable: int
    helpful: float | None
    """Of the answerable, those answered from the right record, saying what they must."""
    found: float | None
    """The same with those for which a button of the answer opens the right page."""
    declined: float | None
    """Of the unanswerable, those answered from no record, or with the words that the record does not say."""
    unsupported: int
    """Answers with a number, price, date, id or link that their records do not hold."""
    worded: dict[str, int]
    """Answers by how they came to their words."""
    ms_p50: float
    ms_p95: float


def read_answers(file: Path) -> list[AskedAnswer]:
    """Read a table of questions (tab-separated: question, lang, about, says); `says` is a regular expression.

    Raises `ConfigError` naming the line.
    """
    with file.open(encoding="utf-8", newline="") as text:
        rows = csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
        if missing := [name for name in _COLUMNS if name not in (rows.fieldnames or ())]:
            raise ConfigError(f"{file}: the column {missing[0]!r} is missing; there must be {', '.join(_COLUMNS)}")
        return [_row(file, number, row) for number, row in enumerate(rows, start=2)]


def _row(file: Path, number: int, row: dict[str, str | None]) -> AskedAnswer:
    try:
        says = re.compile(row["says"], re.IGNORECASE) if row["says"] else None
    except re.error as error:
        raise ConfigError(f"{file}:{number}: says = {row['says']!r} is no regular expression: {error}") from error
    if not row["question"]:
        raise ConfigError(f"{file}:{number}: the question is empty")
    return AskedAnswer(question=row["question"], language=row["lang"] or "", about=row["about"] or "", says=says)


def is_helpful(asked: AskedAnswer, given: GivenAnswer) -> bool:
    """Return whether an answer does what was asked: answer from the right record, or not at all."""
    if not asked.about:
        return given.declines
    return asked.about in given.cited and (asked.says is None or bool(asked.says.search(given.text)))


def score_answers(pairs: Sequence[tuple[AskedAnswer, GivenAnswer]]) -> AnswerScores:
    """Return the scores of questions with their answers; raises `ConfigError` for none."""
    if not pairs:
        raise ConfigError("there are no questions to score")
    with_answer = [is_helpful(asked, given) for asked, given in pairs if asked.about]
    without = [is_helpful(asked, given) for asked, given in pairs if not asked.about]
    times = sorted(given.ms for _, given in pairs)
    return AnswerScores(
        questions=len(pairs),
        unanswerable=len(without),
        helpful=_share(with_answer),
        found=_share(
            [is_helpful(asked, given) or asked.about in given.offered for asked, given in pairs if asked.about]
        ),
        declined=_share(without),
        unsupported=sum(bool(given.unsupported) for _, given in pairs),
        worded=dict(sorted(Counter(given.worded or "templates" for _, given in pairs).items())),
        ms_p50=round(median(times), 1),
        ms_p95=round(times[min(len(times) - 1, int(len(times) * 0.95))], 1),
    )


def _share(right: Sequence[bool]) -> float | None:
    return round(sum(right) / len(right), 4) if right else None
