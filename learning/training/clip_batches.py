"""What a CLIP is trained on: pictures of a catalogue, each with the texts that fit it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One picture of the catalogue."""

    file: Path
    product: str
    variant: str
    """Those of one variant show the same; a product's variants differ."""
    texts: tuple[str, ...]
    """At least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """What is learned from, and the views that are kept aside to judge by."""

    train: tuple[Shown, ...]
    held_out: tuple[Shown, ...]
    """Each of a variant that has another view in `train`."""


def split_views(shown: Sequence[Shown]) -> Split:
    """Keep the last view of every second variant that has several; the same pictures split the same way.

    Raises `ConfigError`, which says what is lacking, where nothing could be learned or judged.
    """
    if len({one.product for one in shown}) < 2:
        raise ConfigError("training needs pictures of two products at least: there is nothing to tell apart")
    if not any(text.strip() for one in shown for text in one.texts):
        raise ConfigError("training needs texts beside the pictures: the products have no names and no descriptions")
    told = [one for one in shown if any(text.strip() for text in one.texts)]
    views: dict[str, list[Shown]] = {}
    for one in told:
        views.setdefault(one.variant, []).append(one)
    several = [of_one for of_one in views.values() if len(of_one) > 1]
    held_out = [of_one[-1] for of_one in (several[::2] if len(several) > 1 else several)]
    if not held_out:
        raise ConfigError(
            "training is judged on views that it has not seen, and every variant has one picture: add a second view"
        )
    kept = {id(one) for one in held_out}
    return Split(train=tuple(one for one in told if id(one) not in kept), held_out=tuple(held_out))


def batch_of(train: Sequence[Shown], step: int, size: int, seed: int) -> list[Shown]:
    """Return the pictures of one step: all of them once an epoch, in an order that the step alone decides."""
    places = (divmod(place, len(train)) for place in range(step * size, (step + 1) * size))
    return [train[_order(len(train), seed, epoch)[at]] for epoch, at in places]


@lru_cache(maxsize=2)
def _order(count: int, seed: int, epoch: int) -> list[int]:
    order: list[int] = np.random.default_rng((seed, epoch)).permutation(count).tolist()
    return order


def text_of(one: Shown, step: int, place: int, seed: int) -> str:
    """Return one of the picture's texts, drawn for this step."""
    texts = [text for text in one.texts if text.strip()]
    return texts[int(np.random.default_rng((seed, step, place)).integers(len(texts)))]
