"""Things that lie apart on a plain ground are told apart."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from core.sights import WHOLE
from perception.seeing.distort import scene
from perception.seeing.things import part, things_in


def _table(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    image = Image.new("RGB", (400, 300), (225, 220, 210))
    for number, box in enumerate(boxes):
        ImageDraw.Draw(image).ellipse(box, fill=((200, 30, 40), (30, 60, 200), (20, 150, 60))[number])
    return np.asarray(image)


def test_two_things_are_found_the_larger_first() -> None:
    photo = _table((20, 100, 120, 200), (220, 60, 380, 240))
    large, small = things_in(photo, most=4)
    assert large[0] > 0.5 > small[2]
    assert part(photo, large)[:, :, 2].mean() > part(photo, large)[:, :, 0].mean()


def test_no_more_things_come_than_are_asked_for() -> None:
    photo = _table((10, 100, 110, 200), (150, 100, 250, 200), (290, 100, 390, 200))
    assert len(things_in(photo, most=4)) == 3
    assert len(things_in(photo, most=2)) == 2
    assert things_in(photo, most=1) == [WHOLE]


def test_one_thing_or_a_thing_with_crumbs_is_the_whole_photo() -> None:
    assert things_in(_table((100, 60, 300, 240)), most=4) == [WHOLE]
    assert things_in(_table((100, 60, 300, 240), (10, 10, 30, 30)), most=4) == [WHOLE]


def test_a_restless_ground_and_an_empty_one_are_the_whole_photo() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (160, 160, 3), np.uint8)
    for photo in (noise, np.full((90, 120, 3), 200, np.uint8), np.zeros((1, 1, 3), np.uint8), scene(3)):
        assert things_in(photo, most=4) == [WHOLE]
