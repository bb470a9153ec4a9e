"""The head weighs the marks as the photos teach."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelMissingError
from perception.seeing.calibrate import Calibration
from perception.seeing.catalogue import build_finder
from perception.seeing.fake import FakeImageEncoder
from perception.seeing.head import Asked, taught, untaught
from perception.seeing.learned import read_learned, save_learned
from perception.seeing.looks import Looks
from perception.seeing.places import CUTS
from perception.seeing.space import centred_on
from perception.seeing.vectors import unit

_LAYOUT = 6
"""The mark of places found about where they are."""


def _looks(count: int, seed: int, depth: int = 16) -> Looks:
    draw = np.random.default_rng(seed)
    places = draw.normal(size=(count, CUTS, 100, 3 + depth)).astype(np.float32)
    afar = draw.normal(size=(count, 25, 3 + depth)).astype(np.float32)
    rows = draw.normal(size=(count, 20)).astype(np.float32)
    return Looks(unit(rows), unit(np.abs(rows)), places, afar)


def test_the_picture_itself_has_the_highest_marks() -> None:
    looks = _looks(8, 1)
    head, space = untaught(looks), centred_on(looks, colour_weight=0.3)
    for row in range(8):
        marks = head.marks(space, looks[[row]], looks)
        assert marks.shape == (8, len(head.weights))
        assert int(head.scores(marks).argmax()) == row
        assert marks.max() <= 1.0001


def test_places_are_found_wherever_they_are_and_only_the_layout_tells() -> None:
    looks = _looks(6, 2)
    head, space = untaught(looks), centred_on(looks, colour_weight=0.3)
    moved = replace(looks, places=looks.places[:, :, np.random.default_rng(3).permutation(100)])
    kept, shuffled = head.marks(space, looks[[2]], looks), head.marks(space, moved[[2]], looks)
    assert np.flatnonzero(~np.isclose(kept, shuffled, atol=1e-4).all(axis=0)).tolist() == [_LAYOUT]


def test_the_mirror_image_has_the_same_layout() -> None:
    looks = _looks(6, 8)
    head, space = untaught(looks), centred_on(looks, colour_weight=0.3)
    grid = looks.places.reshape(6, CUTS, 10, 10, -1)[:, :, :, ::-1]
    mirrored = replace(looks, places=grid.reshape(looks.places.shape))
    layout = head.marks(space, mirrored[[2]], looks)[:, _LAYOUT]
    assert int(layout.argmax()) == 2
    assert np.isclose(layout[2], head.marks(space, looks[[2]], looks)[2, _LAYOUT], atol=1e-4)


def test_a_close_up_is_found_where_it_has_the_size_of_the_shot() -> None:
    looks = _looks(6, 9)
    head, space = untaught(looks), centred_on(looks, colour_weight=0.3)
    grid = looks.places[:, 0].reshape(6, 10, 10, -1)
    strangers = _looks(6, 10)
    close = replace(strangers, afar=grid[:, 2:7, 3:8].reshape(6, 25, -1))
    marks = head.marks(space, close[[4]], looks)
    assert int(marks[:, -1].argmax()) == 4
    assert np.isclose(marks[4, -1], 1, atol=1e-3)


@pytest.mark.parametrize("telling", [0, 3, 7, 12])
def test_the_mark_that_tells_the_right_picture_gains_weight(telling: int) -> None:
    draw = np.random.default_rng(4)
    photos = []
    for _ in range(60):
        marks = draw.normal(0.4, 0.1, (12, len(untaught(_looks(4, 5)).weights)))
        marks[0, telling] += 0.3
        photos.append(Asked(marks, np.arange(12) == 0))
    before = untaught(_looks(4, 5))
    after = taught(before, photos)
    assert int((after.weights - before.weights).argmax()) == telling
    assert (after.weights > 0).all()
    assert taught(before, []) is before


def test_an_encoder_without_places_is_judged_by_shape_and_colour() -> None:
    looks = _looks(5, 6, depth=0)
    head, space = untaught(looks), centred_on(looks, colour_weight=0.3)
    scores = head.scores(head.marks(space, looks[[1]], looks))
    assert int(scores.argmax()) == 1
    assert np.isfinite(scores).all()


async def test_a_learned_head_comes_back_from_its_file_and_only_for_its_encoder(tmp_path: Path) -> None:
    plain = await build_finder(FakeImageEncoder(), [], tmp_path)
    calibration = Calibration(temperature=0.02, known=(1.0, 2.0), unknown_below=0.3, match_from=0.8)
    learned = replace(plain, head=untaught(_looks(4, 7)), calibration=calibration)
    probe = np.array([0.6, 0.8], np.float32)
    file = tmp_path / "learned.npz"
    assert read_learned(file, probe, plain) is None
    save_learned(file, probe, learned)
    again = read_learned(file, probe, plain)
    assert again
    assert again.calibration == calibration
    assert np.array_equal(again.head.whitening, learned.head.whitening)
    assert read_learned(file, -probe, plain) is None


async def test_a_head_learned_with_other_marks_is_refused_with_what_to_do(tmp_path: Path) -> None:
    plain = await build_finder(FakeImageEncoder(), [], tmp_path)
    older = replace(plain, head=replace(plain.head, weights=plain.head.weights[:-3]))
    probe, file = np.array([0.6, 0.8], np.float32), tmp_path / "learned.npz"
    save_learned(file, probe, older)
    with pytest.raises(ModelMissingError, match="train photos"):
        read_learned(file, probe, plain)
