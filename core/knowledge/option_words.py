"""What options and their values are called in both languages: "青轴" and "clicky" are one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeAlias

import yaml

from core.errors import ConfigError
from core.knowledge.lexicon import FOLDER, stem
from core.knowledge.measures import UNIT_NAMES

FILE = FOLDER / "options.yaml"

_PIECE = re.compile(r"\d+(?:\.\d+)?(?=[A-Za-z])|\d+\.\d+|[a-z0-9]+%?|[\u4e00-\u9fff]", re.IGNORECASE)

Key: TypeAlias = tuple[str, ...]
"""The pieces of a word or phrase as they are compared."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a number or one Chinese character of a text; hyphens part words."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[Piece, ...]:
    """Cut a text into pieces, without case and plural endings."""
    return tuple(Piece(stem(one.group().lower()), one.start(), one.end()) for one in _PIECE.finditer(text))


def key(text: str) -> Key:
    """Return a phrase as it is compared."""
    return tuple(piece.text for piece in pieces(text))


@dataclass(frozen=True, slots=True, eq=False)
class OptionWords:
    """The names of options and the groups of words that mean the same value."""

    names: Mapping[Key, tuple[str, ...]]
    """Words -> the kinds of option that they name: ("frame",) -> ("frame",)."""
    named: Mapping[str, tuple[str, ...]]
    """Kind of option -> its words."""
    groups: Mapping[str, Mapping[Key, tuple[tuple[str, ...], ...]]]
    """Kind of option, or "any" -> a value's words -> the groups that hold it."""
    ranks: tuple[Mapping[Key, int], ...]
    """Scales: words of a value -> its place from little to much."""

    def kinds(self, option: str) -> tuple[str, ...]:
        """Return what an option's name speaks of, longest words first: "frame color" -> frame, color."""
        found: list[str] = []
        own, at = key(option), 0
        while at < len(own):
            for length in range(len(own) - at, 0, -1):
                kinds = self.names.get(own[at : at + length])
                if kinds:
                    found += kinds
                    at += length
                    break
            else:
                at += 1
        return tuple(dict.fromkeys(found))

    def alike(self, value: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """Return all words that mean the same as `value` of such an option, `value` left out where unknown."""
        own = key(value)
        groups = [group for kind in (*kinds, "any") for group in self.groups.get(kind, {}).get(own, ())]
        return tuple(dict.fromkeys(word for group in groups for word in group))

    def own(self, value: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words of the groups that begin with `value`: there they mean nothing else."""
        begin = key(value)
        groups = [group for kind in (*kinds, "any") for group in self.groups.get(kind, {}).get(begin, ())]
        return tuple(dict.fromkeys(word for group in groups if key(group[0]) == begin for word in group))


def said_of_goods() -> tuple[str, ...]:
    """Return every word for options, their values and units, so that nobody takes one for a slip of the finger."""
    words = load_option_words()
    values = {word for own in words.groups.values() for found in own.values() for group in found for word in group}
    return tuple({*values, *(word for own in words.named.values() for word in own), *UNIT_NAMES})


@cache
def load_option_words(file: Path = FILE) -> OptionWords:
    """Read the words; raises `ConfigError` naming the file when a word is no text."""
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    names: dict[Key, tuple[str, ...]] = {}
    for kind, words in raw["names"].items():
        for word in words:
            names[key(word)] = tuple(dict.fromkeys((*names.get(key(word), ()), str(kind))))
    groups: dict[str, dict[Key, tuple[tuple[str, ...], ...]]] = {}
    for kind, own in raw["values"].items():
        of_kind = groups.setdefault(str(kind), {})
        for group in own:
            wrong = [word for word in group if not isinstance(word, str)]
            if wrong:
                raise ConfigError(f"{file}: {wrong[0]!r} in the values of {kind} is no text; put it in quotes")
            for word in dict.fromkeys(map(key, group)):
                of_kind[word] = (*of_kind.get(word, ()), tuple(group))
    ranks = tuple({key(str(value)): at for at, value in enumerate(scale)} for scale in raw["ranks"])
    return OptionWords(names, {str(kind): tuple(words) for kind, words in raw["names"].items()}, groups, ranks)
