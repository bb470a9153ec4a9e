"""A pack's knowledge: one Markdown file per page and language.

`roaming.zh.md` is the page "roaming" in Chinese. Its first heading is the title, what follows the answer, in
the words that the customer will read. Front matter may name other ways to ask (`questions:`), and the page and
the language where the file's name does not (`id:`, `language:`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from core.errors import ConfigError
from core.shop.records import Page
from core.types import Language

_NAME = re.compile(r"(?P<id>[\w-]+?)(?:\.(?P<language>[a-z]{2}))?\.md")
_FRONT = re.compile(r"---\n(?P<front>.*?\n)---\n", re.DOTALL)
_KEYS = frozenset({"id", "language", "questions"})
_LONGEST = 600
"""Characters of an answer that a chat can show at once; a longer page is two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A page in one language."""

    id: str
    language: Language
    title: str
    body: str
    questions: tuple[str, ...]
    path: Path


def read_pages(folder: Path, languages: Sequence[Language]) -> tuple[Mapping[str, Page], list[str]]:
    """Return the pages of a folder by id, and every mistake as "file:line: what is wrong"."""
    sheets: dict[tuple[str, Language], _Sheet] = {}
    mistakes = []
    for path in sorted(folder.glob("*.md")):
        try:
            sheet = _sheet(path, languages)
            twin = sheets.get((sheet.id, sheet.language))
            if twin is not None:
                raise ConfigError(f"{path}:1: the page {sheet.id!r} in {sheet.language} is {twin.path.name} already")
            sheets[sheet.id, sheet.language] = sheet
        except ConfigError as error:
            mistakes.append(str(error))
    pages = {}
    for page_id in dict.fromkeys(one for one, _ in sheets):
        own = {language: sheet for (one, language), sheet in sheets.items() if one == page_id}
        lacking = [language for language in languages if language not in own]
        if lacking:
            mistakes.append(f"{next(iter(own.values())).path}:1: the page {page_id!r} lacks in {', '.join(lacking)}")
        pages[page_id] = Page(
            id=page_id,
            titles=MappingProxyType({language: sheet.title for language, sheet in own.items()}),
            bodies=MappingProxyType({language: sheet.body for language, sheet in own.items()}),
            questions=MappingProxyType({language: sheet.questions for language, sheet in own.items()}),
        )
    return MappingProxyType(pages), mistakes


def _sheet(path: Path, languages: Sequence[Language]) -> _Sheet:
    named = _NAME.fullmatch(path.name)
    try:
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}:1: is not written in UTF-8") from error
    front = _FRONT.match(text)
    keys = _front_matter(path, front.group("front")) if front else {}
    page_id = str(keys.get("id") or (named.group("id") if named else ""))
    language = str(keys.get("language") or (named.group("language") if named else "") or "")
    if language not in languages:
        expected = " or ".join(f"{path.stem.partition('.')[0]}.{one}.md" for one in languages)
        raise ConfigError(f"{path}:1: in which language is it? expected {expected}, or language: in its front matter")
    rest = text[front.end() :] if front else text
    line = 1 + (text[: front.end()].count("\n") if front else 0)
    lines = rest.strip("\n").split("\n")
    line += len(rest) - len(rest.lstrip("\n"))
    if not lines[0].startswith("# ") or not lines[0][2:].strip():
        raise ConfigError(f"{path}:{line}: expected the title first, as a heading: # Opening hours")
    body = "\n".join(lines[1:]).strip()
    if not body:
        raise ConfigError(f"{path}:{line}: the page has a title and no answer below it")
    if len(body) > _LONGEST:
        raise ConfigError(f"{path}:{line}: the answer has {len(body)} characters; above {_LONGEST} make it two pages")
    questions = tuple(str(one) for one in keys.get("questions", ()))
    return _Sheet(id=page_id, language=language, title=lines[0][2:].strip(), body=body, questions=questions, path=path)


def _front_matter(path: Path, text: str) -> dict[str, Any]:
    try:
        keys = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ConfigError(f"{path}:{mark.line + 2 if mark else 1}: {error.problem}") from error
    if not isinstance(keys, dict):
        raise ConfigError(f"{path}:2: expected keys in the front matter: {', '.join(sorted(_KEYS))}")
    for key in keys:
        if key not in _KEYS:
            raise ConfigError(f"{path}:2: there is no {key!r} in a page's front matter (known: {', '.join(_KEYS)})")
    if not isinstance(keys.get("questions", []), list):
        raise ConfigError(f"{path}:2: expected a list of questions")
    return keys
