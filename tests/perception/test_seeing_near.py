"""The index of large catalogues: nearly all of the neighbours, whatever is allowed, and nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest

from core.errors import ModelMissingError
from perception.seeing import near
from perception.seeing.near import NearIndex, build_near, load_near

COUNT = 12_000
DIMENSION = 300


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Draw vectors as catalogues have them: kinds of things, fewer directions than numbers, away from the origin."""
    draw = np.random.default_rng(3)
    kinds = draw.normal(size=(200, 60))
    rows = (kinds[draw.integers(0, 200, COUNT)] + 0.6 * draw.normal(size=(COUNT, 60))) @ draw.normal(
        size=(60, DIMENSION)
    )
    rows = (rows + 3).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def keys() -> list[str]:
    return [f"k{row}" for row in range(COUNT)]


@pytest.fixture(scope="module")
def folder(vectors: np.ndarray, keys: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("near")
    build_near(folder, keys, lambda rows: vectors[rows], made_by="fake")
    return folder


@pytest.fixture
def index(folder: Path, vectors: np.ndarray, keys: list[str]) -> NearIndex:
    return load_near(folder, keys, lambda rows: vectors[rows], made_by="fake")


def _photos(vectors: np.ndarray) -> np.ndarray:
    draw = np.random.default_rng(4)
    rows = vectors[::100] + draw.normal(scale=0.02, size=vectors[::100].shape).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _share_found(index: NearIndex, vectors: np.ndarray, among: np.ndarray) -> float:
    photos = _photos(vectors)
    allowed = None if len(among) == COUNT else {f"k{row}" for row in among}
    nearest = among[np.argsort(-(photos @ vectors[among].T), axis=1)[:, :10]]
    found = index.search(photos, 10, among=allowed)
    right = [{f"k{row}" for row in rows} for rows in nearest]
    return float(np.mean([len(a & {key for key, _ in b}) / 10 for a, b in zip(right, found, strict=True)]))


@pytest.mark.parametrize("share", [1.0, 0.5, 0.2, 0.05, 0.001])
def test_nearly_all_neighbours_are_found_however_few_are_allowed(
    index: NearIndex, vectors: np.ndarray, share: float
) -> None:
    among = np.sort(np.random.default_rng(5).choice(COUNT, int(COUNT * share), replace=False))
    assert _share_found(index, vectors, among) >= 0.98


def test_a_whole_kind_that_is_not_allowed_does_not_hide_the_rest(index: NearIndex, vectors: np.ndarray) -> None:
    photo = vectors[:1]
    far = np.argsort(vectors @ photo[0])[: COUNT // 2]  # only things that lie in other lists than the photo
    found = index.search(photo, 10, among={f"k{row}" for row in far})[0]
    best = far[np.argsort(-(vectors[far] @ photo[0]))[:10]]
    assert len({f"k{row}" for row in best} & {key for key, _ in found}) >= 9


def test_only_a_part_of_the_vectors_is_read_for_a_photo(folder: Path, vectors: np.ndarray, keys: list[str]) -> None:
    read: list[int] = []

    def counted(rows: np.ndarray) -> np.ndarray:
        read.append(len(rows))
        return vectors[rows]

    load_near(folder, keys, counted, made_by="fake").search(vectors[:5], 10)
    assert len(read) == 5
    assert max(read) <= COUNT / 50


def test_what_is_added_and_replaced_is_found_at_once(index: NearIndex, vectors: np.ndarray) -> None:
    index.add(["k7", "new"], vectors[100:102])
    assert len(index) == COUNT + 1
    assert {key for key, _ in index.search(vectors[100:101], 2)[0]} == {"k100", "k7"}
    assert "k7" not in {key for key, _ in index.search(vectors[7:8], 3)[0]}
    assert index.search(vectors[101:102], 5, among={"new", "k9"})[0][0] == ("new", pytest.approx(1, abs=1e-4))


def test_the_same_candidates_may_be_weighed_otherwise(index: NearIndex, vectors: np.ndarray) -> None:
    other = index.seen_as(lambda rows: -vectors[rows])
    assert other.search(vectors[:1], 3)[0][0][1] < 0


def test_an_index_of_another_encoder_or_of_other_pictures_is_refused(
    folder: Path, vectors: np.ndarray, keys: list[str]
) -> None:
    with pytest.raises(ModelMissingError, match="made by 'fake' of 12000 vectors, not 'clip' of 12000"):
        load_near(folder, keys, lambda rows: vectors[rows], made_by="clip")
    with pytest.raises(ModelMissingError, match="not 'fake' of 5"):
        load_near(folder, keys[:5], lambda rows: vectors[rows], made_by="fake")
    with pytest.raises(ModelMissingError, match="no whole index"):
        load_near(folder / "nowhere", keys, lambda rows: vectors[rows], made_by="fake")


@pytest.mark.parametrize("damage", ["codes", "about", "gone"])
def test_a_damaged_index_is_refused(tmp_path: Path, vectors: np.ndarray, keys: list[str], damage: str) -> None:
    few = keys[:500]
    build_near(tmp_path, few, lambda rows: vectors[rows])
    (codes,) = tmp_path.glob("*.faiss")
    match damage:
        case "codes":
            codes.write_bytes(codes.read_bytes()[:-1000])
        case "about":
            (tmp_path / "about.json").write_text("{", encoding="utf-8")
        case _:
            codes.unlink()
    with pytest.raises(ModelMissingError, match="no whole index"):
        load_near(tmp_path, few, lambda rows: vectors[rows])


def test_a_build_that_fails_leaves_the_old_index(
    tmp_path: Path, vectors: np.ndarray, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few, vectors_of = keys[:500], lambda rows: vectors[rows]
    build_near(tmp_path, few, vectors_of, made_by="old")
    before = sorted(path.name for path in tmp_path.iterdir())

    def full(codes: object, file: str) -> None:
        Path(file).write_bytes(b"half")
        raise RuntimeError("no space left on device")

    monkeypatch.setattr(faiss, "write_index", full)
    with pytest.raises(RuntimeError, match="no space"):
        build_near(tmp_path, few, vectors_of, made_by="new")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert load_near(tmp_path, few, vectors_of, made_by="old").search(vectors[:1], 1)[0][0][0] == "k0"


def test_a_new_index_takes_the_place_of_the_old_one(tmp_path: Path, vectors: np.ndarray, keys: list[str]) -> None:
    for made_by in ("old", "new"):
        build_near(tmp_path, keys[:500], lambda rows: vectors[rows], made_by=made_by)
    assert len(list(tmp_path.glob("*.faiss"))) == 1
    assert json.loads((tmp_path / "about.json").read_text(encoding="utf-8"))["made_by"] == "new"


def test_progress_ends_with_all(tmp_path: Path, vectors: np.ndarray, keys: list[str]) -> None:
    told: list[tuple[int, int]] = []
    tell: Callable[[int, int], None] = lambda done, of_all: told.append((done, of_all))  # noqa: E731
    build_near(tmp_path, keys[:5000], lambda rows: vectors[rows], progress=tell)
    assert told == [(near._BLOCK, 5000), (5000, 5000)]


def test_no_vectors_make_no_index(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one vector"):
        build_near(tmp_path, [], lambda rows: np.empty((0, 8), np.float32))
