"""Import files, folders and web pages into the knowledge base, with a progress bar."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from core import registry
from core.config import Settings
from core.errors import BackendError, DocumentError, ModelMissingError
from core.journal.store import Store
from core.knowledge.chunks import of_document
from core.knowledge.imports.document import Document
from core.knowledge.imports.reading import MOST_BYTES, SUFFIXES, read_document
from core.knowledge.remembered import RememberingEncoder
from core.knowledge.shelf import Put, Shelf
from ui.page_fetch import fetch


async def import_sources(
    config: Settings, sources: Sequence[str]
) -> tuple[list[tuple[str, Put]], list[tuple[str, str]]]:
    """Import every source; return what was done and, for those that failed, why."""
    store = Store(config.data_dir.expanduser() / "zhanggui.db")
    done: list[tuple[str, Put]] = []
    failed: list[tuple[str, str]] = []
    try:
        shelf = Shelf(store)
        listed = [found for source in sources for found in await asyncio.to_thread(_files, source)]
        with _bar() as bar:
            reading = bar.add_task("reading", total=len(listed))
            for source in listed:
                try:
                    done.append((source, await shelf.put(await _read(source), source)))
                except (DocumentError, OSError) as error:
                    failed.append((source, _told(source, error)))
                bar.advance(reading)
            if any(put.change in ("new", "updated") for _, put in done):
                await _encode(config, store, shelf, bar)
    finally:
        store.close()
    return done, failed


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _is_address(source: str) -> bool:
    return "://" in source


def _files(source: str) -> list[str]:
    """Return the absolute path of a file, those of a folder's documents, or the address itself."""
    if _is_address(source):
        return [source]
    path = Path(source).expanduser().resolve()
    if not path.is_dir():
        return [str(path)]
    return sorted(str(file) for file in path.rglob("*") if file.is_file() and file.suffix.lower() in SUFFIXES)


async def _read(source: str) -> Document:
    if _is_address(source):
        page = await fetch(source)
        return await asyncio.to_thread(
            read_document, page.data, page.url, media_type=page.media_type, charset=page.charset
        )
    path = Path(source)
    size = (await asyncio.to_thread(path.stat)).st_size
    if size > MOST_BYTES:
        raise DocumentError(f"{path.name} has {size >> 20} MB; {MOST_BYTES >> 20} MB are allowed: split it")
    return await asyncio.to_thread(lambda: read_document(path.read_bytes(), path.name))


def _told(source: str, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{source}: {error.strerror or error}"
    return str(error)


async def _encode(config: Settings, store: Store, shelf: Shelf, bar: Progress) -> None:
    """Encode the passages now, so that no customer waits for it; without a model the words alone are searched."""
    try:
        encoder = await asyncio.to_thread(
            registry.build, "sentences", config.backends.sentences, config.models.folder.expanduser()
        )
    except (ModelMissingError, BackendError):
        return  # `serve` says so
    task = bar.add_task("encoding", total=None)
    remembering = RememberingEncoder(
        encoder=encoder,
        name=config.backends.sentences,
        store=store,
        progress=lambda now, of_all: bar.update(task, completed=now, total=of_all),
    )
    texts = [text for page in await shelf.pages() for text in of_document(page).sentences]
    await remembering.encode(texts)
