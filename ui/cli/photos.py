"""`zhanggui photos`: look at the catalogue's pictures before customers send theirs."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.output import AsJson, readable_size, settings, show
from ui.cli.photos_search import search

if TYPE_CHECKING:
    from core.config import Settings
    from core.ports import ImageEncoder
    from perception.seeing.catalogue import CataloguePicture

app = typer.Typer(name="photos", help="Look at the catalogue's pictures.", no_args_is_help=True)
app.command("search")(search)


@app.command()
def index(
    context: typer.Context,
    shop: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A shop as `shop import` takes it, to be looked at before it is imported."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at the pictures of the shop's catalogue and build the index; only what is new takes time.

    It may be stopped at any moment and goes on where it ended, also while `zhanggui serve` runs: that takes
    the new index up by itself.
    """
    from rich.console import Console
    from rich.progress import Progress

    from perception.seeing.catalogue import catalogued
    from perception.seeing.learned import learned_file
    from ui.catalogue_pictures import INDEXED, memory_of

    config = settings(context)
    encoder = encoder_of(config)
    pictures = asyncio.run(pictures_of(config, shop))
    began = time.perf_counter()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        looking = bar.add_task("looking at new pictures", total=None)
        indexing = bar.add_task("building the index", total=None, visible=False)
        done = asyncio.run(
            catalogued(
                encoder,
                pictures,
                config.looks_dir,
                lambda done, of_all: bar.update(looking, completed=done, total=of_all),
                lambda done, of_all: bar.update(indexing, completed=done, total=of_all, visible=True),
                learned=learned_file(config.data_dir.expanduser(), encoder),
                memory=memory_of(config.data_dir.expanduser()),
            )
        )
    (config.looks_dir / INDEXED).touch()
    report = {
        "pictures": done.pictures,
        "new": done.new,
        "unchanged": done.pictures - done.new,
        "removed": done.removed,
        "damaged": list(done.damaged),
        "products": len(done.finder.shown_by),
        "seconds": round(time.perf_counter() - began, 1),
        "folder": str(done.folder),
        "disk_bytes": _size(done.folder),
    }
    text = (
        f"{done.pictures} pictures of {len(done.finder.shown_by)} products can be found: {done.new} new, "
        f"{done.pictures - done.new} unchanged; {done.removed} removed, {len(done.damaged)} damaged or missing; "
        f"{report['seconds']} s, {readable_size(_size(done.folder))} in {done.folder}"
    )
    show(report, "\n".join([text, *(f"  left out: {file}" for file in done.damaged)]), as_json=as_json)


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Tell how much of the catalogue has been looked at, with which encoder, and what that takes on disk."""
    from perception.seeing.contents import read_contents
    from perception.seeing.look_book import LookBook
    from ui.catalogue_pictures import memory_of

    config = settings(context)
    encoder = encoder_of(config)
    pictures = asyncio.run(pictures_of(config, None))
    book = asyncio.run(LookBook.open(config.looks_dir, encoder))
    memory = memory_of(config.data_dir.expanduser())
    contents = read_contents([item.path for item in pictures], memory, remember=False)
    keys = sorted(set(contents.keys.values()))
    seen = len(book.store.rows_of(keys))
    report = {
        "encoder": config.backends.photos,
        "pictures": len(keys),
        "looked_at": seen,
        "missing": [str(file) for file in contents.unreadable],
        "folder": str(book.store.folder),
        "disk_bytes": _size(book.store.folder),
    }
    text = (
        f"{seen} of {len(keys)} pictures have been looked at with {config.backends.photos}; "
        f"{len(contents.unreadable)} files are missing; {readable_size(_size(book.store.folder))} "
        f"in {book.store.folder}"
    )
    show(report, text if seen == len(keys) else f"{text}\nrun: zhanggui photos index", as_json=as_json)


def encoder_of(config: Settings) -> ImageEncoder:
    """Return the encoder that is configured; raises `ConfigError` where none is."""
    from core import registry
    from core.errors import ConfigError

    if not config.backends.photos:
        raise ConfigError('backends.photos is empty: set it, for example to "efficientnet:efficientnet-lite0"')
    built: ImageEncoder = registry.build("photos", config.backends.photos, config.models.folder.expanduser())
    return built


async def pictures_of(config: Settings, path: Path | None) -> list[CataloguePicture]:
    """Return the pictures of the imported shop (the demo shop without one), or of the shop at `path`."""
    from core.journal.store import Store
    from core.shop.formats.detect import read_shop
    from core.shop.pictures import located
    from ui.catalogue_pictures import catalogue_pictures
    from ui.shop_folder import open_shop

    if path is not None:
        found = read_shop(path)
        return catalogue_pictures(found.records.products.values(), lambda picture: located(found.folder, picture))
    data = config.data_dir.expanduser()
    store = Store(data / "zhanggui.db")
    try:
        shop = await open_shop(store, data)
        return catalogue_pictures(await shop.products(), shop.picture_path)
    finally:
        store.close()


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
