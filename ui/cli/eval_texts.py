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


def sentiment(
    context: typer.Context,
    data: Data = None,
    train: Train = None,
    test: Test = None,
    picture: Picture = None,
    as_json: AsJson = False,
) -> None:
    """Tell moods (or any label of longer texts): good, bad, neutral; report accuracy and macro F1."""
    from learning.datasets import read_texts
    from learning.evaluation.labels import Guess, score_labels
    from ui import sentiment_scores

    check_sources(data, train, test)
    settings(context)
    rows = read_texts(data or test or Path())
    if train is None:
        said, each_ms = sentiment_scores.of_built_in(rows)
    else:
        from learning.training import require_libraries

        require_libraries()
        said, each_ms = sentiment_scores.of_trained(read_texts(train), rows)
    guesses = [Guess(label=label, confidence=1.0, in_scope=1.0) for label in said]
    scores = score_labels(rows, guesses)
    draw(picture, rows, guesses)
    values: dict[str, object] = {"accuracy": scores.accuracy, "macro_f1": scores.macro_f1, "rows": scores.rows}
    tell({**values, "ms_per_text": each_ms}, as_json=as_json)


def entities(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="Score the built-in rules on this file: a sign and its tag a line.")
    ] = None,
    train: Train = None,
    test: Test = None,
    as_json: AsJson = False,
) -> None:
    """Find names in text, in BIO form (CoNLL); report precision, recall and F1 over whole names."""
    from learning.evaluation.spans import read_tagged, score_spans
    from ui import entity_scores

    check_sources(data, train, test)
    settings(context)
    texts = read_tagged(data or test or Path())
    if train is None:
        said = entity_scores.of_built_in(texts)
    else:
        from learning.training import require_libraries

        require_libraries()
        said = entity_scores.of_trained(read_tagged(train), texts)
    tell(dataclasses.asdict(score_spans(texts, said)), as_json=as_json)


def pairs(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="Score likeness of vectors alone on this file: two texts and 1 or 0.")
    ] = None,
    train: Train = None,
    test: Test = None,
    encoder: Annotated[str, typer.Option(help="Spec of the encoder; default: backends.sentences.")] = "",
    as_json: AsJson = False,
) -> None:
    """Tell whether two questions ask the same; report the area under the ROC curve."""
    from learning.datasets import read_pairs
    from learning.evaluation.pairs import score_pairs
    from ui import pair_scores

    check_sources(data, train, test)
    chosen = settings(context)
    asked = read_pairs(data or test or Path())
    if train is None:
        chances = asyncio.run(pair_scores.of_built_in(asked, chosen))
    else:
        from learning.training import require_libraries

        require_libraries()
        chances = asyncio.run(pair_scores.of_trained(read_pairs(train), asked, chosen, encoder))
    tell(dataclasses.asdict(score_pairs(asked, chances, chances=train is not None)), as_json=as_json)
