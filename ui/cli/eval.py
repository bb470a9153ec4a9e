"""`zhanggui eval`: measure the parts on labelled data."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from core import registry
from core.config import load
from core.errors import ZhangguiError
from core.ports import ImageEncoder
from learning.evaluation.photos import LabelledPhoto, PhotoScores, Ranking, read_photos, score_photos
from perception.seeing.catalogue import CataloguePicture, build_finder
from perception.seeing.pixels import open_picture

app = typer.Typer(help="Measure the parts on labelled data.", no_args_is_help=True)


@app.callback()
def _measure() -> None:
    """Measure the parts on labelled data."""


@app.command()
def photos(
    catalogue: Annotated[Path, typer.Option(help="CSV of catalogue pictures: file, and sku or product.")],
    queries: Annotated[Path, typer.Option(help="CSV of customers' photos: file, and sku or product.")],
    catalogue_split: Annotated[str, typer.Option(help="Use rows with this view or split only: main,back.")] = "",
    queries_split: Annotated[str, typer.Option(help="The same for the photos.")] = "",
    encoder: Annotated[str, typer.Option(help="Spec of the encoder; default: backends.photos.")] = "",
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Find products by photo and report recall, mrr and how many unknown things were rejected."""
    try:
        known = read_photos(catalogue, split=catalogue_split)
        asked = read_photos(queries, split=queries_split)
        settings = load()
        cache = settings.data_dir.expanduser() / "photos"
        spec = encoder or settings.backends.photos
        scores = asyncio.run(_score(spec, settings.models.folder.expanduser(), cache, known, asked))
    except ZhangguiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    _print(scores, json_)


async def _score(
    spec: str, models: Path, cache: Path, known: tuple[LabelledPhoto, ...], asked: tuple[LabelledPhoto, ...]
) -> PhotoScores:
    encoder: ImageEncoder = registry.build("photos", spec, models)
    pictures = [CataloguePicture(product_id=item.product, sku=item.product, path=item.file) for item in known]
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking at the catalogue", total=None)
        finder = await build_finder(
            encoder, pictures, cache, progress=lambda done, of_all: bar.update(task, completed=done, total=of_all)
        )
        task = bar.add_task("looking at the photos", total=None)

        async def rank(file: Path, hidden: AbstractSet[str]) -> Ranking:
            seen = await finder.sight(open_picture(file), hidden=hidden)
            bar.advance(task)
            return Ranking(
                products=tuple(candidate.product_id for candidate in seen.candidates), decision=seen.decision
            )

        return await score_photos(rank, asked, {item.product for item in known})


def _print(scores: PhotoScores, as_json: bool) -> None:
    values = dataclasses.asdict(scores)
    if as_json:
        typer.echo(json.dumps(values))
        return
    for name, value in values.items():
        typer.echo(f"{name:18} {'-' if value is None else value}")
