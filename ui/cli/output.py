"""What every command shares: its settings, and one JSON object or text for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from core.config import Settings

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
"""The type of every command's `as_json` parameter."""


def settings(context: typer.Context) -> Settings:
    """Return the settings from the file that --config named, or the usual places."""
    from core.config import load  # pydantic takes a fifth of a second; `--help` does not need it

    return load(context.find_root().obj)


def show(value: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print the object or, for people, the text."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2) if as_json else text)


def readable_size(size_bytes: int) -> str:
    """Return a size as people read it."""
    if size_bytes < 1e5:
        return f"{size_bytes / 1e3:.1f} kB"
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes < 1e8 else f"{size_bytes / 1e6:.0f} MB"


def looking(done: int, of_all: int) -> None:
    """Tell on standard error how far the catalogue's pictures have been looked at, in tenths."""
    if done == of_all or done * 10 // of_all > (done - 1) * 10 // of_all:
        typer.echo(f"looking at the catalogue's pictures: {done} of {of_all}", err=True)
