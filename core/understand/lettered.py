"""What may be made of the words in photos: numbers to look for among the customer's own, and signs of a fault.

Nothing here tells who a customer is by itself, and nothing here asks for anything to be done: whoever holds a photo
before a camera can print on it what they like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from core.errors import ConfigError
from core.types import (
    AskKnowledge,
    Command,
    CorrectSlot,
    Handoff,
    MatchDecision,
    Percept,
    ProductMatch,
    SetSlot,
    StartFlow,
)
from core.understand.entities import find_entities
from core.understand.normalise import normalise

READ = "read_numbers"
"""The slot with the numbers that stand in a photo."""
INSTRUCTS = "instruction_in_photo"
"""The flag of photos on which the clerk is told what to do; nothing is taken from them."""
FILE = Path(str(files("assets"))) / "knowledge" / "lettered.yaml"

_RUN = re.compile(r"[A-Za-z0-9#][A-Za-z0-9# .-]*")
"""A stretch of a line in which a number may stand, with the words of a label that belong to it."""
_LABEL = re.compile(r"[a-z]{2,}")
_UNCHECKED = 0.5
"""Confidence of what was read in a photo: below all that the customer types."""
_DIGITS = 4
_RUNS, _RUN_CHARS = 12, 60
_LINK = re.compile(r"://|www\.", re.IGNORECASE)
_ALIKE = str.maketrans("OQILSBZG", "00115826")
"""Letters that a reader takes for digits, and the other way round."""


def matters(words: str) -> bool:
    """Return whether the customer's words may be about what is written in a photo."""
    return _patterns()["matters"].search(words) is not None


def with_lettering(commands: Sequence[Command], words: str, percept: Percept) -> list[Command] | None:
    """Return what the words mean together with what stands in the photos; None where that adds nothing to them.

    Where a number was read, words that begin something are about the number and not about how the photo looks.
    """
    numbers = numbers_in(percept)
    known = next((one for one in percept.matches if one.decision is MatchDecision.MATCH), None)
    slots = [one for one in commands if isinstance(one, SetSlot | CorrectSlot)]
    begun = [one for one in commands if isinstance(one, StartFlow | Handoff)]
    read = SetSlot(slot=READ, value="|".join(numbers), source="photo", confidence=_UNCHECKED)
    if (signs := error_codes_in(percept)) and asks_meaning(words) and not begun:
        return [*slots, *_of(known), AskKnowledge(question=f"{words} {signs[0]}", source="photo")]
    if numbers and begun and known is None:
        return [*commands, read]
    if not words and known is None and order_ids_in(percept):
        return [read, StartFlow(flow="photo", source="photo")]
    return None


def _of(match: ProductMatch | None) -> list[Command]:
    """Return that a question is about the product of a photo."""
    if match is None:
        return []
    return [SetSlot(slot="product_id", value=match.product_id, source="photo", confidence=match.score)]


def numbers_in(percept: Percept) -> tuple[str, ...]:
    """Return the stretches of the photos' lines and codes that may hold an order's or a parcel's number."""
    runs = (run.group().strip(" .-")[:_RUN_CHARS] for line in _lines(percept) for run in _RUN.finditer(line))
    numbered = (run for run in runs if sum(sign.isdigit() for sign in run) >= _DIGITS)
    return tuple(dict.fromkeys(numbered))[:_RUNS]


def is_in(number: str, runs: tuple[str, ...]) -> bool:
    """Return whether a number of the shop's records stands in one of the stretches, letters read as digits or not.

    A number of few digits, such as #1001, counts only behind its sign: prices and years look the same.
    """
    signs = [sign for sign in number if sign.isalnum()]
    few = sum(sign.isdigit() for sign in signs) <= _DIGITS
    spaced = r"[ .-]{0,2}".join(re.escape(sign.upper().translate(_ALIKE)) for sign in signs)
    before = r"#\s?" if few else r"(?<![0-9])" if signs[0].isalpha() else r"(?<![0-9A-Z])"
    pattern = re.compile(rf"{before}{spaced}(?![0-9])")
    return any(pattern.search(_alike(run)) for run in runs)


def order_ids_in(percept: Percept) -> tuple[str, ...]:
    """Return what looks like order numbers in the photos, to be offered and not to be acted upon."""
    lines = [line for line in _lines(percept) if not _patterns()["parcel"].search(line)]
    named = (one for line in lines for one in find_entities(normalise(line), identifying=False, listing=False))
    return tuple(dict.fromkeys(one.value for one in named if one.kind == "order_id"))


def emails_in(percept: Percept) -> tuple[str, ...]:
    """Return the e-mail addresses in the photos, to be asked about and never to be believed.

    Those by which a shop is written to are no customer's.
    """
    named = (
        one for line in _lines(percept) for one in find_entities(normalise(line), identifying=False, listing=False)
    )
    addresses = dict.fromkeys(one.value for one in named if one.kind == "email")
    return tuple(one for one in addresses if not _patterns()["desk_address"].search(one))


def error_codes_in(percept: Percept) -> tuple[str, ...]:
    """Return the signs of a fault that a display shows."""
    lines = (one.text for one in percept.texts if INSTRUCTS not in percept.flags)
    found = (match for line in lines for match in _patterns()["error_codes"].finditer(line))
    return tuple(dict.fromkeys(next(filter(None, match.groups())).replace(" ", "") for match in found))


def asks_meaning(words: str) -> bool:
    """Return whether the words ask what a sign means, or what to do about it."""
    return _patterns()["asks_meaning"].search(words) is not None


def _lines(percept: Percept) -> Iterator[str]:
    """Yield lines and codes; a link is nowhere followed and nothing is read out of it."""
    if INSTRUCTS in percept.flags:
        return
    yield from (one.text for one in percept.texts if not _LINK.search(one.text))
    yield from (one.value for one in percept.codes if not _LINK.search(one.value))


def _alike(run: str) -> str:
    """Return a stretch as it is compared; small letters are a label's and part it from the number."""
    return _LABEL.sub(" ", run).upper().translate(_ALIKE)


@cache
def _patterns(file: Path = FILE) -> Mapping[str, re.Pattern[str]]:
    """Read the words; raises `ConfigError` naming the file and what is wrong."""
    raw: dict[str, list[str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    try:
        return {name: re.compile("|".join(each), re.IGNORECASE) for name, each in raw.items()}
    except re.error as error:
        raise ConfigError(f"{file}: {error.pattern!r} is no regular expression: {error}") from error
