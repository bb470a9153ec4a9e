"""`zhanggui eval photos` from the command line, with the fake encoder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from ui.cli import main


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHANGGUI_BACKENDS__PHOTOS", "fake")
    colours = {"tea": "darkgreen", "ink": "navy", "jam": "crimson"}
    for name, colour in colours.items():
        Image.new("RGB", (64, 64), "white").save(tmp_path / f"{name}.png")
        with Image.open(tmp_path / f"{name}.png") as image:
            image.paste(colour, (8 if name == "tea" else 24, 8, 50, 40 if name == "jam" else 60))
            image.save(tmp_path / f"{name}.png")
    rows = "".join(f"{name}.png,{name}\n" for name in colours)
    (tmp_path / "catalogue.csv").write_text(f"file,sku\n{rows}", encoding="utf-8")
    (tmp_path / "queries.csv").write_text(f"file,product\n{rows}", encoding="utf-8")
    return tmp_path


def _ask(tables: Path, *more: str) -> None:
    arguments = ["--catalogue", str(tables / "catalogue.csv"), "--queries", str(tables / "queries.csv")]
    main(["eval", "photos", *arguments, *more])


def test_it_prints_one_json_object(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        _ask(tables, "--json")
    assert left.value.code == 0
    scores = json.loads(capsys.readouterr().out)
    assert (scores["photos"], scores["recall_at_1"], scores["recall_at_5"], scores["mrr"]) == (3, 1.0, 1.0, 1.0)
    assert 0 <= scores["unknown_rejected"] <= 1
    assert scores["ms_per_photo"] > 0


def test_people_get_a_line_each(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _ask(tables)
    assert "recall_at_1        1.0" in capsys.readouterr().out


def test_a_missing_photo_is_named(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tables / "queries.csv").write_text("file,sku\ngone.png,tea\n", encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        _ask(tables)
    assert left.value.code == 1
    assert "gone.png is not a readable picture" in capsys.readouterr().err


def test_a_wrong_table_is_a_usage_error(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        _ask(tables, "--queries-split", "night")
    assert left.value.code == 2
    assert "no row whose view or split is 'night'" in capsys.readouterr().err


@pytest.mark.parametrize("more", [(), ("--cross-validate", "3")])
def test_photos_of_other_things_take_the_place_of_hidden_products(
    tables: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    Image.new("RGB", (64, 64), "white").save(tables / "cup.png")
    (tables / "others.csv").write_text("file,product\ncup.png,cup\n", encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        _ask(tables, "--unknown", str(tables / "others.csv"), "--json", *more)
    assert left.value.code == 0
    scores = json.loads(capsys.readouterr().out)
    assert (scores["photos"], scores["unknown_photos"]) == (3, 1)


def test_what_is_sold_cannot_be_unknown(tables: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        _ask(tables, "--unknown", str(tables / "queries.csv"))
    assert left.value.code == 2
    assert "shows what the catalogue sells: ink, jam, tea" in capsys.readouterr().err
