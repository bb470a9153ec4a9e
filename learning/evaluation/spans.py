"""How well names are found in text: precision, recall and F1 over whole names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from learning.datasets import decoded


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedText:
    """Characters, each with a BIO tag: "B-BRAND" begins a name, "I-BRAND" goes on with it, "O" is none."""

    characters: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A name from `start` to before `end`."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanScores:
    """Shares are of 0 to 1, over names of all labels; a name counts when its ends and its label are right."""

    precision: float
    recall: float
    f1: float
    f1_of: dict[str, float]
    """F1 of each label."""
    texts: int
    names: int


def read_tagged(path: Path) -> tuple[TaggedText, ...]:
    """Read CoNLL form: a character, a space or tab and its tag on each line, an empty line between texts.

    Raises `ConfigError` naming the file and the line.
    """
    texts: list[TaggedText] = []
    characters: list[str] = []
    tags: list[str] = []
    for number, line in enumerate([*decoded(path).splitlines(), ""], 1):
        cells = line.rstrip("\r\n").rsplit("\t" if "\t" in line else " ", 1)
        if not line.strip():
            if tags:
                texts.append(TaggedText(characters=tuple(characters), tags=tuple(tags)))
            characters, tags = [], []
        elif len(cells) != 2 or not _is_tag(cells[1]):
            raise ConfigError(
                f"{path}, line {number}: a character and a tag (O, B-NAME, I-NAME) expected: {line[:40]!r}"
            )
        else:
            characters.append(cells[0].split(" ")[0] or " ")
            tags.append(cells[1])
    if not texts:
        raise ConfigError(f"{path} holds no texts")
    return tuple(texts)


def spans_of(tags: Sequence[str]) -> list[Span]:
    """Return the names; an I without a B before it begins one, as conlleval counts."""
    found: list[Span] = []
    start, label = None, ""
    for at, tag in enumerate([*tags, "O"]):
        goes_on = tag.startswith("I-") and start is not None and tag[2:] == label
        if start is not None and not goes_on:
            found.append(Span(start, at, label))
            start = None
        if tag != "O" and start is None:
            start, label = at, tag[2:]
    return found


def score_spans(texts: Sequence[TaggedText], said: Sequence[Sequence[str]]) -> SpanScores:
    """Count whole names; `said` are the tags found for each text."""
    true, given, hits = Counter[str](), Counter[str](), Counter[str]()
    for text, tags in zip(texts, said, strict=True):
        wanted, found = set(spans_of(text.tags)), set(spans_of(tags))
        true.update(span.label for span in wanted)
        given.update(span.label for span in found)
        hits.update(span.label for span in wanted & found)
    precision, recall, f1 = _shares(hits.total(), given.total(), true.total())
    return SpanScores(
        precision=precision,
        recall=recall,
        f1=f1,
        f1_of={label: _shares(hits[label], given[label], true[label])[2] for label in sorted(true)},
        texts=len(texts),
        names=true.total(),
    )


def _shares(hits: int, given: int, true: int) -> tuple[float, float, float]:
    return (
        round(hits / max(given, 1), 4),
        round(hits / max(true, 1), 4),
        round(2 * hits / max(given + true, 1), 4),
    )


def _is_tag(text: str) -> bool:
    return text == "O" or (text[:2] in ("B-", "I-") and len(text) > 2)
