"""What of a model's words about a photo is left unsaid.

A photo shows a crack; it does not show whose fault that is, what is to be done about it or which product it is. And
who can put a photo before a model can write on it. So each sentence that judges, promises, names a product that the
photo index did not find, or obeys, is left out, whatever made the model say it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from core.dialogue.sight import Seen
from core.errors import ConfigError
from core.generation.claims import claims
from core.generation.promises import unkept
from core.generation.prompts import LOOKS, SEEING, SEEN_IN
from core.knowledge.instructions import sift
from core.knowledge.lexicon import Lexicon
from core.knowledge.links import LINK
from core.knowledge.naming import product_mentions
from core.knowledge.sentences import sentences
from core.shop.records import Product
from core.types import Language
from core.understand.language import detect

FILE = Path(str(files("assets"))) / "knowledge" / "unsaid.yaml"

_OURS = "\n".join((SEEING, *LOOKS.values()))
"""What the model was asked, which a poor one repeats."""
_LEAKS = 20
"""Characters of it that are no chance: "damage" stands in it, too."""
_EXACT = frozenset({"link", "id", "money", "date"})
"""Claims that belong to what is written in a photo, and not to how it looks."""
_NAMED = 0.85
"""Strength from which a product is named, and not only something of its kind."""
_SENTENCES, _CHARS = 3, 200
_LINES, _LINE_CHARS = 12, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of goods, and which of them may be named."""

    catalogue: Sequence[Product]
    lexicon: Lexicon
    found: Collection[str]
    """The ids of the products that the photo index found."""

    def others_in(self, sentence: str) -> bool:
        """Return whether a sentence names a product that the photo index did not find."""
        mentions = product_mentions(sentence, tuple(self.catalogue), self.lexicon)
        return any(one.strength >= _NAMED and one.product_id not in self.found for one in mentions)


def admitted(said: Seen, *, language: Language, names: Names) -> Seen:
    """Return what of a model's answer may be told; `left_out` says why the rest may not."""
    left_out: list[str] = []
    visible: list[str] = []
    for sentence in (one for part in said.visible for one in sentences(part)):
        why = next(_faults(sentence, language, names), "")
        (left_out if why else visible).append(why or sentence[:_CHARS])
    # An order that is broken over several lines shows only in all of them.
    sifted = sift("\n".join(" ".join(line.split()) for line in said.text))
    left_out += ["instruction" for _ in sifted.left_out]
    lines = [line[:_LINE_CHARS] for line in sifted.text.split("\n") if line]
    unlinked = [LINK.sub("…", line) for line in lines]
    left_out += ["link" for line, bare in zip(lines, unlinked, strict=True) if line != bare]
    return Seen(
        visible=tuple(dict.fromkeys(visible))[:_SENTENCES],
        text=tuple(dict.fromkeys(unlinked))[:_LINES],
        is_unsure=said.is_unsure,
        left_out=tuple(dict.fromkeys(left_out)),
    )


def _faults(sentence: str, language: Language, names: Names) -> Iterator[str]:
    """Yield the reasons for which a sentence about what is visible may not be told."""
    if sift(sentence).left_out:
        yield "instruction"
    if (len(sentence) >= _LEAKS and sentence in _OURS) or sentence.startswith(SEEN_IN):
        yield "leak"
    yield from (kind for kind, pattern in _patterns() if pattern.search(sentence))
    if any(unkept(sentence, "")):
        yield "verdict"
    for one in claims(sentence):
        # The "一块" of "缺了一块" is a piece, and no money.
        if one.kind in _EXACT and (one.kind != "money" or any(map(str.isdecimal, one.written))):
            yield one.kind
    if names.others_in(sentence):
        yield "product"
    if detect(sentence) not in (None, language):
        yield "language"


@cache
def _patterns(file: Path = FILE) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Read the patterns; raises `ConfigError` naming the file and what is wrong."""
    raw: dict[str, Iterable[str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    try:
        return tuple((kind, re.compile("|".join(each), re.IGNORECASE)) for kind, each in raw.items())
    except re.error as error:
        raise ConfigError(f"{file}: {error.pattern!r} is no regular expression: {error}") from error
