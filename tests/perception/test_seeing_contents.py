"""Content addresses that are remembered by size and time."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from perception.seeing.contents import read_contents

OLD_S = 3600


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    made = [tmp_path / f"{name}.jpg" for name in "abc"]
    for file in made:
        _write(file, file.name)
    return made


def _write(file: Path, text: str, *, age_s: float = OLD_S) -> None:
    file.write_text(text, encoding="utf-8")
    then = time.time() - age_s
    os.utime(file, (then, then))


def _unreadable_now(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path) -> bytes:
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr(Path, "read_bytes", closed)


def test_an_unchanged_file_is_not_read_again(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read_contents(files, tmp_path / "files.db")
    assert first.keys[files[0]] == hashlib.sha256(b"a.jpg").hexdigest()
    _unreadable_now(monkeypatch)
    assert read_contents(files, tmp_path / "files.db").keys == first.keys


def test_a_changed_file_of_the_same_size_is_read_again(files: list[Path], tmp_path: Path) -> None:
    first = read_contents(files, tmp_path / "files.db")
    _write(files[1], "B.jpg", age_s=OLD_S / 2)
    second = read_contents(files, tmp_path / "files.db")
    assert second.keys[files[1]] == hashlib.sha256(b"B.jpg").hexdigest()
    assert second.keys[files[0]] == first.keys[files[0]]


def test_a_file_written_a_moment_ago_is_read_again(files: list[Path], tmp_path: Path) -> None:
    _write(files[0], "young", age_s=0)
    read_contents(files, tmp_path / "files.db")
    before = files[0].stat()
    files[0].write_text("YOUNG", encoding="utf-8")
    os.utime(files[0], ns=(before.st_atime_ns, before.st_mtime_ns))  # a clock too coarse to tell
    assert read_contents(files, tmp_path / "files.db").keys[files[0]] == hashlib.sha256(b"YOUNG").hexdigest()


def test_missing_files_are_told_and_removed_ones_are_counted(files: list[Path], tmp_path: Path) -> None:
    read_contents(files, tmp_path / "files.db")
    found = read_contents([files[0], tmp_path / "gone.jpg"], tmp_path / "files.db")
    assert found.removed == 2
    assert list(found.unreadable) == [tmp_path / "gone.jpg"]
    assert "No such file" in found.unreadable[tmp_path / "gone.jpg"]
    assert read_contents(files[:1], tmp_path / "files.db").removed == 0


def test_a_damaged_memory_costs_only_time(files: list[Path], tmp_path: Path) -> None:
    first = read_contents(files, tmp_path / "files.db")
    (tmp_path / "files.db").write_bytes(b"no database at all, but long enough to be looked at as one" * 30)
    assert read_contents(files, tmp_path / "files.db").keys == first.keys
    assert read_contents(files, tmp_path / "files.db").removed == 0


def test_a_memory_that_cannot_be_written_costs_only_time(
    files: list[Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "files.db").mkdir()
    assert len(read_contents(files, tmp_path / "files.db").keys) == 3
    assert "files.db cannot be written" in caplog.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jpg", "b.jpg", "c.jpg", "files.db"]
