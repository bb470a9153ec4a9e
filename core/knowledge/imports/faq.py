"""Questions with their answers from CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from core.errors import DocumentError
from core.knowledge.imports.document import Document, Section
from core.knowledge.imports.text import decode, visible

_QUESTION = frozenset(
    "question questions q query title 问题 问 提问 标准问 标准问题 常见问题 标题 faq_question ask".split()
)
_ANSWER = frozenset(
    "answer answers a reply response content text body 答案 答 回答 回复 解答 内容 标准答案 faq_answer".split()
)
_GROUP = frozenset("category group section topic 分类 类别 类目 栏目 主题".split())
_MOST_FIELD = 200_000


def read_csv(data: bytes, name: str) -> Document:
    """Read a table with a question and an answer column, separated by commas, semicolons or tabs."""
    text = decode(data)
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    csv.field_size_limit(_MOST_FIELD)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise DocumentError(f"the table cannot be read ({error}): save it as CSV in UTF-8") from error
    columns = list(rows[0]) if rows else [cell.strip() for cell in first.split(delimiter)]
    if not _pick(columns, _QUESTION) or not _pick(columns, _ANSWER):
        raise DocumentError(
            "the table needs a column 'question' (问题) and a column 'answer' (答案); "
            f"it has: {', '.join(map(str, columns))}"
        )
    return Document(title=name, format="csv", sections=tuple(_pairs(rows)))


def read_json(data: bytes, name: str) -> Document:
    """Read a list of {"question", "answer"} objects, an object question -> answer, or one that holds such a list."""
    try:
        value = json.loads(decode(data))
    except (json.JSONDecodeError, RecursionError) as error:
        raise DocumentError(f"the file is not valid JSON: {error}") from error
    rows = _rows(value)
    sections = tuple(_pairs(rows))
    if not sections:
        raise DocumentError(
            'no questions found: expected [{"question": ..., "answer": ...}, ...] or {question: answer}'
        )
    return Document(title=name, format="json", sections=sections)


def _rows(value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, list):
        return [row for row in value if isinstance(row, Mapping)]
    if isinstance(value, Mapping):
        if value and all(isinstance(one, str) for one in value.values()) and not _pick(list(value), _QUESTION):
            return [{"question": key, "answer": text} for key, text in value.items()]
        for inner in value.values():
            if isinstance(inner, list) and any(isinstance(row, Mapping) for row in inner):
                return _rows(inner)
    return []


def _pairs(rows: Iterable[Mapping[Any, Any]]) -> Iterable[Section]:
    for row in rows:
        keys = [key for key in row if isinstance(key, str)]
        asked, answered, group = (_cell(row, _pick(keys, names)) for names in (_QUESTION, _ANSWER, _GROUP))
        if asked and answered:
            yield Section(headings=(group, asked) if group else (asked,), text=answered)


def _pick(columns: Iterable[Any], known: frozenset[str]) -> str:
    """Return the column that has one of the known names, "" for none."""
    return next((column for column in columns if isinstance(column, str) and column.strip().lower() in known), "")


def _cell(row: Mapping[Any, Any], column: str) -> str:
    value = row.get(column) if column else None
    if isinstance(value, list):
        value = "\n".join(str(one) for one in value)
    return visible(str(value)).strip() if value is not None else ""
