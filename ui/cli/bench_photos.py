"""`zhanggui bench photos`: how a large catalogue is searched on this machine."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.output import AsJson, settings, show


def photos(
    context: typer.Context,
    skus: Annotated[int, typer.Option(min=100, help="Products of the catalogue, a picture each.")] = 100_000,
    catalogue: Annotated[
        Path | None,
        typer.Option(metavar="F.csv", help="Real pictures to draw it from, as for `eval photos`; default: the shop's."),
    ] = None,
    split: Annotated[str, typer.Option(help="Use rows of that table with this view or split only: main,back.")] = "",
    as_json: AsJson = False,
) -> None:
    """Draw a large catalogue from real looks; time building it, photos to products, and the search beside an exact one.

    It takes some 4 kB of disk a product while it runs, in the folder for temporary files.
    """
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from learning.evaluation.photos import read_photos
    from perception.seeing.catalogue import CataloguePicture
    from ui.cli.photos import encoder_of, pictures_of
    from ui.photos_speed import measure

    config = settings(context)
    if catalogue is None:
        like = asyncio.run(pictures_of(config, None))
    else:
        table = read_photos(catalogue, split=split)
        like = [CataloguePicture(product_id=item.product, sku=item.variant, path=item.file) for item in table]
    with Progress(console=Console(stderr=True), transient=True) as bar, tempfile.TemporaryDirectory() as folder:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, of_all: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what)
            bar.update(tasks[what], completed=done, total=of_all)

        report = asyncio.run(measure(encoder_of(config), like, skus, Path(folder), tell))
    show(report, "\n".join(f"{name:26} {value}" for name, value in report.items()), as_json=as_json)
