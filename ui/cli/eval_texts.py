"""`zhanggui eval intents` and its kin: texts with labels, scores out."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.output import AsJson, settings, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from learning.datasets import LabelledText
    from learning.evaluation.labels import Guess

_TABLE = "TSV, CSV, JSON or JSON lines with a text and a label column"

Data = Annotated[Path | None, typer.Option(help=f"Score the built-in model on this file: {_TABLE}.")]
Train = Annotated[Path | None, typer.Option(help="Train on this file, in the same form, ...")]
Test = Annotated[Path | None, typer.Option(help="... and score on this one.")]
TrainSplit = Annotated[str, typer.Option(help="Lists of a JSON object to train on: train,oos_train.")]
TestSplit = Annotated[str, typer.Option(help="Lists of a JSON object to score on: val,oos_val.")]
Encoder = Annotated[list[str] | None, typer.Option(help="Spec of an encoder to train with; may be repeated.")]
Picture = Annotated[Path | None, typer.Option(help="Write which labels are taken for which: F.png or F.html.")]


def intents(
    context: typer.Context,
    data: Data = None,
    train: Train = None,
    test: Test = None,
    train_split: TrainSplit = "",
    test_split: TestSplit = "",
    encoder: Encoder = None,
    picture: Picture = None,
    as_json: AsJson = False,
) -> None:
    """Tell what customers want; report accuracy, what is rejected, and how honest the probabilities are.

    Labels may be a|b (either is right); oos, out_of_scope and NO_NODES_DETECTED are out of scope.
    """
    from learning.datasets import read_texts
    from learning.evaluation.labels import score_labels

    check_sources(data, train, test)
    chosen = settings(context)
    rows = read_texts(data or test or Path(), split=test_split)
    if train is None:
        from ui.intent_scores import of_built_in

        measured = asyncio.run(of_built_in(rows, chosen))
    else:
        from learning.training import require_libraries

        require_libraries()
        from ui.intent_scores import of_trained

        measured = asyncio.run(of_trained(read_texts(train, split=train_split), rows, chosen, encoder or ()))
    values = {
        **dataclasses.asdict(score_labels(rows, measured.guesses)),
        "ms_per_text": measured.ms_per_text,
        "train_s": measured.train_s,
    }
    draw(picture, rows, measured.guesses)
    tell(values, as_json=as_json)


def check_sources(data: Path | None, train: Path | None, test: Path | None) -> None:
    """Raise `ConfigError` unless there is either --data or both --train and --test."""
    from core.errors import ConfigError

    if bool(data) == bool(train) or bool(train) != bool(test):
        raise ConfigError("give either --data F, to score the built-in model, or both --train F and --test F")


def draw(picture: Path | None, rows: Sequence[LabelledText], guesses: Sequence[Guess]) -> None:
    """Write the confusion picture where one is wanted."""
    if picture is None:
        return
    from learning.evaluation.confusion import write_confusion
    from learning.evaluation.labels import truths

    write_confusion(picture, truths(rows, guesses), [guess.label for guess in guesses])
    typer.echo(f"wrote {picture}", err=True)


def tell(values: dict[str, object], *, as_json: bool) -> None:
    """Print the object, or a line for each value."""
    lines = (f"{name:18} {'-' if value is None else value}" for name, value in values.items())
    show(values, "\n".join(lines), as_json=as_json)
