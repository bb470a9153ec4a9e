"""Looks on disk: whole after any crash, of one encoder, for several processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelMissingError, StoreError
from perception.seeing.look_store import LookStore, OtherEncoderError

WRITER = """
import sys
from pathlib import Path
import numpy as np
from perception.seeing.look_store import LookStore
probe = {"shapes": np.arange(1, 9, dtype=np.float32), "places": np.ones((2, 3), np.float32)}
store = LookStore.open(Path(sys.argv[1]), probe)
for number in range(100_000):
    value = np.float32(number % 1000)
    store.append([f"{sys.argv[2]}{number}"], {"shapes": np.full((1, 8), value), "places": np.full((1, 2, 3), value)})
    print(number, flush=True)
"""


def _probe(seed: int = 1) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(seed)
    return {"shapes": draw.normal(size=8).astype(np.float32), "places": draw.normal(size=(2, 3)).astype(np.float32)}


def _rows(*values: float) -> dict[str, np.ndarray]:
    column = np.array(values, np.float32)
    return {"shapes": np.repeat(column[:, None], 8, 1), "places": np.tile(column[:, None, None], (1, 2, 3))}


def _value(store: LookStore, key: str) -> float:
    arrays = store.read([store.rows_of([key])[key]])
    values = {round(float(value), 3) for rows in arrays.values() for value in rows.ravel()}
    assert len(values) == 1, f"{key} has rows of several looks: {values}"
    return values.pop()


def test_what_was_appended_is_read_again_after_opening(tmp_path: Path) -> None:
    store = LookStore.open(tmp_path / "looks", _probe())
    store.append(["a", "b"], _rows(1, 2))
    store.append(["c"], _rows(3))
    again = LookStore.open(tmp_path / "looks", _probe())
    assert len(again) == 3
    assert again.rows_of(["c", "a", "never"]) == {"a": 0, "c": 2}
    assert [_value(again, key) for key in "abc"] == [1, 2, 3]
    assert again.read([2, 0])["places"].shape == (2, 2, 3)


def test_only_the_arrays_that_are_wanted_are_read(tmp_path: Path) -> None:
    store = LookStore.open(tmp_path, _probe())
    store.append(["a"], _rows(1))
    read = store.read([0], only=("shapes",))
    assert (read["shapes"].shape, read["places"].shape) == ((1, 8), (0, 2, 3))


def test_a_key_that_is_here_keeps_its_look(tmp_path: Path) -> None:
    store = LookStore.open(tmp_path, _probe())
    store.append(["a"], _rows(1))
    store.append(["b", "a", "b"], _rows(2, 9, 9))
    assert len(store) == 2
    assert [_value(store, key) for key in "ab"] == [1, 2]


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"shapes": np.ones((1, 8), np.float32)}, "not \\['shapes'\\]"),
        (_rows(1, 2), "came with shapes of shape"),
        (_rows(float("nan")), "not finite"),
        ({**_rows(1), "places": np.ones((1, 3, 2), np.float32)}, "1 keys came with places"),
    ],
)
def test_rows_that_do_not_fit_are_refused_and_change_nothing(
    tmp_path: Path, arrays: dict[str, np.ndarray], told: str
) -> None:
    store = LookStore.open(tmp_path, _probe())
    with pytest.raises(ValueError, match=told):
        store.append(["a"], arrays)
    assert len(store) == 0


def test_another_encoder_is_refused_and_the_same_with_a_little_noise_is_not(tmp_path: Path) -> None:
    LookStore.open(tmp_path, _probe()).append(["a"], _rows(1))
    with pytest.raises(OtherEncoderError, match="another encoder's"):
        LookStore.open(tmp_path, _probe(seed=2))
    with pytest.raises(OtherEncoderError):
        LookStore.open(tmp_path, {"shapes": _probe()["shapes"]})
    noisy = {name: row * np.float32(1 + 1e-5) for name, row in _probe().items()}
    assert len(LookStore.open(tmp_path, noisy)) == 1


@pytest.mark.parametrize(
    ("name", "left"), [("looks.db", 100), ("looks.db", 5000), ("shapes.f16", 20), ("places.i8", 0)]
)
def test_a_damaged_store_is_refused(tmp_path: Path, name: str, left: int) -> None:
    store = LookStore.open(tmp_path, _probe())
    store.append([f"key-{number}" for number in range(300)], _rows(*range(300)))
    file = tmp_path / name
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(ModelMissingError, match="delete"):
        LookStore.open(tmp_path, _probe())


def test_a_store_that_the_disk_does_not_let_us_open_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "looks.db").mkdir()
    with pytest.raises(StoreError, match="cannot be read or written"):
        LookStore.open(tmp_path, _probe())
    assert (tmp_path / "looks.db").is_dir()


def test_half_a_row_at_the_end_is_written_over(tmp_path: Path) -> None:
    store = LookStore.open(tmp_path, _probe())
    store.append(["a"], _rows(1))
    for name in ("shapes", "places"):
        with (tmp_path / f"{name}.f16").open("ab") as stream:
            stream.write(b"\x01\x02\x03")
    store = LookStore.open(tmp_path, _probe())
    assert _value(store, "a") == 1
    store.append(["b"], _rows(2))
    assert [_value(store, key) for key in "ab"] == [1, 2]


def test_killed_at_any_moment_every_key_has_its_whole_look(tmp_path: Path) -> None:
    folder = tmp_path / "looks"
    for attempt in range(4):
        writers = [_started(folder, f"{attempt}{name}-") for name in "xy"]  # two at once, as `serve` and `photos index`
        for writer in writers:
            assert writer.stdout
            writer.stdout.readline()
        time.sleep(0.1 * (attempt + 1))
        for writer in writers:
            os.kill(writer.pid, signal.SIGKILL)
            writer.communicate()
    probe = {"shapes": np.arange(1, 9, dtype=np.float32), "places": np.ones((2, 3), np.float32)}
    store = LookStore.open(folder, probe)
    numbers = range(100_000)
    keys = [f"{attempt}{name}-{number}" for attempt in range(4) for name in "xy" for number in numbers[:20_000]]
    rows = store.rows_of(keys)
    assert len(rows) == len(store) >= 8
    assert sorted(rows.values()) == list(range(len(store)))
    for key in rows:
        assert _value(store, key) == int(key.partition("-")[2]) % 1000


def _started(folder: Path, prefix: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), prefix], stdout=subprocess.PIPE, text=True)
