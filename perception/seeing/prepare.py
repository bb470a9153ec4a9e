"""Pictures as a network of the CLIP family wants them: resized, cropped or padded, normalised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.ports import Picture

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
"""Of the pictures that CLIP was trained on, by channel; most of its kin use the same."""
_KERNELS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}

Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Turn a picture into float32 (3, side, side), as open_clip's own transform does, without torch."""

    side: int
    mean: tuple[float, ...] = CLIP_MEAN
    std: tuple[float, ...] = CLIP_STD
    interpolation: str = "bicubic"
    resize: Literal["shortest", "longest", "squash"] = "shortest"
    """The shorter side is fitted and the rest cut off, the longer one is and the rest padded, or both are."""
    fill: int = 0
    """Grey value of the padding."""

    def __call__(self, picture: Picture) -> Pixels:
        """Return the network's input for one uint8 RGB picture of any size."""
        image = self._framed(Image.fromarray(picture))
        values = np.asarray(image, np.float32) / 255
        return np.ascontiguousarray(
            ((values - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)).transpose(2, 0, 1)
        )

    def _framed(self, image: Image.Image) -> Image.Image:
        width, height = image.size
        kernel = _KERNELS.get(self.interpolation, Image.Resampling.BICUBIC)
        if self.resize == "squash":
            return image.resize((self.side, self.side), kernel)
        if self.resize == "longest":
            ratio = max(width, height) / self.side
            size = (max(1, round(width / ratio)), max(1, round(height / ratio)))
        else:
            shorter = min(width, height)
            size = (int(self.side * width / shorter), int(self.side * height / shorter))
        return self._centred(image.resize(size, kernel))

    def _centred(self, image: Image.Image) -> Image.Image:
        """Cut to the square, or stand in the middle of a filled one."""
        left, top = (image.width - self.side) / 2, (image.height - self.side) / 2
        if min(left, top) < 0:
            sheet = Image.new("RGB", (self.side, self.side), (self.fill,) * 3)
            sheet.paste(image, (int(-left), int(-top)))
            return sheet
        return image.crop((round(left), round(top), round(left) + self.side, round(top) + self.side))
