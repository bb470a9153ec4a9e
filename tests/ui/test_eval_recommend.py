"""`zhanggui eval recommend` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    return left.value.code if isinstance(left.value.code, int) else 0, told.out, told.err


def test_purchases_and_links_of_the_demo_shop_are_scored_beside_chance(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "eval", "recommend", "--sentences", "", "--json")
    tables = json.loads(out)
    assert code == 0 and tables["purchases"]["cases"] == 40 and tables["links"]["cases"] == 60
    for table in tables.values():
        assert {"random", "popular", "together", "blended"} <= table["rankings"].keys()
    links = tables["links"]["rankings"]
    assert "linked" not in links and links["shared"]["recall_at_10"] > links["random"]["recall_at_10"]


def test_the_table_names_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "eval", "recommend", "--sentences", "")
    assert "recall_at_10" in out and "blended" in out


@pytest.mark.parametrize("document", ['{"products": {}, "users": {}, "orders": {}}', "{"])
def test_a_shop_without_anything_to_foretell_is_an_error(
    document: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = tmp_path / "db.json"
    shop.write_text(document, encoding="utf-8")
    code, _, err = run(capsys, "eval", "recommend", "--shop", shop, "--sentences", "")
    assert code != 0 and "db.json" in err
