"""A catalogue beyond what is compared one by one: the same answers, an index that is built once, filters."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from perception.seeing import shelf
from perception.seeing.catalogue import CataloguePicture, build_finder, catalogued
from perception.seeing.fake import FakeImageEncoder
from perception.seeing.looks import look_at

KINDS = 15
COLOURS = ((200, 30, 40), (30, 60, 200), (20, 150, 60), (230, 200, 20))


def _thing(kind: int, colour: int, shift: int = 0) -> Image.Image:
    image = Image.new("RGB", (90, 90), "white")
    draw = np.random.default_rng(kind)
    pen = ImageDraw.Draw(image)
    for _ in range(4):
        x, y = draw.integers(5, 60, 2)
        width, height = draw.integers(8, 30, 2)
        pen.rectangle((x + shift, y, x + shift + width, y + height), fill=COLOURS[colour])
    return image


@pytest.fixture
def pictures(tmp_path: Path) -> list[CataloguePicture]:
    folder = tmp_path / "pictures"
    folder.mkdir()
    shown = []
    for kind in range(KINDS):
        for colour in range(len(COLOURS)):
            file = folder / f"{kind}-{colour}.png"
            _thing(kind, colour).save(file)
            shown.append(CataloguePicture(product_id=f"kind-{kind}", sku=f"{kind}-{colour}", path=file))
    return shown


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call more than a dozen pictures a large catalogue, of which twenty are its sample."""
    monkeypatch.setattr(shelf, "_EXACT", 12)
    monkeypatch.setattr(shelf, "_SAMPLE", 20)
    monkeypatch.setattr("perception.seeing.lessons._IMITATIONS", 24)
    monkeypatch.setattr("perception.seeing.lessons._SCENES", 8)
    monkeypatch.setattr("perception.seeing.strangers._COUNT", 2)


async def test_every_picture_finds_its_product_and_colour(pictures: list[CataloguePicture], tmp_path: Path) -> None:
    finder = await build_finder(FakeImageEncoder(), pictures, tmp_path / "looks")
    assert len(finder.index) == KINDS * len(COLOURS)
    for kind in range(KINDS):
        for colour in range(len(COLOURS)):
            best = (await finder.find(np.asarray(_thing(kind, colour, shift=2)), attachment_id="a"))[0]
            assert (best.product_id, best.sku) == (f"kind-{kind}", f"{kind}-{colour}")


async def test_the_second_start_takes_the_index_as_it_is(
    pictures: list[CataloguePicture], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await build_finder(FakeImageEncoder(), pictures, tmp_path / "looks")
    monkeypatch.setattr(shelf, "build_near", lambda *_, **__: pytest.fail("the index was built again"))
    second = await build_finder(FakeImageEncoder(), pictures, tmp_path / "looks")
    photo = np.asarray(_thing(3, 1, shift=3))
    assert await first.find(photo, attachment_id="a") == await second.find(photo, attachment_id="a")


async def test_a_new_picture_or_a_damaged_index_builds_it_anew(
    pictures: list[CataloguePicture], tmp_path: Path
) -> None:
    told: list[int] = []

    async def build(some: list[CataloguePicture]) -> int:
        told.clear()
        done = await catalogued(
            FakeImageEncoder(), some, tmp_path / "looks", indexing=lambda done, of_all: told.append(of_all)
        )
        return len(done.finder.index)

    assert (await build(pictures[1:]), told) == (59, [59])
    assert (await build(pictures[1:]), told) == (59, [])
    assert (await build(pictures), told) == (60, [60])
    for file in _found(tmp_path, "looks/*/index/*.faiss"):
        file.write_bytes(file.read_bytes()[:100])
    assert (await build(pictures), told) == (60, [60])


async def test_only_products_of_the_category_are_named(pictures: list[CataloguePicture], tmp_path: Path) -> None:
    finder = await build_finder(FakeImageEncoder(), pictures, tmp_path / "looks")
    looks = await look_at(FakeImageEncoder(), [np.asarray(_thing(3, 1))])
    assert finder.judge(looks).candidates[0].product_id == "kind-3"
    category = {"kind-5", "kind-9", "not sold any more"}
    seen = finder.judge(looks, among=category)
    assert {candidate.product_id for candidate in seen.candidates} == {"kind-5", "kind-9"}
    assert finder.judge(looks, among=()).candidates == ()


INDEX = """
import asyncio, sys
from pathlib import Path
from perception.seeing import lessons, strangers
from perception.seeing.catalogue import CataloguePicture, catalogued
from perception.seeing.fake import FakeImageEncoder
lessons._IMITATIONS, lessons._SCENES, strangers._COUNT = 24, 8, 2
files = sorted(Path(sys.argv[1]).glob("*.png"))
pictures = [CataloguePicture(product_id=file.stem, sku=file.stem, path=file) for file in files]
tell = lambda done, of_all: print(done, of_all, flush=True)
done = asyncio.run(catalogued(FakeImageEncoder(), pictures, Path(sys.argv[2]), tell))
print("ended", done.new, done.pictures, flush=True)
"""


def test_killed_while_cataloguing_it_goes_on_where_it_ended(pictures: list[CataloguePicture], tmp_path: Path) -> None:
    command = [sys.executable, "-c", INDEX, str(tmp_path / "pictures"), str(tmp_path / "looks")]
    for _ in range(2):
        running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert running.stdout
        assert running.stdout.readline().startswith("12 ")
        time.sleep(0.05)
        os.kill(running.pid, signal.SIGKILL)
        running.communicate()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
    ended, new, of_all = said.split()
    assert (ended, of_all) == ("ended", "60")
    assert int(new) <= 60 - 2 * 12


def _found(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))
