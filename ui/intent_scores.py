"""Intents under measurement: the built-in classifier, or one trained on the spot."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import typer

from core import registry
from core.config import Settings
from core.errors import ConfigError
from core.understand.normalise import normalise
from core.understand.sentences import load_intents
from core.understand.training import trained
from learning.datasets import OUT_OF_SCOPE, LabelledText
from learning.evaluation.labels import Guess
from learning.training.intents import train_intents, usable
from ui.text_encoders import encoders_for, progress, vectors_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The guesses, and what they cost."""

    guesses: tuple[Guess, ...]
    ms_per_text: float
    """Reading (its vectors) and judging one text, among many."""
    train_s: float = 0.0
    """From the training texts to the model."""


async def of_built_in(rows: Sequence[LabelledText], settings: Settings) -> Measured:
    """Let the shop's own classifier judge; raises `ConfigError` when it knows none of the labels."""
    intents = load_intents()
    _check_known([row.labels for row in rows], {intent.name for intent in intents} | {OUT_OF_SCOPE}, "built-in model")
    spec = settings.backends.sentences
    encoder = registry.build("sentences", spec, settings.models.folder.expanduser()) if spec else None
    model = await trained(intents, encoder)
    guesses = []
    with progress() as bar:
        began = time.perf_counter()
        texts = [normalise(row.text) for row in rows]
        views = await vectors_of([encoder] if encoder else [], texts, bar, "texts")
        for at, text in enumerate(texts):
            scores = model.scores(text, views[0][at] if views else None)
            outside = sum(score.probability for score in scores if score.name == OUT_OF_SCOPE)
            best = scores[0]
            guesses.append(Guess(label=best.name, confidence=best.probability, in_scope=1 - outside))
        spent_s = time.perf_counter() - began
    return Measured(guesses=tuple(guesses), ms_per_text=_each_ms(spent_s, rows))


async def of_trained(
    train: Sequence[LabelledText], test: Sequence[LabelledText], settings: Settings, specs: Sequence[str]
) -> Measured:
    """Train on one set and judge the other; raises `ConfigError` where training cannot be."""
    rows = usable(train)
    _check_known([row.labels for row in test], {row.labels[0] for row in rows} | {OUT_OF_SCOPE}, "training set")
    encoders = encoders_for([row.text for row in rows], settings, specs)
    with progress() as bar:
        began = time.perf_counter()
        views = await vectors_of(encoders, [row.text for row in rows], bar, "training texts")
        step = bar.add_task("", total=None)
        model = train_intents(rows, views, lambda doing: bar.update(step, description=doing))
        bar.remove_task(step)
        train_s = time.perf_counter() - began
        began = time.perf_counter()
        texts = [row.text for row in test]
        guesses = model.guess(texts, await vectors_of(encoders, texts, bar, "test texts"))
        spent_s = time.perf_counter() - began
    return Measured(guesses=tuple(guesses), ms_per_text=_each_ms(spent_s, test), train_s=round(train_s, 1))


def _check_known(labels: Sequence[tuple[str, ...]], known: set[str], what: str) -> None:
    strange = sorted({row[0] for row in labels if not known & set(row)})
    hit = any(known - {OUT_OF_SCOPE} & set(row) for row in labels) or all(OUT_OF_SCOPE in row for row in labels)
    if strange and not hit:
        raise ConfigError(
            f"the {what} knows none of the labels ({', '.join(strange[:5])}, ...); it knows: {', '.join(sorted(known))}"
        )
    if strange:
        typer.echo(f"labels that the {what} does not know count as wrong: {', '.join(strange)}", err=True)


def _each_ms(spent_s: float, rows: Sequence[LabelledText]) -> float:
    return float(np.round(1000 * spent_s / max(len(rows), 1), 2))
