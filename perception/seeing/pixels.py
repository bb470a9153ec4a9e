"""Pictures as arrays: opened from a file, cut, resized."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from core.errors import MediaError
from core.ports import Picture

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_SIDE = 640
"""Pixels of the longer side that is kept; the encoders look at 224 to 448."""


def open_picture(file: Path) -> Picture:
    """Return a picture from disk, upright, uint8 RGB, transparent parts white, at most 640 pixels a side.

    Raises `MediaError` ("damaged") when the file is no whole picture of a known format.
    """
    try:
        with Image.open(file, formats=_FORMATS) as image:
            image.draft("RGB", (_SIDE, _SIDE))
            _shrink(image)
            return np.asarray(_on_white(ImageOps.exif_transpose(image)))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise MediaError("damaged", f"{file} is not a readable picture: {error}") from error


def shrunk(picture: Picture) -> Picture:
    """Return the picture at most 640 pixels a side, as `open_picture` does: a dozen cuts are made of it."""
    if max(picture.shape[:2]) <= _SIDE:
        return picture
    image = Image.fromarray(picture)
    _shrink(image)
    return np.asarray(image)


def _shrink(image: Image.Image) -> None:
    # Whole steps by the mean of the pixels, and LANCZOS for the rest: of 1280 x 960 it takes a tenth of the time.
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS, reducing_gap=1)


def resized(picture: Picture, width: int, height: int) -> Picture:
    """Return the picture at another size, its shape squeezed to fit."""
    if picture.shape[:2] == (height, width):
        return np.ascontiguousarray(picture)
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC))


def checked(picture: Picture) -> Picture:
    """Return the picture when it is uint8 RGB of shape (height, width, 3); raise `MediaError` otherwise."""
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise MediaError("damaged", f"a picture must be uint8 (height, width, 3), not {picture.dtype} {picture.shape}")
    return picture


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    sheet = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(sheet, layer).convert("RGB")
