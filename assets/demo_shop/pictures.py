"""Catalogue pictures: every product, colour and view in the studio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from PIL import Image

from assets.demo_shop.catalogue import VIEWS, paints, picture_file
from assets.demo_shop.drawing.studio import Paint, Point, Studio, paint
from core.shop.records import Product

PICTURE = 320
"""Pixels of a catalogue picture's side."""
_QUALITY = 80
_CLOSE = 1.9
"""How much nearer the camera stands for the detail."""
_TURNED = -0.74
_SIDE: Mapping[str, float] = {
    "basketball": -0.97,
    "power-bank": 0.7,
    "frying-pan": -0.9,
    "wall-clock": 0.82,
    "hardcover-notebook": 0.76,
}
"""Products that are round or carry writing, and would look wrong mirrored or narrow."""
_FOCUS: Mapping[str, Point] = {
    "frying-pan": (46, 46),
    "rice-cooker": (50, 62),
    "robot-vacuum": (50, 52),
    "crossbody-bag": (50, 62),
    "leather-wallet": (60, 54),
    "slim-jeans": (50, 28),
    "running-shoes": (42, 58),
    "canvas-sneakers": (38, 48),
    "leather-boots": (50, 46),
    "wireless-headphones": (62, 50),
    "wireless-earbuds": (50, 64),
    "mechanical-keyboard": (34, 50),
    "phone-case": (46, 30),
    "smart-watch": (50, 48),
    "fast-charger": (46, 46),
    "tablet-stand": (54, 66),
    "folding-umbrella": (50, 32),
    "camping-tent": (50, 58),
    "yoga-mat": (40, 54),
    "dumbbell-set": (44, 58),
    "basketball": (58, 42),
    "jump-rope": (44, 34),
    "badminton-racket": (46, 40),
    "cotton-pillow": (30, 48),
    "throw-blanket": (44, 64),
    "ceramic-vase": (50, 58),
    "building-blocks": (50, 64),
    "wooden-train": (40, 52),
    "flying-kite": (50, 34),
    "fountain-pen": (46, 60),
    "pencil-case": (28, 52),
    "travel-pillow": (50, 62),
}
"""Where the camera looks for the detail; a little above the middle unless told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One catalogue picture to be taken."""

    product: Product
    color: str
    sku: str
    """The first variant of this colour."""
    view: str

    @property
    def file(self) -> str:
        """Return its path relative to the shop folder."""
        return picture_file(self.product.product_id, self.color, self.view)


def shots(products: Mapping[str, Product]) -> Iterator[Shot]:
    """Yield every product, colour and view, in catalogue order."""
    for product in products.values():
        first: dict[str, str] = {}
        for variant in product.variants.values():
            first.setdefault(variant.options["color"], variant.item_id)
        for color, sku in first.items():
            for view in VIEWS:
                yield Shot(product=product, color=color, sku=sku, view=view)


def draw(studio: Studio, product: Product, color: Paint) -> None:
    """Draw a product into a studio."""
    room = import_module(f"assets.demo_shop.drawing.{product.category}")
    getattr(room, product.product_id.replace("-", "_"))(studio, color)


def take(shot: Shot) -> Image.Image:
    """Return the picture, 320 pixels square on white."""
    key = shot.product.product_id
    studio = {
        "main": lambda: Studio(zoom=0.96),
        "side": lambda: Studio(zoom=0.96, turn=_SIDE.get(key, _TURNED)),
        "detail": lambda: Studio(zoom=_CLOSE, about=_FOCUS.get(key, (50, 44))),
    }[shot.view]()
    draw(studio, shot.product, paint(paints()[shot.color]))
    return studio.on_white().resize((PICTURE, PICTURE), Image.Resampling.LANCZOS)


def write(shot: Shot, folder: Path) -> None:
    """Take a picture and write it where the records say."""
    file = folder / shot.file
    file.parent.mkdir(parents=True, exist_ok=True)
    take(shot).save(file, "JPEG", quality=_QUALITY, optimize=True)
