"""`zhanggui eval commands`: what messages are taken for, with a language model and without."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.output import AsJson, settings, show, spread, start_logging


def commands(
    context: typer.Context,
    data: Annotated[
        Path, typer.Option(exists=True, help="Messages with the intents of the built-in shop, in a table or JSON.")
    ],
    limit: Annotated[int | None, typer.Option(min=1, help="Read so many of them only, spread over the set.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read messages by rules and classifier, and again with the configured language model as third rung."""
    from rich.console import Console
    from rich.progress import Progress

    from learning.datasets import read_texts
    from ui.command_scores import score

    config = settings(context)
    start_logging("error", beside_talk=True)
    rows = spread(read_texts(data), limit)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        reading = bar.add_task("reading", total=len(rows))
        scores = asyncio.run(score(config, rows, lambda: bar.advance(reading)))
    values = dataclasses.asdict(scores)
    show(values, "\n".join(f"{name:20} {value}" for name, value in values.items()), as_json=as_json)
