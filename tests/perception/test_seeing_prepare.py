"""Pictures prepared without torch are those that open_clip prepares."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from perception.seeing.prepare import Prepare


@pytest.mark.parametrize("resize", ["shortest", "longest", "squash"])
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
@pytest.mark.parametrize("shape", [(80, 60), (61, 333), (32, 32), (20, 500), (3, 2), (641, 480)])
def test_a_picture_is_framed_as_open_clip_frames_it(resize: str, interpolation: str, shape: tuple[int, int]) -> None:
    open_clip = pytest.importorskip("open_clip", reason="open_clip comes with the extra photo-clip")
    picture = np.random.default_rng(4).integers(0, 256, (*shape, 3), np.uint8)
    theirs = open_clip.image_transform(
        32, is_train=False, mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.4), resize_mode=resize, interpolation=interpolation
    )
    ours = Prepare(side=32, mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.4), resize=resize, interpolation=interpolation)  # type: ignore[arg-type]
    np.testing.assert_allclose(ours(picture), theirs(Image.fromarray(picture)).numpy(), atol=1e-5)
