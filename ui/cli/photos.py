"""`zhanggui photos`: the catalogue's pictures."""

from __future__ import annotations

import typer

from ui.cli.photos_search import search

app = typer.Typer(name="photos", help="Look after the catalogue's pictures.", no_args_is_help=True)


@app.callback()
def _photos() -> None:
    """Look after the catalogue's pictures."""


app.command("search")(search)
