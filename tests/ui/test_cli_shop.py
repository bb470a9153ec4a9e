"""`zhanggui shop` from the outside."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ui.cli import main
from ui.shop_folder import DEMO


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def left_with(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        main(("shop", *arguments))
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Write a shop of one product that nobody bought yet."""
    mug = {"name": "Mug", "product_id": "1", "variants": {"11": {"item_id": "11", "options": {}, "price": 4.5}}}
    file = tmp_path / "small.json"
    file.write_text(json.dumps({"products": {"1": mug}, "users": {}, "orders": {}}), encoding="utf-8")
    return file


def test_without_an_import_there_is_the_demo_shop(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = left_with(capsys, "show", "--json")
    shown = json.loads(out)
    assert code == 0
    assert shown["name"]["zh"] == "掌柜小铺"
    assert (shown["products"], shown["customers"], shown["orders"]) == (60, 40, 150)
    assert abs((date.fromisoformat(shown["as_of"]) - date.today()).days) <= 1, "its dates are moved to the first day"


def test_an_import_takes_the_place_of_the_demo_shop_but_not_of_another(
    capsys: pytest.CaptureFixture[str], small: Path
) -> None:
    left_with(capsys, "show")
    code, out, _ = left_with(capsys, "import", str(small), "--json")
    assert code == 0 and json.loads(out)["products"] == 1
    code, _, err = left_with(capsys, "import", str(DEMO))
    assert code == 1 and "'small.json' is here already; add --replace" in err
    code, out, _ = left_with(capsys, "import", str(DEMO), "--replace")
    assert code == 0 and "60 products" in out


def test_as_of_moves_the_dates(capsys: pytest.CaptureFixture[str]) -> None:
    left_with(capsys, "import", str(DEMO), "--as-of", "2027-01-10")
    _, out, _ = left_with(capsys, "export")
    exported: dict[str, Any] = json.loads(out)
    assert exported["as_of"] == "2027-01-10"
    assert exported["orders"]["#W3912701"]["placed_at"].startswith("2027-01-08")


def test_an_export_to_a_folder_can_be_imported_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_with(capsys, "import", str(DEMO))
    code, _, _ = left_with(capsys, "export", str(tmp_path / "out"))
    assert code == 0
    assert json.loads((tmp_path / "out" / "shop.json").read_text("utf-8")) == json.loads(
        (DEMO / "shop.json").read_text("utf-8")
    )
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "fresh"))
    code, out, _ = left_with(capsys, "import", str(tmp_path / "out"))
    assert code == 0 and "317 variants" in out


def test_a_broken_shop_changes_nothing_and_says_where_it_is_broken(
    capsys: pytest.CaptureFixture[str], small: Path
) -> None:
    left_with(capsys, "import", str(small))
    broken = small.with_name("broken.json")
    broken.write_text(small.read_text("utf-8").replace("4.5", '"4.5"'), encoding="utf-8")
    code, out, _ = left_with(capsys, "import", str(broken), "--replace", "--json")
    assert code == 1
    assert json.loads(out)["error"]["message"] == (
        "broken.json.products[\"1\"].variants[\"11\"]: 'price' is '4.5'; expected a number such as 49.9"
    )
    _, out, _ = left_with(capsys, "show", "--json")
    assert json.loads(out)["origin"] == "small.json"


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01"])
def test_a_date_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str], day: str, small: Path) -> None:
    code, _, err = left_with(capsys, "import", str(small), "--as-of", day)
    assert code == 2 and day in err
