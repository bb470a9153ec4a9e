"""What every vector index must do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelMissingError
from core.ports import VectorIndex
from perception.seeing.index import ExactIndex
from perception.seeing.near import build_near


def _vectors(n: int, dimension: int = 8, seed: int = 5) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _exact(keys: list[str], vectors: np.ndarray, folder: Path) -> VectorIndex:
    index = ExactIndex(8, made_by="fake")
    index.add(keys, vectors)
    return index


def _near(keys: list[str], vectors: np.ndarray, folder: Path) -> VectorIndex:
    return build_near(folder / "near", keys, lambda rows: vectors[rows], made_by="fake")


def _near_with_late(keys: list[str], vectors: np.ndarray, folder: Path) -> VectorIndex:
    index = _near(keys[:2], vectors[:2], folder)
    index.add(keys[2:], vectors[2:])
    return index


Make = Callable[[list[str], np.ndarray], VectorIndex]


@pytest.fixture(params=[_exact, _near, _near_with_late])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    return lambda keys, vectors: request.param(keys, vectors, tmp_path)


@pytest.fixture
def filled(make: Make) -> Callable[..., VectorIndex]:
    return lambda n=50: make([f"sku-{i}" for i in range(n)], _vectors(n))


def _filled(n: int = 50) -> ExactIndex:
    index = ExactIndex(8, made_by="fake")
    index.add([f"sku-{i}" for i in range(n)], _vectors(n))
    return index


def test_every_vector_finds_itself_first_with_score_one(filled: Callable[..., VectorIndex]) -> None:
    index = filled()
    for number, found in enumerate(index.search(_vectors(50), 3)):
        assert found[0] == (f"sku-{number}", pytest.approx(1, abs=1e-5))
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
        assert len(found) == 3


def test_a_key_added_again_is_replaced(filled: Callable[..., VectorIndex]) -> None:
    index = filled()
    index.add(["sku-7", "new"], _vectors(2, seed=9))
    assert len(index) == 51
    assert index.search(_vectors(2, seed=9), 1) == [[("sku-7", pytest.approx(1))], [("new", pytest.approx(1))]]


def test_equal_vectors_keep_the_order_in_which_they_came(make: Make) -> None:
    index = make(["b", "a", "c"], np.repeat(_vectors(1), 3, axis=0))
    assert [key for key, _ in index.search(_vectors(1), 2)[0]] == ["b", "a"]


def test_more_than_there_are_gives_all_and_none_gives_none(filled: Callable[..., VectorIndex]) -> None:
    assert len(filled(5).search(_vectors(1), 100)[0]) == 5
    assert ExactIndex(8).search(_vectors(2), 5) == [[], []]
    assert filled(5).search(_vectors(1), 0) == [[]]
    assert filled(5).search(_vectors(0), 3) == []


def test_only_the_allowed_are_found_and_the_best_of_them(filled: Callable[..., VectorIndex]) -> None:
    allowed = {f"sku-{i}" for i in range(0, 50, 7)} | {"never heard of"}
    everything = filled().search(_vectors(50), 50)
    for near, all_of_them in zip(filled().search(_vectors(50), 3, among=allowed), everything, strict=True):
        expected = [(key, score) for key, score in all_of_them if key in allowed][:3]
        assert [key for key, _ in near] == [key for key, _ in expected]
        assert [score for _, score in near] == pytest.approx([score for _, score in expected], abs=1e-5)
    assert filled().search(_vectors(2), 3, among=()) == [[], []]
    assert len(filled().search(_vectors(1), 100, among=allowed)[0]) == 8


@pytest.mark.parametrize(
    ("keys", "vectors"),
    [
        (["a"], _vectors(1, dimension=9)),
        (["a", "b"], _vectors(1)),
        (["a"], np.full((1, 8), np.nan, np.float32)),
        (["a"], _vectors(1)[0]),
    ],
)
def test_vectors_that_do_not_fit_are_refused_and_change_nothing(
    filled: Callable[..., VectorIndex], keys: list[str], vectors: np.ndarray
) -> None:
    index = filled(3)
    with pytest.raises(ValueError, match="vector"):
        index.add(keys, vectors)
    assert len(index) == 3


def test_a_question_of_another_dimension_is_refused(filled: Callable[..., VectorIndex]) -> None:
    with pytest.raises(ValueError, match="holds vectors of 8 numbers"):
        filled(3).search(_vectors(1, dimension=9), 1)


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


def test_vectors_are_told_by_their_keys(filled: Callable[..., VectorIndex]) -> None:
    index = filled()
    assert np.allclose(index.rows(["sku-40", "sku-0", "sku-7"]), _vectors(50)[[40, 0, 7]], atol=1e-6)
    assert index.rows([]).shape == (0, 8)
    with pytest.raises(KeyError):
        index.rows(["sku-0", "never"])
    index.add(["sku-7"], -_vectors(50)[[7]])
    assert np.allclose(index.rows(["sku-7", "sku-8"]), np.stack([-_vectors(50)[7], _vectors(50)[8]]), atol=1e-6)
