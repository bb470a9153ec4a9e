"""What every reader of text in pictures must do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from core import registry
from core.errors import BackendError, ConfigError, MediaError
from core.photo_ports import TextReader
from tests.perception.drawn import sheet


@pytest.fixture(scope="module", params=["fake?text=LOT 7 2031", "rapidocr"])
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> TextReader:
    built: TextReader = registry.build("ocr", request.param, tmp_path_factory.mktemp("models"))
    return built


async def test_a_line_is_read_and_told_where_it_stands(reader: TextReader) -> None:
    (line,) = await reader.read(sheet(["LOT 7 2031"]), attachment_id="a")
    assert line.attachment_id == "a" and line.text == "LOT 7 2031" and 0.5 < line.confidence <= 1
    left, top, right, bottom = line.region
    assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1


@pytest.mark.parametrize("shape", [(1, 1, 3), (40, 900, 3), (900, 3, 3), (300, 300, 3)])
async def test_where_nothing_is_written_nothing_is_read(reader: TextReader, shape: tuple[int, int, int]) -> None:
    for value in (0, 127, 255):
        assert await reader.read(np.full(shape, value, np.uint8), attachment_id="a") == ()


@pytest.mark.parametrize("wrong", [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 3), np.float32)])
async def test_what_is_no_rgb_picture_is_refused(reader: TextReader, wrong: np.ndarray) -> None:
    with pytest.raises(MediaError, match="must be uint8"):
        await reader.read(wrong, attachment_id="a")


async def test_callers_at_the_same_time_get_their_own_lines(reader: TextReader) -> None:
    picture = sheet(["LOT 7 2031"])
    plain = np.zeros((64, 64, 3), np.uint8)
    both = await asyncio.gather(reader.read(picture, attachment_id="x"), reader.read(plain, attachment_id="y"))
    assert [line.attachment_id for line in both[0]] == ["x"] and both[1] == ()


def test_the_languages_are_told(reader: TextReader) -> None:
    assert {"zh", "en"} <= set(reader.capabilities.languages)


def test_a_reader_without_its_models_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="_det_"):
        registry.build("ocr", f"rapidocr:{tmp_path}", tmp_path)


def test_an_unknown_option_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no option 'size'"):
        registry.build("ocr", "rapidocr?size=3", tmp_path)
