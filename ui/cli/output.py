"""What every command shares: its settings, and one JSON object or text for people."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import typer

if TYPE_CHECKING:
    from core.config import Settings

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
"""The type of every command's `as_json` parameter."""
Profile: TypeAlias = Annotated[str, typer.Option("--profile", help="Where models run: cpu, gpu, or a TOML file.")]
"""The type of the `profile` parameter of commands that load models."""
Row = TypeVar("Row")

_FORMAT = "%(levelname)s %(name)s: %(message)s"


class _Brief(logging.Formatter):
    """Tell an exception by its last line."""

    def formatException(self, ei: Any) -> str:
        return f"  {ei[0].__name__}: {ei[1]}"


def settings(context: typer.Context, *, pack: str | None = None, profile: str = "cpu") -> Settings:
    """Return the settings from the file that --config named, or the usual places; `pack` wins over theirs.

    They win over those of `profile`.
    """
    from core.config import load  # pydantic takes a fifth of a second; `--help` does not need it

    return load(context.find_root().obj, profile=profile, **({"pack": pack} if pack else {}))


def start_logging(level: str, *, beside_talk: bool = False) -> None:
    """Tell what happens from `level` ("info", ...) on, on standard error.

    `beside_talk`: whoever types wants warnings at most, and errors in one line; "debug" still tells all.
    """
    told = logging.StreamHandler(sys.stderr)
    told.setFormatter((_Brief if beside_talk and level != "debug" else logging.Formatter)(_FORMAT))
    logging.basicConfig(level="WARNING" if beside_talk and level == "info" else level.upper(), handlers=[told])
    # They log addresses, some with tokens in them, each step of a call, and which processor they were built for.
    for chatty in ("httpx", "faster_whisper", "telegram", "apscheduler", "aioice", "aiortc", "faiss"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def spread(rows: Sequence[Row], limit: int | None) -> Sequence[Row]:
    """Return at most `limit` rows, taken evenly from the whole set; all of them without a limit."""
    if limit is None or limit >= len(rows):
        return rows
    return [rows[at * len(rows) // limit] for at in range(limit)]


def show(value: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print the object or, for people, the text."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2) if as_json else text)


def readable_size(size_bytes: int) -> str:
    """Return a size as people read it."""
    if size_bytes < 1e5:
        return f"{size_bytes / 1e3:.1f} kB"
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes < 1e8 else f"{size_bytes / 1e6:.0f} MB"


def looking() -> Callable[[int, int], None]:
    """Return what tells on standard error how far the catalogue's pictures have been looked at, in tenths."""
    told = 0

    def tell(done: int, of_all: int) -> None:
        nonlocal told
        if (tenths := done * 10 // of_all) != told:
            told = tenths
            typer.echo(f"looking at the catalogue's pictures: {done} of {of_all}", err=True)

    return tell
