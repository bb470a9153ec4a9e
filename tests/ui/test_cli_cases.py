"""`zhanggui test` as a person uses it, with no other model than that of sentences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.models
ROOT = Path(__file__).parents[2]
_ONLY_READING = {f"ZHANGGUI_BACKENDS__{key}": "" for key in ("ASR", "VAD", "TTS_EN", "TTS_ZH", "PHOTOS")}
_CASES = """
- id: parcel
  lang: zh
  channel: web
  turns: [我的订单到哪了, chen.jing@example.com, 第二个]
  expect: {must_say: [陈静, "75973019409132"]}
- id: never-said
  lang: en
  channel: web
  turns: ["where is order W3912701? chen.jing@example.com"]
  expect: {writes: [{name: cancel_pending_order, args: {order_id: "#W3912701", reason: no longer needed}}]}
"""


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    file = tmp_path / "cases.yaml"
    file.write_text(_CASES, encoding="utf-8")
    return file


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, **_ONLY_READING, "ZHANGGUI_DATA_DIR": str(folder / "data"), "COLUMNS": "200"}
    command = [sys.executable, "-m", "ui.cli", "test", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings, cwd=ROOT, timeout=100)


def test_a_failure_is_told_with_its_trace_and_the_exit_code_is_1(cases: Path, tmp_path: Path) -> None:
    reports = ("--junit", str(tmp_path / "r.xml"), "--html", str(tmp_path / "r.html"))
    done = run(tmp_path, str(cases), "--repeat", "2", *reports)

    assert done.returncode == 1, done.stderr
    assert "FAILED never-said" in done.stdout and "FAILED parcel" not in done.stdout
    assert "did not do: cancel_pending_order" in done.stdout and "customer: where is order" in done.stdout
    assert "2 of 4 conversations passed; pass^1 0.5, pass^2 0.5" in done.stdout
    assert 'failures="2"' in (tmp_path / "r.xml").read_text(encoding="utf-8")
    assert "2 of 4 passed" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert not (tmp_path / "data").exists()


def test_json_is_one_object_and_a_filter_chooses(cases: Path, tmp_path: Path) -> None:
    done = run(tmp_path, str(cases), "--filter", "^par", "--json")
    report = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    assert (report["cases"], report["failed"], report["pass_hat"]) == (1, 0, {"1": 1.0})
    assert report["by_language"] == {"zh": {"passed": 1, "trials": 1}} and report["failures"] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--filter", "("), "no regular expression"),
        (("--filter", "nothing"), "finds none of the 2 cases"),
        (("--shop", "nowhere"), "there is no nowhere"),
        (("--repeat", "0"), "--repeat"),
    ],
)
def test_wrong_options_are_told_and_the_exit_code_is_2(
    cases: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = run(tmp_path, str(cases), *arguments)

    assert done.returncode == 2
    assert told in done.stderr


def test_a_shop_that_cannot_be_read_is_told_and_the_exit_code_is_2(cases: Path, tmp_path: Path) -> None:
    (tmp_path / "shop.json").write_text("[]", encoding="utf-8")
    done = run(tmp_path, str(cases), "--shop", str(tmp_path / "shop.json"))

    assert done.returncode == 2
    assert "shop.json cannot be talked about" in done.stderr


def test_a_mistake_in_a_case_is_told_and_nothing_is_talked(cases: Path, tmp_path: Path) -> None:
    cases.write_text(_CASES.replace("turns: [我", "turn: [我"), encoding="utf-8")
    done = run(tmp_path, str(cases), "--json")

    assert done.returncode == 2
    assert f"{cases}:2, case 'parcel'" in json.loads(done.stdout)["error"]["message"]
