"""YAML with line numbers: every value knows where it stands, so that a mistake can be pointed at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from core.errors import ConfigError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C reads ten times as fast, where PyYAML was built with it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file whose nodes are read one by one; every error is a `ConfigError` "file:line: what is wrong"."""

    path: Path

    def root(self) -> yaml.Node | None:
        """Return the file's only value; None for an empty file."""
        try:
            return yaml.compose(self.path.read_text(encoding="utf-8"), Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise ConfigError(f"{self.path}:{mark.line + 1 if mark else 1}: {error.problem}") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.path}:1: {' '.join(str(error).split())}") from error

    def mapping(self, node: yaml.Node | None, known: frozenset[str] | None = None) -> dict[str, yaml.Node]:
        """Return the values of a mapping by key; with `known`, any other key is a mistake, as is one given twice."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, "expected a mapping (key: value)")
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = self.text(key_node)
            if known is not None and key not in known:
                raise self.wrong(key_node, f"there is no {key!r} here (known: {', '.join(sorted(known))})")
            if key in found:
                raise self.wrong(key_node, f"{key!r} stands here twice")
            found[key] = value
        return found

    def texts(self, node: yaml.Node | None) -> dict[str, str]:
        """Return a mapping whose values are single words or sentences."""
        return {key: self.text(value) for key, value in self.mapping(node).items()}

    def names(self, node: yaml.Node) -> tuple[str, ...]:
        """Return a list of words, or a single word as a list of one."""
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.text(item) for item in node.value)
        return (self.text(node),)

    def nodes(self, node: yaml.Node | None) -> list[yaml.Node]:
        """Return the values of a list."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, "expected a list (- value)")
        return list(node.value)

    def text(self, node: yaml.Node | None) -> str:
        """Return a single word or sentence, as it is written."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, "expected a single word or sentence")
        return str(node.value)

    def number(self, node: yaml.Node) -> float:
        """Return a number."""
        text = self.text(node)
        try:
            return float(text)
        except ValueError as error:
            raise self.wrong(node, f"expected a number, not {text!r}") from error

    def flag(self, node: yaml.Node) -> bool:
        """Return true or false."""
        text = self.text(node)
        if text not in ("true", "false"):
            raise self.wrong(node, f"expected true or false, not {text!r}")
        return text == "true"

    def pattern(self, node: yaml.Node) -> re.Pattern[str]:
        """Return a regular expression, letter case aside."""
        text = self.text(node)
        try:
            return re.compile(text, re.IGNORECASE)
        except re.error as error:
            raise self.wrong(node, f"{text!r} is no regular expression: {error}") from error

    def place(self, node: yaml.Node | None) -> str:
        """Return "file:line" of a node."""
        return f"{self.path}:{node.start_mark.line + 1 if node is not None else 1}"

    def wrong(self, node: yaml.Node | None, what: str) -> ConfigError:
        """Return the error that says what is wrong with a node."""
        return ConfigError(f"{self.place(node)}: {what}")
