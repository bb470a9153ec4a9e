"""The command line. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.

A command imports what it needs when it runs, so that `zhanggui --help` answers at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from core.errors import ConfigError, ZhangguiError
from ui.cli import bench, calls, doctor, eval, explain, kb, mcp, models, pack, photos, serve, shop, talk, test, train

app = typer.Typer(
    name="zhanggui",
    help="Zhanggui (掌柜): the clerk of an online shop. It sees, hears, speaks and settles business.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(models.app)
app.add_typer(eval.app)
app.add_typer(train.app)
app.add_typer(photos.app)
app.add_typer(shop.app)
app.add_typer(kb.app)
app.add_typer(pack.app)
app.add_typer(photos.app)
app.command("demo")(serve.demo)
app.command("serve")(serve.serve)
app.command("chat")(talk.chat)
app.command("ask")(talk.ask)
app.command("mcp")(mcp.mcp)
app.command("calls")(calls.calls)
app.command("call")(calls.call)
app.command("explain")(explain.explain)
app.command("test")(test.test)
app.add_typer(bench.app)
app.command("doctor")(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("zhanggui"))
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration, instead of zhanggui.toml.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Keep what holds for every command; `ui.cli.output.settings` reads it."""
    context.obj = config


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code; an error is one clear message, never a traceback.

    With --json an error is an object on standard output, too, so that a program always finds one there.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=given)
    except (ZhangguiError, OSError) as error:  # OSError: a full disk, a folder that may not be read
        code = 2 if isinstance(error, ConfigError) else 1
        if "--json" in given:
            problem = {"type": type(error).__name__, "message": _told(error)}
            typer.echo(json.dumps({"error": problem}, ensure_ascii=False))
        typer.echo(f"zhanggui: {_told(error)}", err=True)
        raise SystemExit(code) from error


def _told(error: Exception) -> str:
    """Return what an error says, without the system's own number of it."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
