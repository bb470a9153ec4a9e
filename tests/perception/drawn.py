"""Pictures with words on them, drawn for the tests: labels, receipts, screens, slips; sharp or as phones take them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from core.ports import Picture

_FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "PingFang SC")


@cache
def font_file() -> Path | None:
    """Return a font with Chinese letters of this machine, None where there is none."""
    found = shutil.which("fc-match")
    for family in _FAMILIES if found else ():
        told = subprocess.run(
            ["fc-match", "-f", "%{family}|%{file}", family], capture_output=True, text=True, check=False
        )
        name, _, file = told.stdout.partition("|")
        if family in name:
            return Path(file)
    return None


def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font; skips the test where the machine has no Chinese one."""
    file = font_file()
    if file is None:
        pytest.skip("no font with Chinese letters is installed (Debian: fonts-noto-cjk)")
    return ImageFont.truetype(str(file), size)


def sheet(lines: Sequence[str], *, size: int = 28, ink: str = "black", paper: str = "white") -> Picture:
    """Return lines below each other on paper or a screen."""
    letters = font(size)
    width = int(max(letters.getlength(line) for line in lines)) + 4 * size
    image = Image.new("RGB", (width, (2 * len(lines) + 2) * size), paper)
    draw = ImageDraw.Draw(image)
    for at, line in enumerate(lines):
        draw.text((2 * size, int((1 + 1.9 * at) * size)), line, fill=ink, font=letters)
    return np.asarray(image)


def photographed(picture: Picture, *, seed: int = 0, blur: float = 0.8, tilt: float = 0.06) -> Picture:
    """Return the picture as a phone takes it: on a table, from the side, not quite sharp, with noise."""
    draw = np.random.default_rng(seed)
    image = Image.fromarray(picture)
    width, height = image.size
    room = Image.new("RGB", (int(width * 1.2), int(height * 1.2)), tuple(int(v) for v in draw.integers(90, 190, 3)))
    room.paste(image, (width // 10, height // 10))
    wide, high = room.size
    corners = np.array([(0, 0), (0, high), (wide, high), (wide, 0)], float)
    seen = corners + draw.uniform(-tilt, tilt, (4, 2)) * (wide, high)
    room = room.transform(
        room.size, Image.Transform.QUAD, tuple(seen.ravel()), Image.Resampling.BICUBIC, fillcolor="gray"
    )
    room = room.filter(ImageFilter.GaussianBlur(blur))
    noisy = np.asarray(room, np.float32) * draw.uniform(0.75, 1.05) + draw.normal(0, 5, (*room.size[::-1], 3))
    return np.clip(noisy, 0, 255).astype(np.uint8)
