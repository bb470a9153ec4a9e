"""Moods under measurement: the built-in word lists, or a model trained on the spot."""

from __future__ import annotations

import time
from collections.abc import Sequence

import typer

from core.errors import ConfigError
from core.understand.normalise import normalise
from core.understand.sentiment import sentiment
from learning.datasets import LabelledText
from ui.text_encoders import progress

_NAMES = {
    "good": frozenset({"1", "good", "positive", "pos", "正面", "好评"}),
    "bad": frozenset({"0", "-1", "bad", "negative", "neg", "负面", "差评"}),
    "neutral": frozenset({"neutral", "neu", "中性", "中评"}),
}


def of_built_in(rows: Sequence[LabelledText]) -> tuple[list[str], float]:
    """Return the labels by the clerk's own word lists, and milliseconds a text.

    Words that say nothing count as neutral where the set has that label, else as good: most people who
    complain do so in words. Raises `ConfigError` for labels that are not good, bad or neutral.
    """
    labels = {label for row in rows for label in row.labels}
    own = {kind: next((label for label in labels if label.lower() in names), "") for kind, names in _NAMES.items()}
    strange = sorted(labels - set(own.values()))
    if strange:
        known = ", ".join(sorted(name for names in _NAMES.values() for name in names))
        raise ConfigError(f"the built-in model knows no mood called {', '.join(strange[:5])}; it knows: {known}")
    began = time.perf_counter()
    scores = [sentiment(normalise(row.text)) for row in rows]
    spent_s = time.perf_counter() - began
    calm = own["neutral"] or own["good"]
    said = [own["good"] if score > 0 else own["bad"] if score < 0 else calm for score in scores]
    return said, round(1000 * spent_s / len(rows), 3)


def of_trained(train: Sequence[LabelledText], test: Sequence[LabelledText]) -> tuple[list[str], float]:
    """Train on one set; return the labels of the other, and milliseconds a text."""
    from learning.training.sentiment import train_sentiment

    known = {row.labels[0] for row in train}
    strange = sorted({label for row in test for label in row.labels} - known)
    if strange and not any(known & set(row.labels) for row in test):
        raise ConfigError(f"the training set knows none of the labels {', '.join(strange[:5])}: it has {sorted(known)}")
    if strange:
        typer.echo(f"labels that the training set does not have count as wrong: {', '.join(strange)}", err=True)
    with progress() as bar:
        bar.add_task("learning moods", total=None)
        model = train_sentiment(train)
        began = time.perf_counter()
        said = model.label([row.text for row in test])
    return said, round(1000 * (time.perf_counter() - began) / len(test), 3)
