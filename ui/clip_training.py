"""A CLIP fine-tuned on the shop's own pictures and texts, judged on views that it has not seen."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from core import registry
from core.errors import ConfigError, MediaError
from core.photo_ports import PictureTextEncoder
from core.ports import Picture, Vectors
from core.shop.records import Product
from learning.evaluation.clip_views import ViewScores, ranks
from learning.training.clip import Recipe, Told, Trainer
from learning.training.clip_batches import Shown, Split, split_views
from learning.training.clip_ways import merged, prepare_way
from perception.seeing.distort import distorted
from perception.seeing.open_clip import CONFIG, Loaded
from perception.seeing.pixels import open_picture, resized
from perception.seeing.wordings import wordings

_SIDE = 256
"""Pixels a side at which pictures wait in memory."""
_WAITING = 1500
"""Pictures that wait there, 0.2 MB each."""
_CHUNK = 64
"""Pictures opened at once for the judging."""
_IMITATION = 99
"""Number from which the imitated photos of the judging are drawn; training draws others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What came of a run."""

    folder: Path
    before: ViewScores
    """Of the model that is there already, else of the one that training began with."""
    after: ViewScores
    replaced: bool
    """Whether the new one was better, and is in `folder` now."""
    pictures: int
    held_out: int


def shown_by(products: Sequence[Product], files: Mapping[Path, Sequence[tuple[str, str]]]) -> list[Shown]:
    """Return the catalogue's pictures with the texts that fit them; `files` tells the (product, sku)s of each.

    Raises `ConfigError`, which names them, when pictures cannot be read.
    """
    damaged = [f"{file} ({trouble})" for file in files if (trouble := _trouble(file))]
    if damaged:
        raise ConfigError(
            f"{len(damaged)} of {len(files)} pictures cannot be read; mend them or take them out of the catalogue: "
            + ", ".join(damaged[:3])
        )
    texts: dict[str, dict[str, None]] = {}
    for one in wordings({item.product_id: item for item in products}, {str(file): who for file, who in files.items()}):
        for picture in one.pictures:
            texts.setdefault(picture, {})[one.text] = None
    return [
        Shown(file=file, product=who[0][0], variant=who[0][1], texts=tuple(texts.get(str(file), ())))
        for file, who in files.items()
    ]


def train_clip(
    loaded: Loaded, shown: Sequence[Shown], recipe: Recipe, folder: Path, *, device: str, told: Told
) -> Trained:
    """Train, judge, and put the new model in `folder` if it is better than the one before.

    A run that was cut off goes on from its checkpoint beside `folder` when it is started alike. Raises
    `ConfigError` for a catalogue or a recipe that cannot be trained with.
    """
    split = split_views(shown)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as unfinished:
        old, new = Path(unfinished) / "old", Path(unfinished) / "new"
        if not (folder / CONFIG).is_file():
            _write(loaded, loaded.model, old)
        before = asyncio.run(_judged(folder if (folder / CONFIG).is_file() else old, split, device))
        model = prepare_way(loaded.model, recipe.way)
        Trainer(
            model=model,
            train=split.train,
            look=lambda one, number: torch.from_numpy(loaded.prepare(_taken(one.file, number))),
            tokenize=lambda texts: loaded.tokenizer(texts),
            recipe=recipe,
            device=device,
            checkpoint=folder.parent / f".{folder.name}.checkpoint",
        ).run(told)
        _write(loaded, merged(model, recipe.way), new)
        after = asyncio.run(_judged(new, split, device))
        if replaced := after.is_better_than(before):
            if folder.exists():
                shutil.move(folder, Path(unfinished) / "replaced")
            new.rename(folder)
    return Trained(
        folder=folder,
        before=before,
        after=after,
        replaced=replaced,
        pictures=len(split.train),
        held_out=len(split.held_out),
    )


async def _judged(folder: Path, split: Split, device: str) -> ViewScores:
    """Judge what a customer's photo would be answered with: the model as it is loaded from its folder."""
    encoder: PictureTextEncoder = registry.build("photos", f"open-clip:{folder}?device={device}", folder.parent)
    known = await _encoded(encoder, split.train, lambda one, _: open_picture(one.file))
    views = await _encoded(encoder, split.held_out, lambda one, _: open_picture(one.file))
    photos = await _encoded(encoder, split.held_out, lambda one, at: distorted(_opened(one.file), _IMITATION + at))
    said = [(text, one.product) for one in split.held_out for text in one.texts[:2]]
    texts = await encoder.encode_texts([text for text, _ in said])
    answers, products = [one.product for one in split.held_out], [one.product for one in split.train]
    of_views, of_photos = ranks(views, answers, known, products), ranks(photos, answers, known, products)
    of_texts = ranks(texts, [product for _, product in said], views, answers)
    return ViewScores(
        views=of_views[0],
        views_first=of_views[1],
        photos=of_photos[0],
        photos_first=of_photos[1],
        texts=of_texts[0],
        texts_first=of_texts[1],
    )


async def _encoded(
    encoder: PictureTextEncoder, shown: Sequence[Shown], open_one: Callable[[Shown, int], Picture]
) -> Vectors:
    rows = []
    for start in range(0, len(shown), _CHUNK):
        rows.append(await encoder.encode([open_one(one, start + at) for at, one in enumerate(shown[start:][:_CHUNK])]))
    return np.concatenate(rows)


def _taken(file: Path, number: int) -> Picture:
    """Return a picture on another ground, in another light and frame, maybe cut, maybe mirrored."""
    draw = np.random.default_rng(number)
    photo = distorted(_opened(file), int(draw.integers(2**32)))
    if draw.random() < 0.5:
        share = draw.uniform(0.6, 1.0)
        size = int(share * len(photo))
        top, left = draw.integers(0, len(photo) - size + 1, 2)
        photo = photo[top : top + size, left : left + size]
    return np.ascontiguousarray(photo[:, ::-1] if draw.random() < 0.5 else photo)


@lru_cache(maxsize=_WAITING)
def _opened(file: Path) -> Picture:
    return resized(open_picture(file), _SIDE, _SIDE)


def _trouble(file: Path) -> str:
    try:
        _opened(file)
    except MediaError as error:
        return "missing" if not file.is_file() else error.code
    return ""


def _write(loaded: Loaded, model: torch.nn.Module, folder: Path) -> None:
    """Write a model as open_clip reads it from a folder."""
    folder.mkdir(parents=True)
    told = {"model_cfg": loaded.config, "preprocess_cfg": model.visual.preprocess_cfg}  # type: ignore[union-attr]
    (folder / CONFIG).write_text(json.dumps(told, indent=1), encoding="utf-8")
    weights = {name: weight.detach().cpu().contiguous().clone() for name, weight in model.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    if hasattr(loaded.tokenizer, "save_pretrained"):
        loaded.tokenizer.save_pretrained(folder)
