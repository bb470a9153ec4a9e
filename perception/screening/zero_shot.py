"""A check by an encoder of pictures and texts: whether a photo is nearer to a bad description or to a harmless one.

Zero-shot classification, Radford et al. 2021, https://arxiv.org/abs/2103.00020, section 3.1 (extra: photo-clip).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import numpy as np
import yaml

from core.errors import ConfigError
from core.photo_ports import PictureTextEncoder
from core.ports import Capabilities, Picture, Vectors
from core.types import Screening
from perception.seeing.pixels import checked

FILE = Path(str(files("assets"))) / "lexicon" / "screening.yaml"
_SHARPNESS = 100.0
"""What CLIP's own temperature comes to after training (section 2.5 there)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroShotScreen:
    """Withhold pictures that look more like a bad description than like any harmless one."""

    encoder: PictureTextEncoder
    name: str
    threshold: float
    texts: dict[str, list[str]]
    """Label -> descriptions; those of "" are harmless."""
    _known: list[Vectors] = field(default_factory=list)
    _once: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def capabilities(self) -> Capabilities:
        """Say where the encoder computes."""
        return self.encoder.capabilities

    async def screen(self, picture: Picture, *, attachment_id: str) -> Screening:
        """Return the likeliest bad label, with the share of all of them; raises `MediaError` for what is no picture."""
        labels = [label for label, lines in self.texts.items() for _ in lines]
        near = _SHARPNESS * (await self._described() @ (await self.encoder.encode([checked(picture)]))[0])
        share = np.exp(near - near.max())
        share /= share.sum()
        scores = {label: float(share[[one == label for one in labels]].sum()) for label in self.texts}
        bad = {label: score for label, score in scores.items() if label}
        label = max(bad, key=lambda one: bad[one])
        score = sum(bad.values())
        is_withheld = score >= self.threshold
        return Screening(
            attachment_id=attachment_id,
            label=label if is_withheld else "",
            score=min(1.0, score),
            by=f"zero-shot by {self.name}, at {self.threshold}",
            is_withheld=is_withheld,
        )

    async def _described(self) -> Vectors:
        async with self._once:
            if not self._known:
                lines = [line for each in self.texts.values() for line in each]
                self._known.append(await self.encoder.encode_texts(lines))
        return self._known[0]


def descriptions(file: Path = FILE) -> dict[str, list[str]]:
    """Read the descriptions; raises `ConfigError` for a file without bad or without harmless ones."""
    read: dict[str, list[str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not read.get("") or len(read) < 2 or not all(read.values()):
        raise ConfigError(f'{file}: expected lists of descriptions by label, and the harmless ones under ""')
    return read


def build(
    model: str, models: Path, *, weights: str = "", device: str = "cpu", threshold: float = 0.8
) -> ZeroShotScreen:
    """Load the encoder: "clip:ViT-B-32?weights=FILE"; model and weights as of the photos backend "open-clip".

    Raises what that one raises, and `ConfigError` for a threshold that is no share.
    """
    if not 0 < threshold <= 1:
        raise ConfigError(f"the screen backend 'clip': threshold={threshold} is not between 0 and 1")
    from perception.seeing.open_clip import build as build_encoder

    encoder = build_encoder(model, models, weights=weights, device=device)
    return ZeroShotScreen(encoder=encoder, name=f"{model} {weights}".strip(), threshold=threshold, texts=descriptions())
