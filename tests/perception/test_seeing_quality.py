"""Photos that are too dark, or nowhere sharp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from perception.seeing.quality import faults

_PHOTOS = sorted((Path(__file__).parents[1] / "photos").glob("*.jpg"))


@pytest.mark.parametrize("file", _PHOTOS, ids=lambda file: file.stem)
def test_a_photo_as_phones_take_it_has_no_fault_and_is_found_dark_or_blurred_when_it_is(file: Path) -> None:
    photo = Image.open(file).convert("RGB")
    assert faults(np.asarray(photo)) == []
    assert faults((np.asarray(photo) * 0.1).astype(np.uint8)) == ["dark_photo"]
    assert faults(np.asarray(photo.filter(ImageFilter.GaussianBlur(max(photo.size) * 0.03)))) == ["blurred_photo"]


def test_a_plain_wall_is_not_called_blurred() -> None:
    assert faults(np.full((300, 400, 3), 180, np.uint8)) == []
