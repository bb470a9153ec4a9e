"""Opening, cutting, colouring and distorting pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import MediaError
from perception.seeing.colour import DIMENSION, colour_vector, lab
from perception.seeing.distort import distorted, scene
from perception.seeing.pixels import open_picture
from perception.seeing.views import salient, views


def _thing(colour: tuple[int, int, int], ground: int = 255, *, size: int = 100) -> np.ndarray:
    picture = np.full((size, size, 3), ground, np.uint8)
    picture[30:80, 50:75] = colour
    return picture


def test_white_grey_black_and_red_have_the_lab_values_of_the_textbook() -> None:
    row = np.array([[[255, 255, 255], [119, 119, 119], [0, 0, 0], [255, 0, 0]]], np.uint8)
    expected = [[100, 0, 0], [50.03, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20]]
    np.testing.assert_allclose(lab(row)[0], expected, atol=0.1)


def test_colour_vectors_have_length_one_and_tell_colours_of_things_apart() -> None:
    red, dark_red, blue = (colour_vector(_thing(c)) for c in ((200, 30, 40), (170, 25, 35), (30, 60, 200)))
    assert red.shape == (DIMENSION,)
    assert np.linalg.norm(red) == pytest.approx(1, abs=1e-5)
    assert red @ dark_red > red @ blue + 0.2


def test_the_colour_of_the_thing_outweighs_the_colour_of_the_ground() -> None:
    on_white, on_grey = colour_vector(_thing((200, 30, 40))), colour_vector(_thing((200, 30, 40), 190))
    bare = colour_vector(np.full((100, 100, 3), 255, np.uint8))
    assert on_white @ on_grey > on_white @ bare


def test_the_salient_part_holds_the_thing_and_little_else() -> None:
    part = salient(_thing((20, 20, 20)))
    assert part.shape[0] * part.shape[1] < 100 * 100 * 0.55
    assert (part < 100).all(axis=2).sum() >= 0.9 * 50 * 25


def test_a_picture_of_nothing_is_kept_whole() -> None:
    nothing = np.full((40, 60, 3), 90, np.uint8)
    assert salient(nothing).shape == nothing.shape


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (3, 2), (640, 7)])
def test_every_view_of_an_odd_shape_has_pixels(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (*shape, 3), np.uint8)
    assert all(view.size and view.shape[2] == 3 for view in views(picture))
    assert np.isfinite(colour_vector(picture)).all()


def test_the_same_seed_distorts_alike_and_another_differently() -> None:
    picture = _thing((200, 30, 40))
    np.testing.assert_array_equal(distorted(picture, 5), distorted(picture, 5))
    assert (distorted(picture, 5) != distorted(picture, 6)).any()
    np.testing.assert_array_equal(scene(5), scene(5))


def test_transparent_parts_become_white_and_sideways_photos_upright(tmp_path: Path) -> None:
    Image.new("RGBA", (10, 20), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert (open_picture(tmp_path / "clear.png") == 255).all()
    turned = Image.new("RGB", (40, 20), "navy")
    exif = turned.getexif()
    exif[0x0112] = 6  # to be turned by 90 degrees, as telephones write it
    turned.save(tmp_path / "turned.jpg", exif=exif)
    assert open_picture(tmp_path / "turned.jpg").shape == (40, 20, 3)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "I;16", "LA"])
def test_every_kind_of_pixel_becomes_rgb(tmp_path: Path, mode: str) -> None:
    file = tmp_path / ("x.tif" if mode == "CMYK" else "x.png")
    Image.new(mode, (30, 20)).save(file)
    picture = open_picture(file)
    assert picture.shape == (20, 30, 3)
    assert picture.dtype == np.uint8


def test_large_pictures_are_made_smaller_at_once(tmp_path: Path) -> None:
    Image.new("RGB", (3000, 1500), "teal").save(tmp_path / "large.jpg")
    assert open_picture(tmp_path / "large.jpg").shape == (320, 640, 3)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff\xe0junk"]
)
def test_what_is_no_picture_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "odd.jpg").write_bytes(data)
    with pytest.raises(MediaError, match=r"odd\.jpg is not a readable picture") as raised:
        open_picture(tmp_path / "odd.jpg")
    assert raised.value.code == "damaged"
