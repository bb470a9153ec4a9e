"""`zhanggui photos` from the outside, with the fake encoder on a small shop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from ui.cli import main


@pytest.fixture(autouse=True)
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHANGGUI_BACKENDS__PHOTOS", "fake")
    monkeypatch.setattr("perception.seeing.lessons._IMITATIONS", 12)
    monkeypatch.setattr("perception.seeing.lessons._SCENES", 4)
    monkeypatch.setattr("perception.seeing.strangers._COUNT", 2)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Write a shop of six mugs with a picture each, one of them damaged."""
    folder = tmp_path / "shop"
    folder.mkdir()
    products = {}
    for number in range(6):
        _draw(folder / f"mug-{number}.png", number)
        variant = {
            "item_id": f"sku-{number}",
            "options": {},
            "price": 4.5,
            "pictures": [{"file": f"mug-{number}.png", "view": "main"}],
        }
        products[str(number)] = {"name": "Mug", "product_id": str(number), "variants": {f"sku-{number}": variant}}
    (folder / "mug-5.png").write_bytes((folder / "mug-4.png").read_bytes()[:90])
    text = json.dumps({"products": products, "users": {}, "orders": {}})
    (folder / "shop.json").write_text(text, encoding="utf-8")
    return folder


def _draw(file: Path, number: int) -> None:
    image = Image.new("RGB", (80, 80), "white")
    place = (8 + 6 * number, 10, 30 + 6 * number, 70)
    ImageDraw.Draw(image).rectangle(place, fill=(40 * number, 90, 200 - 30 * number))
    image.save(file)


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        main(arguments)
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def _indexed(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    code, out, _ = _said(capsys, "photos", "index", "--json", *more)
    assert code == 0
    found: dict[str, object] = json.loads(out)
    return found


def test_the_first_run_looks_at_all_and_the_second_at_nothing(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _said(capsys, "shop", "import", str(shop))[0] == 0
    first = _indexed(capsys)
    assert (first["pictures"], first["products"], first["new"], first["unchanged"]) == (5, 5, 5, 0)
    assert [Path(file).name for file in first["damaged"]] == ["mug-5.png"]  # type: ignore[attr-defined]
    second = _indexed(capsys)
    assert (second["new"], second["unchanged"], second["removed"]) == (0, 5, 0)
    assert (tmp_path / "data" / "looks" / "indexed").is_file()


def test_a_changed_shop_costs_only_what_is_new(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _said(capsys, "shop", "import", str(shop))
    _indexed(capsys)
    text = (shop / "shop.json").read_text(encoding="utf-8")
    products = json.loads(text)
    del products["products"]["5"], products["products"]["4"]
    (shop / "shop.json").write_text(json.dumps(products), encoding="utf-8")
    _draw(shop / "mug-0.png", 7)
    _said(capsys, "shop", "import", str(shop), "--replace")
    again = _indexed(capsys)
    assert (again["pictures"], again["new"], again["unchanged"]) == (4, 1, 3)
    assert again["removed"] == 3  # two products, and what the changed picture showed before
    assert again["damaged"] == []


def test_status_says_what_is_left_to_do(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _said(capsys, "shop", "import", str(shop))
    code, out, _ = _said(capsys, "photos", "status")
    assert code == 0
    assert "0 of 6 pictures have been looked at with fake" in out
    assert "run: zhanggui photos index" in out
    _indexed(capsys)
    status = json.loads(_said(capsys, "photos", "status", "--json")[1])
    assert (status["pictures"], status["looked_at"], status["missing"]) == (6, 5, [])


def test_a_shop_can_be_looked_at_before_it_is_imported(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _indexed(capsys, "--shop", str(shop))["new"] == 5
    _said(capsys, "shop", "import", str(shop))
    assert _indexed(capsys)["new"] == 0


def test_a_shop_that_is_not_there_and_an_encoder_that_is_not_set_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = _said(capsys, "photos", "index", "--shop", str(tmp_path / "nowhere"))
    assert (code, "no file or folder" in err) == (1, True)
    monkeypatch.setenv("ZHANGGUI_BACKENDS__PHOTOS", "")
    code, _, err = _said(capsys, "photos", "index")
    assert (code, "backends.photos is empty" in err) == (2, True)
