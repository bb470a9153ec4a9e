"""`zhanggui train photos`: what is learned is judged before it replaces what was learned earlier."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.ports import ImageEncoder, Vectors
from learning.evaluation.photos import Answers, read_photos
from perception.seeing.catalogue import build_finder
from perception.seeing.fake import FakeImageEncoder
from perception.seeing.finder import Finder
from perception.seeing.learned import learned_file, read_gains, save_learned
from perception.seeing.look_book import LookBook
from ui.cli import main
from ui.photo_scores import answers_of, as_pictures

PRODUCTS = 8
BY_SHAPE, BY_COLOUR = (50.0, 1e-3), (1e-3, 50.0)
"""Weights of a head: the customers' photos below have the right shapes and wrong colours."""
REAL = Path(__file__).parents[1] / "photos"
DEMO = Path(__file__).parents[2] / "assets" / "demo_shop" / "pictures"


@pytest.fixture(autouse=True)
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("perception.seeing.lessons._IMITATIONS", 12)
    monkeypatch.setattr("perception.seeing.lessons._SCENES", 4)
    monkeypatch.setattr("perception.seeing.strangers._COUNT", 2)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write pictures of eight bars, and a photo of each in the colour of another."""
    monkeypatch.setenv("ZHANGGUI_BACKENDS__PHOTOS", "fake")
    folder = tmp_path / "shop"
    folder.mkdir()
    for number in range(PRODUCTS):
        _draw(folder / f"bar-{number}.png", (4 + 5 * number, 10, 24 + 5 * number, 70), number)
        _draw(folder / f"photo-{number}.png", (4 + 5 * number, 12, 24 + 5 * number, 70), (number + 3) % PRODUCTS)
    _write_table(folder / "catalogue.csv", {f"bar-{number}.png": f"bar-{number}" for number in range(PRODUCTS)})
    _write_table(folder / "photos.csv", {f"photo-{number}.png": f"bar-{number}" for number in range(PRODUCTS)})
    return folder


def _draw(file: Path, place: tuple[int, int, int, int], colour: int) -> None:
    image = Image.new("RGB", (80, 80), "white")
    ImageDraw.Draw(image).rectangle(place, fill=(28 * colour, 90, 220 - 25 * colour))
    image.save(file)


def _write_table(file: Path, rows: Mapping[str, str]) -> None:
    file.write_text("file,product\n" + "".join(f"{name},{product}\n" for name, product in rows.items()), "utf-8")


def _train(shop: Path, *more: str) -> int:
    tables = ["--catalogue", str(shop / "catalogue.csv"), "--photos", str(shop / "photos.csv"), "--parts", "4"]
    with pytest.raises(SystemExit) as left:
        main(["train", "photos", *tables, *more])
    return int(left.value.code or 0)


def _trained(shop: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, object]]:
    code = _train(shop, "--json", *more)
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, told


def _file(shop: Path) -> Path:
    return learned_file(shop.parent / "data", FakeImageEncoder())


def _plain(shop: Path) -> tuple[Vectors, Finder]:
    """Return the encoder's vector of the test picture, and a finder that learned from imitated photos only."""

    async def built(encoder: ImageEncoder) -> tuple[Vectors, Finder]:
        looks = shop.parent / "data" / "eval" / "looks"
        finder = await build_finder(encoder, as_pictures(read_photos(shop / "catalogue.csv")), looks)
        return (await LookBook.open(looks, encoder)).probe, finder

    return asyncio.run(built(FakeImageEncoder()))


def _install(shop: Path, weights: tuple[float, float], gains: Mapping[str, float] | None = None) -> bytes:
    """Put a head in place that judges by shape or by colour, as if it had learned from photos with these gains."""
    probe, finder = _plain(shop)
    head = replace(finder.head, weights=np.array([*weights, *finder.head.weights[2:]]))
    save_learned(_file(shop), probe, replace(finder, head=head), gains)
    return _file(shop).read_bytes()


def _gains(shop: Path) -> dict[str, float]:
    """Return what the file in place tells."""
    gains = read_gains(_file(shop), _plain(shop)[0])
    assert gains is not None
    return gains


def test_what_finds_less_than_what_was_learned_earlier_is_kept_out(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier = _install(shop, BY_SHAPE)
    assert _train(shop) == 1
    assert "worse than before: the old is kept" in capsys.readouterr().out
    assert _file(shop).read_bytes() == earlier
    _, told = _trained(shop, capsys)
    assert told["mrr_before"] < told["mrr_after"] < told["mrr_installed"]  # type: ignore[operator]
    assert (told["kept"], told["file"]) == ("old", "")


def test_what_finds_more_than_what_was_learned_earlier_replaces_it(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier = _install(shop, BY_COLOUR)
    code, told = _trained(shop, capsys)
    assert (code, told["kept"], told["file"]) == (0, "new", str(_file(shop)))
    assert told["mrr_installed"] < told["mrr_after"]  # type: ignore[operator]
    assert _file(shop).read_bytes() != earlier


def test_the_first_to_learn_is_compared_with_imitations_only(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = _trained(shop, capsys)
    assert (code, told["mrr_installed"], told["not_compared"]) == (0, None, "")
    assert len(_gains(shop)) == PRODUCTS


def test_what_finds_less_than_imitations_is_kept_out(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forgetful(*asked: object, folds: int = 0, **more: object) -> Answers:
        answers = await answers_of(*asked, folds=folds, **more)  # type: ignore[arg-type]
        nothing = tuple((photo, replace(seen, products=())) for photo, seen in answers.known)
        return replace(answers, known=nothing) if folds else answers

    monkeypatch.setattr("ui.photo_training.answers_of", forgetful)
    code, told = _trained(shop, capsys)
    assert (code, told["kept"], told["mrr_after"]) == (1, "old", 0.0)
    assert not _file(shop).exists()


def test_the_same_photos_are_worth_the_same_again_wherever_they_lie(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, first = _trained(shop, capsys)
    for number in range(PRODUCTS):
        (shop / f"photo-{number}.png").rename(shop / f"moved-{number}.png")
    _write_table(shop / "photos.csv", {f"moved-{number}.png": f"bar-{number}" for number in range(PRODUCTS)})
    code, again = _trained(shop, capsys)
    assert code == 0
    assert first["mrr_after"] == again["mrr_after"] == again["mrr_installed"]


def test_photos_that_it_learned_from_count_by_what_they_gained_unseen(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _train(shop) == 0
    gains = _gains(shop)
    _install(shop, BY_SHAPE, gains)  # asked about these photos it would find more than any that has not seen them
    assert _train(shop) == 0
    _install(shop, BY_COLOUR, {photo: gain + 0.1 for photo, gain in gains.items()})
    capsys.readouterr()
    code, told = _trained(shop, capsys)
    assert (code, told["kept"]) == (1, "old")
    assert told["mrr_installed"] == pytest.approx(told["mrr_after"] + 0.1, abs=2e-4)  # type: ignore[operator]


def test_it_is_asked_about_photos_that_it_did_not_learn_from(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _train(shop) == 0
    gains = _gains(shop)
    capsys.readouterr()
    found = []
    for seen in (0, PRODUCTS // 2, PRODUCTS):
        _install(shop, BY_SHAPE, dict.fromkeys(list(gains)[:seen], 0.0))
        _, told = _trained(shop, capsys)
        found.append(told["mrr_installed"])
    assert found[0] > found[1] > found[2] == told["mrr_before"]  # type: ignore[operator]


def test_a_photo_whose_product_was_corrected_is_a_new_one(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _train(shop) == 0
    wrong = {photo.replace("bar-", "other-"): 0.9 for photo in _gains(shop)}
    _install(shop, BY_COLOUR, wrong)
    assert _train(shop) == 0


def test_a_file_that_tells_no_gains_is_asked_about_all(shop: Path) -> None:
    _install(shop, BY_SHAPE)
    with np.load(_file(shop)) as saved:
        older = {name: array for name, array in saved.items() if name not in ("lessons", "gains")}
    np.savez(_file(shop), **older)
    assert _train(shop) == 1


@pytest.mark.parametrize("trouble", ["is damaged", "another version"])
def test_a_file_that_cannot_be_read_is_told_and_replaced(
    shop: Path, trouble: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _train(shop) == 0
    if trouble == "is damaged":
        _file(shop).write_bytes(_file(shop).read_bytes()[:300])
    else:
        probe, finder = _plain(shop)
        older = replace(finder, head=replace(finder.head, weights=np.ones(3)))
        save_learned(_file(shop), probe, older, _gains(shop))
    assert _train(shop) == 0
    told = capsys.readouterr().out
    assert "what was learned earlier could not be compared" in told
    assert trouble in told
    assert len(_gains(shop)) == PRODUCTS


def test_what_another_encoder_learned_is_not_compared(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    probe, finder = _plain(shop)
    save_learned(_file(shop), -probe, finder, {})
    code, told = _trained(shop, capsys)
    assert (code, told["mrr_installed"], told["not_compared"]) == (0, None, "")


@pytest.mark.models
@pytest.mark.timeout(300)
def test_the_default_encoder_learns_from_real_photos_and_keeps_out_what_is_worse(
    tmp_path: Path, models: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGGUI_MODELS__FOLDER", str(models))
    shop = tmp_path / "shop"
    shop.mkdir()
    monkeypatch.setattr("perception.seeing.lessons._IMITATIONS", 3)
    monkeypatch.setattr("perception.seeing.lessons._SCENES", 2)
    monkeypatch.setattr("perception.seeing.strangers._COUNT", 1)
    names = ("ceramic-mug", "commuter-backpack", "desk-lamp")
    _write_table(shop / "catalogue.csv", {str(next(DEMO.glob(f"{name}-*-main.jpg"))): name for name in names})
    _write_table(shop / "photos.csv", {str(REAL / f"{name}-0.jpg"): name for name in names})
    code, told = _trained(shop, capsys, "--parts", "2")
    assert (code, told["kept"]) == (0, "new")
    (file,) = (tmp_path / "data" / "learned").iterdir()
    with np.load(file) as saved:
        arrays = dict(saved)
    np.savez(file, **{**arrays, "gains": arrays["gains"] + 0.1})
    better = file.read_bytes()
    code, again = _trained(shop, capsys, "--parts", "2")
    assert (code, again["kept"], again["mrr_after"]) == (1, "old", told["mrr_after"])
    assert file.read_bytes() == better
