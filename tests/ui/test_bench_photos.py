"""`zhanggui bench photos` with the fake encoder on a small drawn catalogue."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from perception.seeing import shelf
from ui import photos_speed
from ui.cli import main


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a table of eight pictures of coloured squares."""
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ZHANGGUI_BACKENDS__PHOTOS", "fake")
    monkeypatch.setattr("perception.seeing.lessons._IMITATIONS", 12)
    monkeypatch.setattr(photos_speed, "_ASKED", 3)
    monkeypatch.setattr(shelf, "_EXACT", 100)
    draw = np.random.default_rng(2)
    for number in range(8):
        pixels = draw.integers(0, 256, (6, 6, 3), np.uint8)
        Image.fromarray(pixels).resize((96, 96), Image.Resampling.NEAREST).save(tmp_path / f"{number}.png")
    rows = "".join(f"{number}.png,thing-{number}\n" for number in range(8))
    (tmp_path / "images.csv").write_text(f"file,sku\n{rows}", encoding="utf-8")
    return tmp_path / "images.csv"


def _bench(table: Path, *more: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["bench", "photos", "--catalogue", str(table), "--json", *more])
    return int(left.value.code or 0)


def test_it_reports_recall_rate_disk_and_latency(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _bench(table, "--skus", "400") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["skus"], report["drawn_from"]) == (400, 8)
    assert report["recall_at_10_of_exact"] >= 0.9
    assert 0 < report["search_ms"] < 1000
    assert report["photo_p95_ms"] >= report["photo_p50_ms"] > 0
    assert report["throughput_over_bare"] is None, "the fake has no session to be compared with"


def test_pictures_that_cannot_be_opened_are_told(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(7):
        (table.parent / f"{number}.png").write_bytes(b"no picture")
    assert _bench(table, "--skus", "100") == 2
    assert "1 of 8 are whole" in capsys.readouterr().err
