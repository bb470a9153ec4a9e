"""Make customers' photos of the demo shop's products: `python -m assets.demo_shop.photos FOLDER`.

They show what the catalogue does not: other views, table tops and carpets, a hand's crooked angle, lamp
light, blur, noise and hard JPEG. FOLDER gets images.csv (file, sku, product_id, view); things that the
shop does not sell have neither sku nor product_id. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from assets.demo_shop.backdrops import BACKDROPS, backdrop, noise
from assets.demo_shop.catalogue import paints, products
from assets.demo_shop.drawing import unsold
from assets.demo_shop.drawing.studio import SIZE, Studio, paint
from assets.demo_shop.pictures import Shot, draw, shots

UNSOLD = {
    "banana": "#e8c53a",
    "cactus": "#4c8a4e",
    "guitar": "#a8642e",
    "fish": "#e0762c",
    "hammer": "#9a6a3c",
    "car": "#b8342f",
}
_TILT_DEG = 22
_BEND = 0.09
"""How far a corner may be off, as a share of the side, when the camera looks askew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo to be taken; `shot` is None for a thing that the shop does not sell."""

    name: str
    shot: Shot | None
    thing: str = ""


def planned(each: int) -> Iterator[Photo]:
    """Yield `each` photos of every product, its colours in turn, and of every unsold thing."""
    by_product: dict[str, list[Shot]] = {}
    for shot in shots(products()):
        if shot.view == "main":
            by_product.setdefault(shot.product.product_id, []).append(shot)
    for key, colors in by_product.items():
        for number in range(each):
            yield Photo(name=f"{key}-{number}", shot=colors[number % len(colors)])
    for thing in UNSOLD:
        for number in range(each):
            yield Photo(name=f"unsold-{thing}-{number}", shot=None, thing=thing)


def take(photo: Photo, *, seed: int = 1, size: int = 480) -> tuple[Image.Image, int]:
    """Return the photo, `size` pixels square, and the JPEG quality of the phone that took it."""
    lot = Random(f"{seed} {photo.name}")  # noqa: S311 - photos for measuring, nothing secret
    studio = Studio(zoom=0.62 + 0.28 * lot.random(), about=(44 + 12 * lot.random(), 44 + 12 * lot.random()))
    studio.turn = (0.84 + 0.14 * lot.random()) * (-1 if lot.random() < 0.3 else 1)
    if photo.shot:
        draw(studio, photo.shot.product, paint(paints()[photo.shot.color]))
    else:
        getattr(unsold, photo.thing)(studio, paint(UNSOLD[photo.thing]))
    studio.image = _askew(studio.image, lot)
    behind = backdrop(list(BACKDROPS)[int(lot.random() * len(BACKDROPS))], lot, SIZE)
    picture = _lit(studio.on_white(behind), lot)
    edge = int(SIZE * 0.06 * lot.random())
    picture = picture.crop((edge, edge, SIZE - edge, SIZE - edge)).resize((size, size), Image.Resampling.LANCZOS)
    picture = picture.filter(ImageFilter.GaussianBlur(1.3 * lot.random()))
    return _grainy(picture, lot), 45 + int(35 * lot.random())


def write(folder: Path, photos: list[Photo], *, seed: int = 1, size: int = 480) -> None:
    """Take the photos and write them with their images.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "images.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(("file", "sku", "product_id", "view"))
        for done, photo in enumerate(photos, 1):
            picture, quality = take(photo, seed=seed, size=size)
            picture.save(folder / f"{photo.name}.jpg", "JPEG", quality=quality)
            sku, product = (photo.shot.sku, photo.shot.product.product_id) if photo.shot else ("", "")
            rows.writerow((f"{photo.name}.jpg", sku, product, "customer" if photo.shot else "unknown"))
            sys.stderr.write(f"\r{done} of {len(photos)} photos")
    sys.stderr.write("\n")


def _askew(image: Image.Image, lot: Random) -> Image.Image:
    """Return the thing turned in the picture and seen at a slant."""
    turned = image.rotate(_TILT_DEG * (2 * lot.random() - 1), Image.Resampling.BICUBIC)
    corners = [(0, 0), (SIZE, 0), (SIZE, SIZE), (0, SIZE)]
    bent = [(x + SIZE * _BEND * (2 * lot.random() - 1), y + SIZE * _BEND * (2 * lot.random() - 1)) for x, y in corners]
    rows = []
    for (x, y), (u, v) in zip(corners, bent, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    answers = np.array([value for corner in bent for value in corner])
    plane = tuple(float(value) for value in np.linalg.solve(np.array(rows, dtype=float), answers))
    return turned.transform((SIZE, SIZE), Image.Transform.PERSPECTIVE, plane, Image.Resampling.BICUBIC)


def _lit(picture: Image.Image, lot: Random) -> Image.Image:
    """Return the picture under a lamp from one side, warm or cold, bright or dim."""
    angle = 2 * math.pi * lot.random()
    at = np.linspace(-1, 1, SIZE, dtype=np.float32)
    slope = math.cos(angle) * at[None, :] + math.sin(angle) * at[:, None]
    light = (0.72 + 0.4 * lot.random()) * (1 + 0.22 * slope) * (0.92 + 0.16 * noise(lot, SIZE, 220))
    warmth = 0.12 * (2 * lot.random() - 1)
    rgb = np.asarray(picture, dtype=np.float32) * light[..., None] * np.array((1 + warmth, 1, 1 - warmth))
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def _grainy(picture: Image.Image, lot: Random) -> Image.Image:
    seeds = np.random.Generator(np.random.PCG64(int(lot.random() * 2**32)))
    rgb = np.asarray(picture, dtype=np.float32)
    rgb = rgb + seeds.standard_normal(rgb.shape, dtype=np.float32) * np.float32(6 * lot.random())
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def main() -> None:
    """Write photos to a folder."""
    parser = argparse.ArgumentParser(description="Make customers' photos of the demo shop's products.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=3, help="photos of every product and unsold thing (default 3)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=480, help="pixels of a side (default 480)")
    parser.add_argument("--only", nargs="*", default=(), help="names such as ceramic-mug-0; all without")
    arguments = parser.parse_args()
    photos = [photo for photo in planned(arguments.each) if not arguments.only or photo.name in arguments.only]
    write(arguments.folder, photos, seed=arguments.seed, size=arguments.size)


if __name__ == "__main__":
    main()
