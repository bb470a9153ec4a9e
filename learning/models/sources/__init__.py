"""Where model files come from: a local folder, the model hub, data members of Python packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias

from core.errors import ZhangguiError
from learning.models.catalogue import Model, ModelFile

Tell: TypeAlias = Callable[[str, int, int | None], None]
"""Called as `tell(what, done_bytes, total_bytes)` while something comes in; the total may be unknown."""


class SourceError(ZhangguiError):
    """A source cannot give a file; the next one is tried."""


class UnreachableError(SourceError):
    """The source itself is not to be had; it is not asked again in this run."""


class Source(Protocol):
    """One place to get files from. What it gives is checked by whoever asked."""

    @property
    def name(self) -> str:
        """Return its name in `models.sources`."""
        ...

    def fetch(self, model: Model, file: ModelFile, into: Path, tell: Tell) -> None:
        """Write the file's bytes to `into`; raises `SourceError` with the reason when it cannot.

        The folder of `into` is the source's to keep half-finished downloads in, for the next try.
        """
        ...
