"""A white studio: shapes with light on them, drawn in a square of 100 by 100 units, y down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFilter

Paint: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[float, float]
Light: TypeAlias = Literal["tube", "ball", "down", "flat"]
"""How a surface lies to the light: a standing tube, a ball, lit from above, facing us."""
Texture: TypeAlias = Literal["", "knit", "weave", "fur", "grain", "rubber"]

SIZE = 640
"""Pixels of the drawing, twice those of the picture: what is drawn hard is scaled down soft."""
INK: Paint = (38, 38, 42)
STEEL: Paint = (176, 182, 188)
WOOD: Paint = (190, 142, 92)
SNOW: Paint = (242, 241, 238)
_WHITE = (252, 252, 252)


def paint(text: str) -> Paint:
    """Return the colour of "#rrggbb"."""
    red, green, blue, *_ = ImageColor.getrgb(text)
    return red, green, blue


def mix(one: Paint, other: Paint, share: float) -> Paint:
    """Return `one` with a share (0 to 1) of `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def dark(color: Paint, share: float = 0.35) -> Paint:
    """Return the colour nearer to black."""
    return mix(color, (0, 0, 0), share)


def pale(color: Paint, share: float = 0.35) -> Paint:
    """Return the colour nearer to white."""
    return mix(color, (255, 255, 255), share)


def smooth(points: Sequence[Point], closed: bool = True, steps: int = 10) -> list[Point]:
    """Return a curve through the points (Catmull-Rom)."""
    count = len(points)
    curve: list[Point] = []
    for at in range(count if closed else count - 1):
        if closed:
            a, b, c, d = (points[(at + k) % count] for k in (-1, 0, 1, 2))
        else:
            a, b, c, d = (points[min(max(at + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            curve.append((_between(a[0], b[0], c[0], d[0], t), _between(a[1], b[1], c[1], d[1], t)))
    return curve if closed else [*curve, points[-1]]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


@dataclass
class Studio:
    """One picture being drawn. Points are units of the drawing; `zoom`, `about` and `turn` place the camera."""

    zoom: float = 1.0
    about: Point = (50, 50)
    """What stands in the middle of the picture."""
    turn: float = 1.0
    """How wide things look: 1 from the front, 0.7 turned to the right, -0.7 to the left (and mirrored)."""
    image: Image.Image = field(default_factory=lambda: Image.new("RGBA", (SIZE, SIZE), (0, 0, 0, 0)))

    def poly(self, points: Sequence[Point], color: Paint, light: Light = "flat", texture: Texture = "") -> None:
        """Fill a polygon."""
        mask = Image.new("L", (SIZE, SIZE))
        ImageDraw.Draw(mask).polygon([self._at(point) for point in points], fill=255)
        self._fill(mask, color, light, texture)

    def blob(self, points: Sequence[Point], color: Paint, light: Light = "flat", texture: Texture = "") -> None:
        """Fill the smooth closed curve through the points."""
        self.poly(smooth(points), color, light, texture)

    def lathe(self, profile: Sequence[Point], color: Paint, x: float = 50, texture: Texture = "") -> None:
        """Turn a profile of (half width, y) about the vertical at `x`."""
        right = smooth(profile, closed=False)
        self.poly([(x + w, y) for w, y in right] + [(x - w, y) for w, y in reversed(right)], color, "tube", texture)

    def oval(
        self, x: float, y: float, rx: float, ry: float, color: Paint, light: Light = "ball", texture: Texture = ""
    ) -> None:
        """Fill an ellipse around (x, y)."""
        ring = [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 73)[:-1]]
        self.poly(ring, color, light, texture)

    def box(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        color: Paint,
        r: float = 0,
        light: Light = "down",
        texture: Texture = "",
    ) -> None:
        """Fill a rectangle with corners of radius `r`."""
        r = min(r, (x1 - x0) / 2, (y1 - y0) / 2)
        corners = ((x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180), (x1 - r, y0 + r, 270))
        points = [
            (cx + r * math.cos(math.radians(start + step)), cy + r * math.sin(math.radians(start + step)))
            for cx, cy, start in corners
            for step in range(0, 91, 15)
        ]
        self.poly(points, color, light, texture)

    def line(self, points: Sequence[Point], width: float, color: Paint, curved: bool = True) -> None:
        """Draw a rod along the points, round at its ends."""
        track = smooth(points, closed=False) if curved and len(points) > 2 else list(points)
        mask = Image.new("L", (SIZE, SIZE))
        pen = ImageDraw.Draw(mask)
        pixels = [self._at(point) for point in track]
        thick = max(1.0, width * self.zoom * SIZE / 100)
        pen.line(pixels, fill=255, width=max(1, round(thick)), joint="curve")
        for px, py in pixels if thick > 4 else ():
            pen.ellipse([px - thick / 2, py - thick / 2, px + thick / 2, py + thick / 2], fill=255)
        self._fill(mask, color, "flat", "")

    def seam(self, points: Sequence[Point], color: Paint, curved: bool = True) -> None:
        """Draw a thin line: stitching, an edge, a join."""
        self.line(points, 0.7, color, curved)

    def on_white(self, background: Image.Image | None = None) -> Image.Image:
        """Return the picture on white (or on `background`), with the thing's own shadow."""
        base = background.copy() if background else Image.new("RGB", (SIZE, SIZE), _WHITE)
        box = self.image.getbbox()
        if box and self.zoom <= 1.01:
            shadow = Image.new("L", (SIZE, SIZE))
            left, _, right, bottom = box
            flat = (right - left) * 0.07
            ImageDraw.Draw(shadow).ellipse(
                [left + 0.04 * (right - left), bottom - flat * 1.2, right + 0.02 * (right - left), bottom + flat * 0.8],
                fill=120,
            )
            base.paste((70, 70, 76), mask=shadow.filter(ImageFilter.GaussianBlur(SIZE / 60)))
        base.paste(self.image, mask=self.image.getchannel("A"))
        return base

    def _at(self, point: Point) -> Point:
        scale = SIZE / 100 * self.zoom
        return (
            SIZE / 2 + (point[0] - self.about[0]) * scale * self.turn,
            SIZE / 2 + (point[1] - self.about[1]) * scale,
        )

    def _fill(self, mask: Image.Image, color: Paint, light: Light, texture: Texture) -> None:
        box = mask.getbbox()
        if box is None:
            return
        part = mask.crop(box)
        soft = part.filter(ImageFilter.GaussianBlur(5 * self.zoom))
        height, width = part.height, part.width
        brightness, shine = _lit(light, width, height)
        # Edges turn away from us and get less light.
        brightness = brightness * (0.72 + 0.28 * np.asarray(soft, dtype=np.float32) / np.float32(255))
        if texture:
            brightness = brightness * _textured(texture, box, self.zoom)
        rgb = np.array(color, dtype=np.float32) * brightness[..., None] + 255 * shine[..., None]
        patch = Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8), "RGB").convert("RGBA")
        patch.putalpha(part)
        self.image.alpha_composite(patch, dest=(box[0], box[1]))


def _lit(light: Light, width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return brightness and shine of each pixel, from -1 to 1 in both directions."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    none = np.zeros((height, width), dtype=np.float32)
    if light == "tube":
        brightness = 0.66 + 0.42 * np.cos((x + 0.3) * 1.45) + 0 * y
        return brightness.astype(np.float32), (none + 0.16 * np.exp(-(((x + 0.45) / 0.11) ** 2))).astype(np.float32)
    if light == "ball":
        z = np.sqrt(np.clip(1 - x**2 - y**2, 0, 1))
        facing = np.clip(-0.45 * x - 0.55 * y + 0.7 * z, 0, 1.2)
        spot = 0.22 * np.exp(-((x + 0.38) ** 2 + (y + 0.45) ** 2) / 0.05)
        return (0.55 + 0.55 * facing).astype(np.float32), spot.astype(np.float32)
    if light == "down":
        return (1.08 - 0.1 * x - 0.16 * (y + 1)).astype(np.float32), none + 0.02
    return (1.02 - 0.05 * x - 0.05 * y).astype(np.float32), none


def _textured(texture: Texture, box: tuple[int, int, int, int], zoom: float) -> NDArray[np.float32]:
    """Return a factor for each pixel of the box; the pattern is fixed in the picture's own pixels."""
    left, top, right, bottom = box
    x = np.arange(left, right, dtype=np.float32)[None, :] / zoom
    y = np.arange(top, bottom, dtype=np.float32)[:, None] / zoom
    if texture == "knit":
        factor = 1 - 0.2 * np.abs(np.sin((x + 5 * np.abs(np.sin(y / 5))) / 6)) * np.abs(np.cos(y / 5))
    elif texture == "weave":
        factor = 1 + 0.05 * np.sign(np.sin(x / 1.7) * np.sin(y / 1.7))
    elif texture == "grain":
        factor = 1 + 0.07 * np.sin((y + 6 * np.sin(x / 60)) / 3.1) * np.cos(y / 17 + x / 90)
    else:
        grain = np.random.Generator(np.random.PCG64(7)).random((bottom - top, right - left), dtype=np.float32)
        factor = 1 + (0.26 if texture == "fur" else 0.1) * (grain - 0.5)
    return np.asarray(factor, dtype=np.float32)
