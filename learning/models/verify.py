"""Whether a model's files are here and whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from learning.models.catalogue import Model, ModelFile
from learning.models.sources.download import digest


class State(StrEnum):
    """How a file was found."""

    WHOLE = "whole"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One file and its state."""

    model: str
    file: str
    state: State


def verify(model: Model, folder: Path, *, thorough: bool = True) -> tuple[Finding, ...]:
    """Return the state of every file, derived ones last; only sizes are compared unless `thorough`."""
    home = folder / model.name
    fetched = [Finding(model=model.name, file=file.name, state=state(file, home, thorough)) for file in model.files]
    derived = [
        Finding(model=model.name, file=name, state=State.WHOLE if _has_bytes(home / name) else State.MISSING)
        for name in model.derived
    ]
    return (*fetched, *derived)


def state(file: ModelFile, home: Path, thorough: bool) -> State:
    """Return the state of one file in the model's folder `home`."""
    path = home / file.name
    if not path.is_file():
        return State.MISSING
    if path.stat().st_size != file.size_bytes or (thorough and digest(path) != file.sha256):
        return State.DAMAGED
    return State.WHOLE


def _has_bytes(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
