"""The files that conversation cases stand in: one case after the other, each with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from core.errors import ConfigError

_SUFFIXES = (".jsonl", ".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A case as it was written."""

    row: Any
    file: Path
    line: int


def sources(path: Path) -> tuple[Source, ...]:
    """Return the cases of a file, or of all case files of a folder.

    Raises `ConfigError` when there are none or the file cannot be read.
    """
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES)
        if not files:
            raise ConfigError(f"the folder {path} holds no cases ({', '.join(_SUFFIXES)})")
        return tuple(source for file in files for source in sources(file))
    if path.suffix not in _SUFFIXES:
        raise ConfigError(f"{path}: cases stand in files that end in {', '.join(_SUFFIXES)}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"there is no file {path}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8: {error}") from error
    found = tuple(_of_lines(path, text) if path.suffix == ".jsonl" else _of_list(path, text))
    if not found:
        raise ConfigError(f"{path} holds no case")
    return found


def _of_lines(file: Path, text: str) -> Iterator[Source]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield Source(row=json.loads(line), file=file, line=number)
            except ValueError as error:
                raise ConfigError(f"{file}:{number}: not valid JSON: {error}") from error


class _AsWritten(yaml.SafeLoader):
    """Keeps words as they stand: "yes" is said by customers and no truth value, and 02134 is a zip."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the name and kind are the library's


_AsWritten.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])


def _of_list(file: Path, text: str) -> Iterator[Source]:
    loader = _AsWritten(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            raise ConfigError(f"{file}:{node.start_mark.line + 1}: expected a list of cases")
        for item in node.value:
            yield Source(row=loader.construct_document(item), file=file, line=item.start_mark.line + 1)
    except yaml.YAMLError as error:
        raise ConfigError(f"{file} is not valid YAML: {error}") from error
    finally:
        loader.dispose()
