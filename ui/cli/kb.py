"""`zhanggui kb`: what the clerk can look up beside the shop's records."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.kb_graph import graph
from ui.cli.output import AsJson, settings, show

if TYPE_CHECKING:
    from core.config import Settings
    from core.journal.store import Store
    from core.knowledge.shelf import Shelf, Version

app = typer.Typer(
    name="kb",
    help="Import documents that the clerk quotes from, and look at what it knows.",
    no_args_is_help=True,
)
app.command("graph")(graph)

DocumentId = Annotated[str, typer.Argument(metavar="ID", help="The document's id, as `kb list` shows it.")]
_SHOWN = 70


@app.command("import")
def import_documents(
    context: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH_OR_URL...",
            help="Files, folders or web pages: Markdown, HTML, PDF, DOCX, text; CSV or JSON of questions with answers.",
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Import documents; what was imported before gets a new version, what did not change is left alone.

    Sentences that give the clerk orders ("ignore your instructions ...") and hidden text are left out of what is
    searched and quoted, and reported. A web page is fetched only from a public address. Exit code 1 when any
    source could not be imported; the others are imported all the same.
    """
    from ui.kb_import import import_sources

    done, failed = asyncio.run(import_sources(settings(context), sources))
    lines = []
    for source, put in done:
        lines.append(f"{put.change:9} {put.id} (version {put.version}, {put.passages} passages) from {source}")
        lines += [f"  left out, it speaks to the clerk: {_short(sentence)}" for sentence in put.left_out]
    lines += [f"failed    {problem}" for _, problem in failed]
    report = {
        "imported": [{"source": source, **dataclasses.asdict(put)} for source, put in done],
        "failed": [{"source": source, "error": problem} for source, problem in failed],
    }
    show(report, "\n".join(lines), as_json=as_json)
    if failed:
        raise typer.Exit(1)


@app.command("list")
def list_documents(context: typer.Context, as_json: AsJson = False) -> None:
    """List the documents with their current versions."""
    found = asyncio.run(_versions(settings(context), ""))
    lines = [
        f"{one.id:24} v{one.version:<3} {len(one.passages):4} passages  {_day(one.at)}  {one.title} ({one.source})"
        for one in found
    ]
    text = "\n".join(lines) or "no documents yet; `zhanggui kb import PATH_OR_URL` brings some in"
    show({"documents": [_brief(one) for one in found]}, text, as_json=as_json)


@app.command("show")
def show_document(
    context: typer.Context,
    document: DocumentId,
    version: Annotated[int | None, typer.Option(help="An older version.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a document's versions and its passages, with what was left out of them."""
    from core.errors import DocumentError

    found = asyncio.run(_versions(settings(context), document))
    chosen = next((one for one in found if one.version == version or (version is None and one.current)), None)
    if chosen is None:
        raise DocumentError(
            f"{document!r} has no version {version} (versions: {', '.join(str(o.version) for o in found)})"
        )
    lines = [f"{chosen.title} ({chosen.source})"]
    lines += [f"  version {o.version}, {_day(o.at)}{', current' if o.current else ''}" for o in found]
    for passage in chosen.passages:
        lines += ["", f"[doc:{chosen.id}#{passage.section}] {' > '.join(passage.headings)}", passage.text]
        lines += [f"  left out: {sentence}" for sentence in passage.left_out]
    report = {
        **_brief(chosen),
        "versions": [_brief(one) for one in found],
        "sections": [dataclasses.asdict(passage) for passage in chosen.passages],
    }
    show(report, "\n".join(lines), as_json=as_json)


@app.command("remove")
def remove_document(context: typer.Context, document: DocumentId, as_json: AsJson = False) -> None:
    """Forget a document with all its versions."""

    async def work() -> int:
        async with _shelf(settings(context)) as shelf:
            return await shelf.remove(document)

    gone = asyncio.run(work())
    show({"id": document, "versions_removed": gone}, f"removed {document} ({gone} versions)", as_json=as_json)


@app.command("rollback")
def roll_back(
    context: typer.Context,
    document: DocumentId,
    to: Annotated[int | None, typer.Option(help="The version to search again; default: the one before.")] = None,
    as_json: AsJson = False,
) -> None:
    """Search an older version of a document again; no version is lost."""

    async def work() -> int:
        async with _shelf(settings(context)) as shelf:
            return await shelf.roll_back(document, to)

    version = asyncio.run(work())
    show({"id": document, "version": version}, f"{document} is at version {version} again", as_json=as_json)


@asynccontextmanager
async def _shelf(config: Settings) -> AsyncIterator[Shelf]:
    from core.knowledge.shelf import Shelf  # first, for the store creates the tables it knows of

    store = _store(config)
    try:
        yield Shelf(store)
    finally:
        store.close()


def _store(config: Settings) -> Store:
    from core.journal.store import Store

    return Store(config.data_dir.expanduser() / "zhanggui.db")


async def _versions(config: Settings, document: str) -> tuple[Version, ...]:
    async with _shelf(config) as shelf:
        return await shelf.versions(document)


def _brief(one: Version) -> dict[str, Any]:
    return {
        "id": one.id,
        "source": one.source,
        "version": one.version,
        "current": one.current,
        "title": one.title,
        "format": one.format,
        "sha256": one.sha256,
        "imported_at": datetime.fromtimestamp(one.at).astimezone().isoformat(timespec="seconds"),
        "passages": len(one.passages),
        "left_out": [sentence for passage in one.passages for sentence in passage.left_out],
    }


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at):%Y-%m-%d}"


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= _SHOWN else f"{sentence[:_SHOWN]}..."
