"""What customers say while they are being advised: another one, not this one, why, I'll take it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from core.errors import ConfigError
from core.knowledge.lexicon import FOLDER

FILE = FOLDER / "advice.yaml"


@dataclass(frozen=True, slots=True)
class Moves:
    """Patterns by the move that they tell of."""

    patterns: Mapping[str, re.Pattern[str]]
    settles: re.Pattern[str]

    def read(self, text: str) -> str:
        """Return the move that normalised words make, "" for none: the first in the order of the file."""
        moves = _OF_ORDERS if self.settles.search(text) else (one for one in self.patterns if one not in _WORDS)
        move = next((move for move in moves if self.says(move, text)), "")
        return self._of_consent(text) if move == "personal_on" else move

    def says(self, move: str, text: str) -> bool:
        """Return whether the words make this very move."""
        return self.patterns[move].search(text) is not None

    def deciding(self, text: str) -> Iterator[re.Match[str]]:
        """Return the words that say that something is bought, or which by its place; nothing of what it is."""
        return self.patterns["deciding"].finditer(text)

    def _of_consent(self, text: str) -> str:
        """Return what words are that speak of advice from one's own orders: only a plain request is a consent."""
        found = self.patterns["personal_on"].search(text)
        clause = _CLAUSE.split(text[: found.start()])[-1] + found[0] if found else text
        if self.says("refuses", clause):
            return "personal_off"
        return "personal_ask" if self.says("whether", text) else "personal_on"


_CLAUSE = re.compile(r"[，,。.;；!！?？\n]")
_WORDS = ("asks", "brand", "too_dear", "refuses", "whether", "deciding")
"""What only tells more of a move."""
_OF_ORDERS = ("personal_off", "personal_on")
"""Moves that speak of orders without settling anything of theirs."""
_FIRST = (
    *_OF_ORDERS,
    "why",
    "why_shown",
    "cart",
    "not_this",
    "other",
    "any",
    "buy",
    "order",
    *_WORDS,
)


@cache
def load_moves(file: Path = FILE) -> Moves:
    """Read the patterns; raises `ConfigError` naming the file for a missing move or a broken pattern."""
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    try:
        around = raw["courtesy"]
        wholes = {move: rf"^{around}(?:{_any(own)}){around}$" for move, own in raw["whole"].items()}
        parts = {move: _any(own) for move, own in raw["part"].items()}
        every = {move: re.compile(own, re.IGNORECASE) for move, own in (wholes | parts).items()}
        return Moves({move: every[move] for move in _FIRST}, re.compile(raw["settles"], re.IGNORECASE))
    except (KeyError, TypeError, re.error) as error:
        raise ConfigError(f"{file}: {error}") from error


def _any(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{one})" for one in patterns)
