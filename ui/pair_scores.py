"""Pairs of questions under measurement: likeness of their vectors alone, or a model trained on the spot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from core import registry
from core.config import Settings
from core.errors import ConfigError
from core.ports import TextEncoder, Vectors
from learning.datasets import TextPair
from ui.text_encoders import progress, vectors_of


async def of_built_in(pairs: Sequence[TextPair], settings: Settings) -> NDArray[np.float64]:
    """Return the cosine of the two vectors, nothing learned."""
    encoder = _encoder(settings, "")
    with progress() as bar:
        one, other = await _both(encoder, pairs, bar, "pairs")
    return np.asarray((one * other).sum(axis=1), np.float64)


async def of_trained(
    train: Sequence[TextPair], test: Sequence[TextPair], settings: Settings, spec: str
) -> NDArray[np.float64]:
    """Train on one set; return the chance for each pair of the other that both ask the same."""
    from learning.training.pairs import train_pairs

    encoder = _encoder(settings, spec)
    with progress() as bar:
        one, other = await _both(encoder, train, bar, "training pairs")
        fitting = bar.add_task("fitting", total=None)
        model = train_pairs(train, one, other)
        bar.remove_task(fitting)
        return model.chances(test, *await _both(encoder, test, bar, "test pairs"))


def _encoder(settings: Settings, spec: str) -> TextEncoder:
    chosen = spec or settings.backends.sentences
    if not chosen:
        raise ConfigError('pairs are compared by sentence vectors: set backends.sentences, or --encoder "use"')
    encoder: TextEncoder = registry.build("sentences", chosen, settings.models.folder.expanduser())
    return encoder


async def _both(encoder: TextEncoder, pairs: Sequence[TextPair], bar: Progress, what: str) -> tuple[Vectors, Vectors]:
    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.one, pair.other)))
    (rows,) = await vectors_of([encoder], texts, bar, what)
    place = {text: at for at, text in enumerate(texts)}
    return rows[[place[pair.one] for pair in pairs]], rows[[place[pair.other] for pair in pairs]]
