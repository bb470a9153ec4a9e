"""What every vector index must do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelMissingError
from perception.seeing.index import ExactIndex


def _vectors(n: int, dimension: int = 8, seed: int = 5) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _filled(n: int = 50) -> ExactIndex:
    index = ExactIndex(8, made_by="fake")
    index.add([f"sku-{i}" for i in range(n)], _vectors(n))
    return index


def test_every_vector_finds_itself_first_with_score_one() -> None:
    index = _filled()
    for number, found in enumerate(index.search(_vectors(50), 3)):
        assert found[0] == (f"sku-{number}", pytest.approx(1, abs=1e-5))
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
        assert len(found) == 3


def test_a_key_added_again_is_replaced() -> None:
    index = _filled()
    index.add(["sku-7", "new"], _vectors(2, seed=9))
    assert len(index) == 51
    assert index.search(_vectors(2, seed=9), 1) == [[("sku-7", pytest.approx(1))], [("new", pytest.approx(1))]]


def test_equal_vectors_keep_the_order_in_which_they_came() -> None:
    index = ExactIndex(8)
    index.add(["b", "a", "c"], np.repeat(_vectors(1), 3, axis=0))
    assert [key for key, _ in index.search(_vectors(1), 2)[0]] == ["b", "a"]


def test_more_than_there_are_gives_all_and_none_gives_none() -> None:
    assert len(_filled(5).search(_vectors(1), 100)[0]) == 5
    assert ExactIndex(8).search(_vectors(2), 5) == [[], []]
    assert _filled(5).search(_vectors(1), 0) == [[]]
    assert _filled(5).search(_vectors(0), 3) == []


@pytest.mark.parametrize(
    ("keys", "vectors"),
    [
        (["a"], _vectors(1, dimension=9)),
        (["a", "b"], _vectors(1)),
        (["a"], np.full((1, 8), np.nan, np.float32)),
        (["a"], _vectors(1)[0]),
    ],
)
def test_vectors_that_do_not_fit_are_refused_and_change_nothing(keys: list[str], vectors: np.ndarray) -> None:
    index = _filled(3)
    with pytest.raises(ValueError, match="vector"):
        index.add(keys, vectors)
    assert len(index) == 3


def test_a_question_of_another_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match="holds vectors of 8 numbers"):
        _filled(3).search(_vectors(1, dimension=9), 1)


def test_saved_and_loaded_it_answers_the_same(tmp_path: Path) -> None:
    index = _filled()
    index.save(tmp_path / "deep" / "index.npz")
    again = ExactIndex.load(tmp_path / "deep" / "index.npz", made_by="fake")
    assert again.search(_vectors(50), 5) == index.search(_vectors(50), 5)
    assert again.made_by == "fake"


def test_a_file_of_another_encoder_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "index.npz"
    _filled().save(file)
    with pytest.raises(ModelMissingError, match="'fake', not 'clip'"):
        ExactIndex.load(file, made_by="clip")
    for damage in (file.read_bytes()[:200], b"", b"junk"):
        file.write_bytes(damage)
        with pytest.raises(ModelMissingError, match="no whole index"):
            ExactIndex.load(file)


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "index.npz"
    _filled(3).save(file)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space"):
        _filled(50).save(file)
    assert len(ExactIndex.load(file)) == 3
    assert list(tmp_path.iterdir()) == [file]
