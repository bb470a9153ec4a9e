"""Photos to products, on a small shop of drawn things."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.errors import MediaError
from core.ports import Picture as Pixels
from core.types import MatchDecision
from perception.seeing.catalogue import CataloguePicture, build_finder
from perception.seeing.fake import FakeImageEncoder
from perception.seeing.finder import Finder
from perception.seeing.lessons import Lesson, instructed
from perception.seeing.look_book import LookBook
from perception.seeing.looks import look_at
from perception.seeing.pixels import open_picture

COLOURS = {"red": (200, 30, 40), "blue": (30, 60, 200), "green": (20, 150, 60)}
SHAPES = ("bar", "ball", "ring", "cross", "corner", "stairs")


class CountingEncoder:
    """The fake encoder, with a count of the pictures that it was shown."""

    def __init__(self) -> None:
        self._fake = FakeImageEncoder()
        self.shown = 0

    @property
    def capabilities(self) -> object:
        return self._fake.capabilities

    async def encode(self, pictures: list[Pixels]) -> np.ndarray:
        self.shown += len(pictures)
        return await self._fake.encode(pictures)


def _drawn(shape: str, colour: str, *, shift: int = 0, ground: str = "white") -> Image.Image:
    image = Image.new("RGB", (120, 120), ground)
    pen = ImageDraw.Draw(image)
    ink = COLOURS[colour]
    x = 20 + shift
    match shape:
        case "bar":
            pen.rectangle((x + 30, 10, x + 50, 110), fill=ink)
        case "ball":
            pen.ellipse((x, 20, x + 80, 100), fill=ink)
        case "ring":
            pen.ellipse((x, 20, x + 80, 100), outline=ink, width=12)
        case "cross":
            pen.line((x, 20, x + 80, 100), fill=ink, width=14)
            pen.line((x, 100, x + 80, 20), fill=ink, width=14)
        case "corner":
            pen.polygon(((x, 20), (x, 100), (x + 80, 100)), fill=ink)
        case _:
            for step in range(4):
                pen.rectangle((x + 20 * step, 20 + 20 * step, x + 20 * step + 20, 100), fill=ink)
    return image


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[CataloguePicture]:
    folder = tmp_path_factory.mktemp("pictures")
    shown = []
    for shape in SHAPES:
        for colour in COLOURS:
            for view, shift in (("main", 0), ("side", 8)):
                file = folder / f"{shape}-{colour}-{view}.png"
                _drawn(shape, colour, shift=shift).save(file)
                shown.append(CataloguePicture(product_id=shape, sku=f"{shape}-{colour}", path=file))
    return shown


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("looks")


@pytest.fixture(scope="module")
def finder(pictures: list[CataloguePicture], looks: Path) -> Finder:
    return asyncio.run(build_finder(FakeImageEncoder(), pictures, looks))


@pytest.fixture
def few_imitations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learn from few photos: for what is remembered it does not matter how well the finder decides."""
    monkeypatch.setattr("perception.seeing.lessons._IMITATIONS", 24)
    monkeypatch.setattr("perception.seeing.lessons._SCENES", 8)
    monkeypatch.setattr("perception.seeing.strangers._COUNT", 2)


async def test_a_shifted_view_finds_its_product_and_its_colour(finder: Finder) -> None:
    for shape in SHAPES:
        for colour in COLOURS:
            found = await finder.find(np.asarray(_drawn(shape, colour, shift=4)), attachment_id="a1")
            assert (found[0].product_id, found[0].sku) == (shape, f"{shape}-{colour}")
            assert found[0].decision is not MatchDecision.UNKNOWN
            assert found[0].attachment_id == "a1"


async def test_at_most_four_products_come_each_once_best_first_with_one_decision(finder: Finder) -> None:
    found = await finder.find(np.asarray(_drawn("ring", "blue", shift=3)), attachment_id="a1")
    assert 2 <= len(found) <= 4
    assert len({match.product_id for match in found}) == len(found)
    scores = [match.score for match in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert sum(scores) <= 1.001
    assert len({match.decision for match in found}) == 1


@pytest.mark.parametrize("value", [0, 128, 255])
async def test_a_frame_of_one_colour_is_unknown(finder: Finder, value: int) -> None:
    found = await finder.find(np.full((200, 300, 3), value, np.uint8), attachment_id="a1")
    assert {match.decision for match in found} == {MatchDecision.UNKNOWN}


async def test_noise_is_no_match(finder: Finder) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (160, 160, 3), np.uint8)
    found = await finder.find(noise, attachment_id="a1")
    assert {match.decision for match in found} == {MatchDecision.UNKNOWN}


async def test_what_is_no_picture_is_refused(finder: Finder) -> None:
    with pytest.raises(MediaError, match="must be uint8"):
        await finder.find(np.zeros((20, 20), np.uint8), attachment_id="a1")


async def test_a_hidden_product_is_never_named(finder: Finder) -> None:
    looks = await look_at(finder.encoder, [np.asarray(_drawn("ball", "red"))])
    assert finder.judge(looks).candidates[0].product_id == "ball"
    assert "ball" not in {candidate.product_id for candidate in finder.judge(looks, hidden={"ball"}).candidates}


async def test_one_picture_of_two_products_asks_which(pictures: list[CataloguePicture], tmp_path: Path) -> None:
    twin = CataloguePicture(product_id="ball-deluxe", sku="ball-deluxe-red", path=_of(pictures, "ball-red"))
    finder = await build_finder(FakeImageEncoder(), [*pictures, twin], tmp_path)
    found = await finder.find(open_picture(_of(pictures, "ball-red")), attachment_id="a1")
    assert {match.product_id for match in found[:2]} == {"ball", "ball-deluxe"}
    assert found[0].score == found[1].score
    assert found[0].decision is MatchDecision.ASK


@pytest.mark.usefixtures("few_imitations")
async def test_the_same_catalogue_gives_the_same_answers(pictures: list[CataloguePicture], tmp_path: Path) -> None:
    photo = np.asarray(_drawn("cross", "green", shift=5))
    first, second = [await build_finder(FakeImageEncoder(), pictures, tmp_path / name) for name in ("a", "b")]
    assert await first.find(photo, attachment_id="a") == await second.find(photo, attachment_id="a")


@pytest.mark.usefixtures("few_imitations")
async def test_the_second_start_looks_at_nothing_again(pictures: list[CataloguePicture], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    await build_finder(CountingEncoder(), pictures, tmp_path, lambda done, of_all: told.append((done, of_all)))
    assert told[-1][0] == told[-1][1] > len(pictures)
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    again, told = CountingEncoder(), []
    finder = await build_finder(again, pictures, tmp_path, lambda done, of_all: told.append((done, of_all)))
    assert again.shown <= 4  # the views of the test picture by which the encoder is known
    assert told == []
    assert len(finder.index) == len(pictures)


@pytest.mark.usefixtures("few_imitations")
async def test_a_changed_picture_is_looked_at_and_the_rest_is_remembered(
    pictures: list[CataloguePicture], tmp_path: Path
) -> None:
    await build_finder(CountingEncoder(), pictures, tmp_path)
    changed = tmp_path / "changed.png"
    _drawn("ball", "red", ground="lightgrey").save(changed)
    encoder = CountingEncoder()
    replaced = [CataloguePicture(product_id="ball", sku="ball-red", path=changed), *pictures[1:]]
    await build_finder(encoder, replaced, tmp_path)
    assert 1 < encoder.shown < 60


@pytest.mark.usefixtures("few_imitations")
async def test_looks_of_another_encoder_are_not_taken(pictures: list[CataloguePicture], tmp_path: Path) -> None:
    class Upside(CountingEncoder):
        async def encode(self, pictures: list[Pixels]) -> np.ndarray:
            return await super().encode([picture[::-1] for picture in pictures])

    await build_finder(CountingEncoder(), pictures, tmp_path)
    (folder,) = _found(tmp_path, "counting*")
    folder.rename(tmp_path / folder.name.replace("countingencoder", "upside"))
    other = Upside()
    await build_finder(other, pictures, tmp_path)
    assert other.shown > 4 * len(pictures)


@pytest.mark.usefixtures("few_imitations")
async def test_a_damaged_file_of_looks_is_made_anew(pictures: list[CataloguePicture], tmp_path: Path) -> None:
    await build_finder(FakeImageEncoder(), pictures, tmp_path)
    for name in ("shapes.f16", "looks.db"):
        (file,) = _found(tmp_path, f"*/{name}")
        file.write_bytes(file.read_bytes()[:3000])
        finder = await build_finder(FakeImageEncoder(), pictures, tmp_path)
        assert len(finder.index) == len(pictures)


@pytest.mark.usefixtures("few_imitations")
async def test_damaged_and_missing_pictures_are_left_out_by_name(
    pictures: list[CataloguePicture], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = _of(pictures, "ring-blue").read_bytes()
    broken = {"cut.png": whole[: len(whole) // 2], "empty.jpg": b"", "words.jpg": b"not a picture"}
    for name, data in broken.items():
        (tmp_path / name).write_bytes(data)
    bad = [CataloguePicture(product_id="x", sku=f"x-{n}", path=tmp_path / n) for n in (*broken, "gone.png")]
    with caplog.at_level(logging.WARNING):
        finder = await build_finder(FakeImageEncoder(), [*bad, *pictures], tmp_path / "looks")
    assert len(finder.index) == len(pictures)
    for name in (*broken, "gone.png"):
        assert sum(name in record.getMessage() for record in caplog.records) == 1


@pytest.mark.parametrize("count", [0, 1, 2])
async def test_a_tiny_catalogue_answers_too(pictures: list[CataloguePicture], tmp_path: Path, count: int) -> None:
    finder = await build_finder(FakeImageEncoder(), pictures[:count], tmp_path)
    found = await finder.find(open_picture(pictures[0].path), attachment_id="a1")
    assert len(found) == min(count, 1)
    if found:
        assert found[0].product_id == "bar"
        assert found[0].decision is not MatchDecision.UNKNOWN


def _found(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


def _of(pictures: list[CataloguePicture], sku: str) -> Path:
    return next(item.path for item in pictures if item.sku == sku)


async def test_what_a_catalogue_teaches_is_learned_once_and_anew_when_it_changes(
    pictures: list[CataloguePicture], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught: list[int] = []

    def counted(finder: Finder, lessons: list[Lesson], book: LookBook) -> Finder:
        taught.append(len(lessons))
        return instructed(finder, lessons, book)

    monkeypatch.setattr("perception.seeing.shelf.instructed", counted)
    first = await build_finder(FakeImageEncoder(), pictures, tmp_path)
    again = await build_finder(FakeImageEncoder(), pictures, tmp_path)
    assert len(taught) == 1
    assert again.calibration == first.calibration and np.array_equal(again.head.weights, first.head.weights)
    await build_finder(FakeImageEncoder(), pictures[:-2], tmp_path)
    assert len(taught) == 2
    await build_finder(FakeImageEncoder(), pictures, tmp_path)
    assert len(taught) == 2  # two shops that share a folder do not unlearn in turns
    _spoil(tmp_path)
    await build_finder(FakeImageEncoder(), pictures[:-2], tmp_path)
    assert len(taught) == 3


def _spoil(looks: Path) -> None:
    for kept in looks.glob("*/taught-*.npz"):
        kept.write_bytes(b"half a file")


@pytest.mark.usefixtures("few_imitations")
async def test_what_was_taught_for_catalogues_long_past_is_deleted(
    pictures: list[CataloguePicture], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perception.seeing.shelf._KEPT", 2)
    for count, kept in ((4, 1), (5, 2), (6, 2)):
        await build_finder(FakeImageEncoder(), pictures[:count], tmp_path)
        assert len(_found(tmp_path, "*/taught-*.npz")) == kept


@pytest.mark.usefixtures("few_imitations")
async def test_before_it_has_learned_a_finder_only_asks_and_has_the_right_product_among_its_guesses(
    pictures: list[CataloguePicture], tmp_path: Path
) -> None:
    early: list[Finder] = []
    progress: list[tuple[int, int]] = []
    encoder = FakeImageEncoder()
    await build_finder(encoder, pictures, tmp_path, lambda *told: progress.append(told), early=early.append)
    [finder] = early
    for shape in SHAPES:
        photo = np.asarray(_drawn(shape, "blue", shift=14))
        found = await finder.find(photo, attachment_id="a")
        assert {one.decision for one in found} == {MatchDecision.ASK}
        assert shape in {one.product_id for one in found}
    done, of_all = zip(*progress, strict=True)
    assert set(of_all) == {len(pictures) + 24 + 8 + 2 * 2}
    assert list(done) == sorted(done) and done[-1] == of_all[0]


@pytest.mark.usefixtures("few_imitations")
async def test_where_all_was_looked_at_before_nothing_is_answered_early(
    pictures: list[CataloguePicture], tmp_path: Path
) -> None:
    early: list[Finder] = []
    await build_finder(FakeImageEncoder(), pictures, tmp_path)
    await build_finder(FakeImageEncoder(), pictures, tmp_path, early=early.append)
    assert early == []
