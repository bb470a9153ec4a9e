"""Names in text from labelled characters: a conditional random field over characters, words and known names.

Lafferty et al. 2001 through CRFsuite (Okazaki 2007). A name that the training texts hold elsewhere too is
marked as known; its own occurrence is not counted, or the model would learn to trust the list alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from learning.evaluation.spans import TaggedText, spans_of
from learning.training.grams import word_kinds

_LONGEST_NAME = 12
_OFTEN = 3
"""Texts that hold a name, from which it counts as certain."""
_SETTINGS = {"c1": 0.3, "c2": 0.05, "max_iterations": 120, "feature.possible_transitions": True}

Names = Mapping[str, Mapping[str, Set[int]]]
"""Name in small letters -> label -> the numbers of the training texts that hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagger:
    """A trained field with the names it knows."""

    field: Any
    names: Names
    weights: bytes
    """What `field` reads from: it holds no reference of its own."""

    def tag(self, characters: Sequence[str]) -> list[str]:
        """Return a BIO tag for each character."""
        return list(self.field.tag(_features(characters, self.names, None)))


def train_tagger(texts: Sequence[TaggedText]) -> Tagger:
    """Fit; 6,000 shop titles take about a minute on one core."""
    import pycrfsuite

    names = _known_names(texts)
    trainer = pycrfsuite.Trainer(verbose=False, algorithm="lbfgs", params=_SETTINGS)
    for number, text in enumerate(texts):
        trainer.append(_features(text.characters, names, number), text.tags)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "field.crf"
        trainer.train(str(file))
        weights = file.read_bytes()
    field = pycrfsuite.Tagger()
    field.open_inmemory(weights)
    return Tagger(field=field, names=names, weights=weights)


def _known_names(texts: Sequence[TaggedText]) -> Names:
    names: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, text in enumerate(texts):
        for span in spans_of(text.tags):
            name = "".join(text.characters[span.start : span.end]).lower()
            names[name][span.label].add(number)
    return names


def _features(characters: Sequence[str], names: Names, number: int | None) -> list[list[str]]:
    """Return what is seen at each character; `number` is the training text's own, whose names do not count."""
    signs = [sign.lower() for sign in characters]
    shapes = ["^", "^", *(_shape(sign) for sign in signs), "$", "$"]
    padded = ["<", "<", *signs, ">", ">"]
    marks, words = _marks(signs, names, number), _words(signs)
    rows = []
    for at in range(len(signs)):
        seen = padded[at : at + 5]
        row = ["b", f"T={''.join(shapes[at : at + 5])}"]
        row += [f"c{place}={sign}" for place, sign in enumerate(seen)]
        row += [f"B{place}={one}{two}" for place, (one, two) in enumerate(zip(seen, seen[1:], strict=False))]
        row += [f"t{place}={''.join(seen[place : place + 3])}" for place in range(3)]
        part, kind, word = words[at]
        row += [f"s={part}", f"p={kind}", f"w={word}", f"sp={part}{kind}"]
        if at + 1 < len(signs):
            row += [f"p+={words[at + 1][1]}", f"s+={words[at + 1][0]}", *(f"n{mark}" for mark in marks[at + 1])]
        if at:
            row += [f"p-={words[at - 1][1]}", *(f"v{mark}" for mark in marks[at - 1])]
        rows.append(row + marks[at])
    return rows


def _marks(signs: Sequence[str], names: Names, number: int | None) -> list[list[str]]:
    """Return, for each character, which known names it begins, continues or ends: the longest from each start."""
    marks: list[set[str]] = [set() for _ in signs]
    for start in range(len(signs)):
        for length in range(min(_LONGEST_NAME, len(signs) - start), 0, -1):
            labels = names.get("".join(signs[start : start + length]), {})
            counts = {label: len(texts) - (number in texts) for label, texts in labels.items()}
            if not any(counts.values()):
                continue
            for label, count in counts.items():
                sure = "+" if count >= _OFTEN else ""
                for place in range(length if count else 0):
                    part = "B" if place == 0 else "E" if place == length - 1 else "M"
                    marks[start + place].add(f"g{label}{part}{min(length, 5)}{sure}")
            break
    return [sorted(own) for own in marks]


def _words(signs: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return, for each character, its place in its word, the word's kind and the word."""
    places = []
    for word, kind in word_kinds("".join(sign[0] if sign else " " for sign in signs)):
        for at in range(len(word)):
            part = "S" if len(word) == 1 else "B" if at == 0 else "E" if at == len(word) - 1 else "M"
            places.append((part, kind, word))
    return places


def _shape(sign: str) -> str:
    if sign.isdigit():
        return "d"
    if sign.isascii():
        return "e" if sign.isalpha() else "p"
    return "z" if sign.isalpha() else "p"
