"""A bilingual list of retail words: one concept, its names in Chinese and English.

"蓝色的登山包" finds a product that the records call "Hiking Backpack, blue" because both are read as the
concepts colour:blue and thing:backpack.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from core.errors import ConfigError

FOLDER = Path(str(files("assets"))) / "lexicon"
_FILES = "retail*.yaml"

_ATOM = re.compile(r"[a-z0-9]+(?:[.'’-][a-z0-9]+)*|[\u4e00-\u9fff]", re.IGNORECASE)
_IRREGULAR = {"men": "man", "women": "woman", "children": "child", "shelves": "shelf", "knives": "knife"}
_SHORTEST_STEM = 3
_INNER = frozenset({"use", "material", "feature"})
_CUT_SHORT = frozenset({"thing", "material"})
_BROADER, _LOOSELY = "broader", "loosely"
"""The parts of a file that say of a concept what it is a sort of (navy is a blue), and what people call it, too."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of atoms, read as a concept or left as it is (then `kind` is "")."""

    kind: str
    """"thing", "colour", "material", "feature", "aspect", "noise", ..., or "" for unknown words."""
    name: str
    """The concept's name, or the atom itself."""
    start: int
    """Characters into the text."""
    end: int
    written: str = ""
    """The words themselves, folded, where they were read as a concept."""

    @property
    def token(self) -> str:
        """Return what an index counts: "colour:blue", or the bare atom."""
        return f"{self.kind}:{self.name}" if self.kind else self.name


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Concepts by the atoms of their names; compared and hashed as the one object it is."""

    phrases: Mapping[tuple[str, ...], tuple[str, str]]
    longest: int
    """Atoms in the longest name."""
    names: Mapping[tuple[str, str], tuple[str, ...]]
    """(kind, concept) -> its names, as written in the file."""
    parents: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """(kind, concept) -> the concepts of the same kind that it is a sort of."""
    loosely: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """(kind, concept) -> other concepts by whose names people call what they own: earbuds "headphones"."""

    def read(self, text: str) -> list[Span]:
        """Return the text's concepts, longest first from left to right, and the atoms between them."""
        atoms = [(stem(found.group().lower()), found.start(), found.end()) for found in _ATOM.finditer(text)]
        spans: list[Span] = []
        at = 0
        while at < len(atoms):
            for length in range(min(self.longest, len(atoms) - at), 0, -1):
                concept = self.phrases.get(tuple(atom for atom, _, _ in atoms[at : at + length]))
                if concept:
                    start, end = atoms[at][1], atoms[at + length - 1][2]
                    spans.append(Span(concept[0], concept[1], start, end, text[start:end].lower()))
                    at += length
                    break
            else:
                spans.append(Span("", *atoms[at]))
                at += 1
        return _whole_words(spans)

    def within(self, text: str) -> list[Span]:
        """Return a text's concepts and those inside names of things: the hiking of a hiking backpack."""
        spans = [span for span in self.read(text) if span.kind]
        return [*spans, *(inner for span in spans if span.kind == "thing" for inner in self._inside(text, span))]

    def _inside(self, text: str, thing: Span) -> list[Span]:
        atoms = [(stem(one.group().lower()), one.start(), one.end())
                 for one in _ATOM.finditer(text, thing.start, thing.end)]  # fmt: skip
        found = []
        for start in range(len(atoms)):
            for end in range(start + 1, len(atoms) + 1):
                concept = self.phrases.get(tuple(atom for atom, _, _ in atoms[start:end]))
                written = text[atoms[start][1] : atoms[end - 1][2]]
                if end - start < len(atoms) and concept and concept[0] in _INNER and len(written) > 1:
                    found.append(Span(*concept, atoms[start][1], atoms[end - 1][2], written.lower()))
        return found

    def concepts(self, text: str, kind: str) -> tuple[str, ...]:
        """Return the names of the concepts of one kind that the text holds, in order."""
        return tuple(dict.fromkeys(span.name for span in self.read(text) if span.kind == kind))

    def broader(self, kind: str, name: str) -> tuple[str, ...]:
        """Return the concepts that a concept is a sort of, nearest first: navy -> blue."""
        found: list[str] = []
        ahead = list(self.parents.get((kind, name), ()))
        while ahead:
            parent = ahead.pop(0)
            if parent not in found:
                found.append(parent)
                ahead += self.parents.get((kind, parent), ())
        return tuple(found)

    def word(self, kind: str, name: str, language: str) -> str:
        """Return a concept's first name in a language ("zh" has Han characters), or `name` itself."""
        for candidate in self.names.get((kind, name), ()):
            if (language == "zh") == bool(re.search(r"[\u4e00-\u9fff]", candidate)):
                return candidate
        return name


def _whole_words(spans: list[Span]) -> list[Span]:
    """Unread a thing or material of one Chinese character that goes on in a character nobody knows.

    A Chinese noun ends in what it is: 斜挎包 is a bag (包), 包裹 is not.
    """
    read = list(spans)
    for at in range(len(spans) - 1):
        span, after = spans[at], spans[at + 1]
        alone = span.kind in _CUT_SHORT and span.end - span.start == 1 and span.name != ""
        if alone and not after.kind and after.start == span.end and _is_han(after.name):
            read[at] = Span("", span.written, span.start, span.end)
    return read


def _is_han(text: str) -> bool:
    return "\u4e00" <= text[:1] <= "\u9fff"


def stem(word: str) -> str:
    """Return an English word without its plural ending; other words as they are."""
    word = word.replace("’", "'").removesuffix("'s")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not word.isascii() or word.endswith(("ss", "us", "is")) or len(word) <= _SHORTEST_STEM:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word.removesuffix("s")


@cache
def load_lexicon(place: Path = FOLDER) -> Lexicon:
    """Read a lexicon, a file or the files of a folder.

    Raises `ConfigError` naming file and phrase when two concepts share a name, or a concept is a sort of
    something that is not there.
    """
    phrases: dict[tuple[str, ...], tuple[str, str]] = {}
    names: dict[tuple[str, str], tuple[str, ...]] = {}
    related: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {_BROADER: {}, _LOOSELY: {}}
    for file in sorted(place.glob(_FILES)) if place.is_dir() else [place]:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
        for relation, found in related.items():
            for kind, sorts in raw.pop(relation, {}).items():
                found |= {(str(kind), str(name)): tuple(map(str, others)) for name, others in sorts.items()}
        for kind, concepts in raw.items():
            for name, words in concepts.items():
                concept = (str(kind), str(name))
                names[concept] = (*names.get(concept, ()), *map(str, words))
                _enter(phrases, concept, names[concept], file)
    for relation, found in related.items():
        for (kind, name), others in found.items():
            for other in (name, *others):
                if (kind, other) not in names:
                    raise ConfigError(f"{place}: {relation!r} names {kind}:{other}, which is no concept")
    return Lexicon(phrases, max(map(len, phrases), default=0), names, related[_BROADER], related[_LOOSELY])


def _enter(
    phrases: dict[tuple[str, ...], tuple[str, str]], concept: tuple[str, str], words: tuple[str, ...], file: Path
) -> None:
    for word in words:
        atoms = tuple(stem(atom.lower()) for atom in _ATOM.findall(word))
        other = phrases.setdefault(atoms, concept)
        if other != concept:
            raise ConfigError(f"{file}: {word!r} names both {other[0]}:{other[1]} and {concept[0]}:{concept[1]}")
