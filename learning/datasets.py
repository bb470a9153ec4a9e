"""Labelled texts from the files that public data sets come in: TSV, CSV, JSON, JSON lines, seq.in with label."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from core.errors import ConfigError

OUT_OF_SCOPE = "out_of_scope"
"""The one name for what no intent of a set is meant by."""

_OUT_NAMES = frozenset({"out_of_scope", "oos", "no_nodes_detected", "outofscope", "out-of-scope"})
_TEXTS = ("text", "sentence", "query", "utterance", "review", "question", "content")
_LABELS = ("label", "labels", "intent", "category", "sentiment")
_PAIR_TEXTS = (("text1", "text2"), ("sentence1", "sentence2"), ("query1", "query2"), ("question1", "question2"))
_YES, _NO = frozenset({"1", "true", "yes", "same"}), frozenset({"0", "false", "no", "different"})

Row: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledText:
    """A text and the labels of which any one is right."""

    text: str
    labels: tuple[str, ...]

    @property
    def is_out_of_scope(self) -> bool:
        """Whether rejecting the text is right."""
        return OUT_OF_SCOPE in self.labels


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPair:
    """Two questions, and whether they ask the same."""

    one: str
    other: str
    same: bool


def read_texts(path: Path, *, split: str = "") -> tuple[LabelledText, ...]:
    """Read texts with labels; `split` names the lists of a JSON object: "train,oos_train".

    A label "a|b" (in JSON a list, too) accepts either; oos and NO_NODES_DETECTED become out_of_scope.
    A folder with seq.in and label (HWU64's form) is read as well. Texts may be empty. Raises `ConfigError`
    naming the file, its columns and the row.
    """
    rows = read_rows(path, split=split)
    text, label = _column(path, rows, _TEXTS, "text"), _column(path, rows, _LABELS, "label")
    found = [LabelledText(text=_words(row[text]), labels=_labels(row[label])) for row in rows]
    unlabelled = [number for number, one in enumerate(found, 1) if not one.labels]
    if unlabelled:
        raise ConfigError(f"{path}: {len(unlabelled)} rows have no {label}, the first is row {unlabelled[0]}")
    return tuple(found)


def read_pairs(path: Path, *, split: str = "") -> tuple[TextPair, ...]:
    """Read pairs of texts with label 1 or 0: three columns, or sentence1, sentence2 and label by name.

    Raises `ConfigError` naming the file and what is missing.
    """
    rows = read_rows(path, split=split, headless=("sentence1", "sentence2", "label"))
    columns = set(rows[0])
    names = next((pair for pair in _PAIR_TEXTS if set(pair) <= columns), None)
    if names is None:
        raise ConfigError(f"{path} needs columns sentence1 and sentence2; it has: {_listed(rows)}")
    label = _column(path, rows, _LABELS, "label")
    pairs = []
    for number, row in enumerate(rows, 1):
        said = _words(row[label]).lower()
        if said not in _YES | _NO:
            raise ConfigError(f"{path}, row {number}: the label of a pair is 1 or 0, not {row[label]!r}")
        pairs.append(TextPair(one=_words(row[names[0]]), other=_words(row[names[1]]), same=said in _YES))
    return tuple(pairs)


def read_rows(path: Path, *, split: str = "", headless: Sequence[str] = ()) -> list[Row]:
    """Read a table of any of the forms as rows by column name, in small letters; never empty.

    `headless` are the names to give the columns of a table that has tabs and no line of names.
    """
    if path.is_dir():
        return _read_folder(path)
    text = decoded(path)
    start = text.lstrip()[:1]
    if path.suffix.lower() in (".json", ".jsonl", ".ndjson") or start == "{":
        rows = _read_json(path, text, split)
    else:
        rows = _read_table(path, text, headless)
    if not rows:
        raise ConfigError(f"{path} holds no rows")
    return rows


def decoded(path: Path) -> str:
    """Return the file as text: UTF-8, UTF-16 with its mark, or GB18030, as Chinese tables often are."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConfigError(f"{path} is text neither in UTF-8 nor in GB18030")


def _read_table(path: Path, text: str, headless: Sequence[str]) -> list[Row]:
    head = text.partition("\n")[0]
    tabs = "\t" in head
    stream = io.StringIO(text, newline="")
    try:
        rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE) if tabs else csv.reader(stream))
    except csv.Error as error:
        raise ConfigError(f"{path} cannot be read as a table: {error}") from error
    rows = [[_unquoted(cell) for cell in row] if tabs else row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return []
    names = [cell.strip().lower() for cell in rows[0]]
    if headless and len(names) == len(headless) and not set(names) & set(_LABELS):
        names, body = list(headless), rows
    else:
        body = rows[1:]
    short = next((number for number, row in enumerate(body, 2) if len(row) < len(names)), None)
    if short is not None:
        raise ConfigError(f"{path}, line {short}: fewer cells than the {len(names)} columns ({', '.join(names)})")
    return [dict(zip(names, row, strict=False)) for row in body]


def _unquoted(cell: str) -> str:
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"') if quoted else cell


def _read_json(path: Path, text: str, split: str) -> list[Row]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as whole:
        try:
            value = [json.loads(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError as error:
            raise ConfigError(f"{path} is neither JSON ({whole}) nor JSON lines ({error})") from error
    if isinstance(value, dict):
        value = _chosen_lists(path, value, split)
    if not isinstance(value, list):
        raise ConfigError(f"{path} holds no list of rows")
    return [_json_row(path, number, row) for number, row in enumerate(value, 1)]


def _chosen_lists(path: Path, value: Mapping[str, object], split: str) -> object:
    lists = {name: rows for name, rows in value.items() if isinstance(rows, list)}
    wanted = [name.strip() for name in split.split(",") if name.strip()]
    if not lists:
        return [value]
    if not wanted and set(lists) & set(_LABELS):
        if len({len(rows) for rows in lists.values()}) > 1:
            raise ConfigError(f"{path}: its columns {', '.join(lists)} are not of one length")
        return [dict(zip(lists, cells, strict=True)) for cells in zip(*lists.values(), strict=True)]
    wanted = wanted or (list(lists) if len(lists) == 1 else [])
    unknown = [name for name in wanted if name not in lists]
    if not wanted or unknown:
        asked = f"has no {', '.join(unknown)}; it " if unknown else ""
        raise ConfigError(f"{path} {asked}holds several lists, name one as the split: {', '.join(lists)}")
    return [row for name in wanted for row in lists[name]]


def _json_row(path: Path, number: int, row: object) -> Row:
    if isinstance(row, dict):
        return {str(name).strip().lower(): cell for name, cell in row.items()}
    if isinstance(row, list) and len(row) == 2:
        return {"text": row[0], "label": row[1]}
    raise ConfigError(f"{path}, row {number}: neither an object nor a pair of text and label: {str(row)[:60]}")


def _read_folder(folder: Path) -> list[Row]:
    texts, labels = folder / "seq.in", folder / "label"
    if not texts.is_file() or not labels.is_file():
        raise ConfigError(f"{folder} is a folder without seq.in and label")
    said, named = decoded(texts).splitlines(), decoded(labels).splitlines()
    if len(said) != len(named):
        raise ConfigError(f"{folder}: seq.in has {len(said)} lines, label has {len(named)}")
    return [{"text": text, "label": label} for text, label in zip(said, named, strict=True)]


def _column(path: Path, rows: Sequence[Row], names: Sequence[str], what: str) -> str:
    found = next((name for name in names if all(name in row for row in rows)), None)
    if found is None:
        raise ConfigError(f"{path} needs a {what} column ({', '.join(names)}); it has: {_listed(rows)}")
    return found


def _listed(rows: Sequence[Row]) -> str:
    return ", ".join(sorted(rows[0])) or "none"


def _words(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _labels(cell: object) -> tuple[str, ...]:
    given = [_words(one) for one in cell] if isinstance(cell, list) else _words(cell).split("|")
    names = [name.strip() for name in given if name.strip()]
    return tuple(dict.fromkeys(OUT_OF_SCOPE if name.lower() in _OUT_NAMES else name for name in names))
