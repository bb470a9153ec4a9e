"""Make the classifier from the written sentences, or take the one that ships."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.ports import TextEncoder, Vectors
from core.resilience import in_worker
from core.understand.classifier import Classifier, load, save, train
from core.understand.normalise import normalise
from core.understand.sentences import FOLDER, Intent

SHIPPED = FOLDER / "weights.npz"
"""The classifier for the default encoder, written by `python -m core.understand`."""

_BATCH = 64
_PROBE = "我的订单什么时候到? where is my order?"
_SAME = 0.999
"""Cosine of the probe's vectors above which two encoders are the same one."""


async def trained(
    intents: Sequence[Intent], encoder: TextEncoder | None, shipped: Path = SHIPPED, *, keep: bool = False
) -> Classifier:
    """Return a classifier of all sentences: the shipped one when it fits encoder and sentences, else a new one.

    Training anew takes an encoding of every sentence, some seconds, and about a second of arithmetic; with
    `keep`, what was trained with an encoder is written to `shipped` for the next time.
    """
    texts, labels = pairs(intents)
    if encoder is None:
        return await in_worker(train, texts, labels, None)
    probe = (await encoder.encode([_PROBE]))[0]
    model = await in_worker(_fitting, shipped, fingerprint(intents), probe)
    if model is None:
        model = await in_worker(train, texts, labels, await encoded(texts, encoder))
        if keep:
            await in_worker(_keep, model, shipped, fingerprint(intents), probe)
    return model


def _keep(model: Classifier, file: Path, own: str, probe: np.ndarray) -> None:
    """Write the weights aside and put them in place whole: another process may read them meanwhile."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{uuid.uuid4().hex}.npz")
    save(model, aside, fingerprint=own, probe=probe)
    aside.replace(file)


async def ship(intents: Sequence[Intent], encoder: TextEncoder, file: Path = SHIPPED) -> None:
    """Train on all sentences and write what ships; the same sentences give the same weights."""
    texts, labels = pairs(intents)
    model = train(texts, labels, await encoded(texts, encoder))
    save(model, file, fingerprint=fingerprint(intents), probe=(await encoder.encode([_PROBE]))[0])


def fingerprint(intents: Sequence[Intent]) -> str:
    """Return a hash of all sentences with their labels."""
    texts, labels = pairs(intents)
    lines = (f"{label}\t{text}" for text, label in zip(texts, labels, strict=True))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _fitting(file: Path, wanted: str, probe: np.ndarray) -> Classifier | None:
    if not file.is_file():
        return None
    try:
        model, own, own_probe = load(file)
    except KeyError:  # weights of an older form
        return None
    same = own_probe.shape == probe.shape and float(own_probe @ probe) > _SAME
    return model if same and own == wanted else None


def pairs(intents: Sequence[Intent]) -> tuple[list[str], list[str]]:
    """Return all sentences, normalised, and the intent of each."""
    said = [(normalise(text), intent.name) for intent in intents for own in intent.sentences.values() for text in own]
    return [text for text, _ in said], [label for _, label in said]


async def encoded(texts: Sequence[str], encoder: TextEncoder) -> Vectors:
    """Return the vectors, computed some at a time: others wait for the same encoder."""
    parts = [await encoder.encode(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
    return np.vstack(parts)
