"""`zhanggui models`: fetch, list and check model files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ui.cli.models_export import export
from ui.cli.output import AsJson, readable_size, settings, show

if TYPE_CHECKING:
    from learning.models.pull import Pulled, Step, Watch

app = typer.Typer(name="models", help="Fetch, list and check model files.", no_args_is_help=True)
app.command("export")(export)

Names: TypeAlias = Annotated[
    list[str] | None, typer.Argument(metavar="NAME", show_default=False, help="Names from `zhanggui models list`.")
]


@app.command()
def pull(
    context: typer.Context,
    names: Names = None,
    every: Annotated[bool, typer.Option("--all", help="Also the optional models.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch models: the named ones, or those that the defaults and the configuration need."""
    from learning.models import catalogue
    from learning.models import pull as puller

    config = settings(context)
    known = catalogue.load()
    if names or every:
        chosen = catalogue.choose(known, known if every else names or ())
    else:
        defaults = tuple(model for model in known.values() if model.default)
        chosen = tuple(dict.fromkeys((*defaults, *catalogue.needed(known, config))))
    folder = config.models.folder.expanduser()
    with _progress() as watch:
        pulled = puller.pull(chosen, folder, puller.sources(config.models), watch)
    fetched = [file for file in pulled if file.source != "here"]
    size = readable_size(sum(file.size_bytes for file in fetched))
    text = f"{len(pulled)} files in {folder}; {len(fetched)} of them new ({size})"
    show({"folder": str(folder), "files": [asdict(file) for file in pulled]}, text, as_json=as_json)


@app.command("list")
def list_models(context: typer.Context, as_json: AsJson = False) -> None:
    """List the known models and which of them are here."""
    from learning.models import catalogue
    from learning.models.verify import State, verify

    folder = settings(context).models.folder.expanduser()
    rows = []
    for model in catalogue.load().values():
        here = all(found.state is State.WHOLE for found in verify(model, folder, thorough=False))
        rows.append(
            {
                "name": model.name,
                "here": here,
                "default": model.default,
                "size_bytes": model.size_bytes,
                "licence": model.licence,
                "languages": list(model.languages),
                "use": model.use,
            }
        )
    lines = [
        f"{'here' if row['here'] else '-':5} {row['name']:32} {readable_size(int(str(row['size_bytes']))):>9}"
        f"  {'default ' if row['default'] else 'optional'}  {row['use']} [{row['licence']}]"
        for row in rows
    ]
    show({"folder": str(folder), "models": rows}, "\n".join([f"{folder}:", *lines]), as_json=as_json)


@app.command()
def verify(context: typer.Context, names: Names = None, as_json: AsJson = False) -> None:
    """Check the files' hashes: of the named models, or of the default ones and all that are here."""
    from learning.models import catalogue
    from learning.models import verify as verifier

    folder = settings(context).models.folder.expanduser()
    known = catalogue.load()
    usual = (model.name for model in known.values() if model.default or (folder / model.name).is_dir())
    chosen = catalogue.choose(known, names or usual)
    found = [finding for model in chosen for finding in verifier.verify(model, folder)]
    bad = sorted({finding.model for finding in found if finding.state is not verifier.State.WHOLE})
    lines = [f"{finding.state:8} {finding.model}/{finding.file}" for finding in found]
    lines.append(f"Mend with: zhanggui models pull {' '.join(bad)}" if bad else f"All files in {folder} are whole.")
    report = {"ok": not bad, "folder": str(folder), "files": [asdict(finding) for finding in found]}
    show(report, "\n".join(lines), as_json=as_json)
    if bad:
        raise typer.Exit(1)


@contextmanager
def _progress() -> Iterator[Watch]:
    """Show bars where somebody looks at standard error, else a line for each file that is in place."""
    from learning.models.pull import Pulled

    if not sys.stderr.isatty():

        def tell(event: Step | Pulled) -> None:
            if isinstance(event, Pulled) and event.source != "here":
                typer.echo(f"{event.model}/{event.file} {readable_size(event.size_bytes)} ({event.source})", err=True)

        yield tell
        return

    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
    from rich.table import Column

    one_line = Column(no_wrap=True)
    columns = (
        TextColumn("{task.description}", table_column=one_line),
        BarColumn(bar_width=20),
        DownloadColumn(table_column=one_line),
        TextColumn("[dim]{task.fields[what]}", table_column=Column(no_wrap=True, overflow="ellipsis")),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def draw(event: Step | Pulled) -> None:
            """Draw one bar a model, of what is coming in at the moment."""
            if isinstance(event, Pulled):
                return
            if event.model not in tasks:
                tasks[event.model] = bars.add_task(event.model, what=event.what)
            task = tasks[event.model]
            bars.update(task, completed=event.done_bytes, total=event.total_bytes, what=event.what)

        yield draw
