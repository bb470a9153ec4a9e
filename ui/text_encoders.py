"""Texts to vectors for training and measuring, with every encoder that fits them, and progress."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core import registry
from core.config import Settings
from core.errors import ModelMissingError
from core.ports import TextEncoder, Vectors

BESIDE = "onnx:all-minilm-l6-v2"
"""Taken beside the configured encoder where texts are English: both together are a percent better than one."""

_BATCH = 64
_HAN_SHARE = 0.05
"""Of all characters, from which a set counts as Chinese."""


@contextmanager
def progress() -> Iterator[Progress]:
    """Show a bar on standard error, gone when the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield bar


def encoders_for(texts: Sequence[str], settings: Settings, specs: Sequence[str]) -> list[TextEncoder]:
    """Build the encoders of `specs`, or the configured one and, for texts in its language, the one beside it.

    Where that one's files are missing a line on standard error tells how to get them, and it goes on without.
    """
    folder = settings.models.folder.expanduser()
    if specs:
        return [registry.build("sentences", spec, folder) for spec in specs if spec]
    own = settings.backends.sentences
    encoders: list[TextEncoder] = [registry.build("sentences", own, folder)] if own else []
    if own in ("", BESIDE) or is_chinese(texts):
        return encoders
    try:
        encoders.append(registry.build("sentences", BESIDE, folder))
    except ModelMissingError as error:
        typer.echo(f"going on without a second encoder, which costs about 1 % accuracy: {error}", err=True)
    return encoders


def is_chinese(texts: Sequence[str]) -> bool:
    """Return whether the set as a whole is in Chinese."""
    characters = "".join(texts[:5000])
    return sum("\u4e00" <= sign <= "\u9fff" for sign in characters) > _HAN_SHARE * len(characters)


async def vectors_of(encoders: Sequence[TextEncoder], texts: Sequence[str], bar: Progress, what: str) -> list[Vectors]:
    """Return each encoder's vectors of all texts."""
    views = []
    for encoder in encoders:
        task = bar.add_task(f"reading the {what}", total=len(texts))
        parts = [np.zeros((0, encoder.capabilities.dimension or 0), np.float32)]
        for start in range(0, len(texts), _BATCH):
            parts.append(await encoder.encode(texts[start : start + _BATCH]))
            bar.update(task, completed=min(start + _BATCH, len(texts)))
        bar.remove_task(task)
        views.append(np.concatenate(parts))
    return views
