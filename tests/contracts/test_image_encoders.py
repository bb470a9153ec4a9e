"""What every photo encoder must do."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest

from core import registry
from core.errors import BackendError, MediaError, ModelMissingError
from core.ports import ImageEncoder
from core.ports import Picture as Pixels
from tests.contracts.tiny_clip import TINY, tiny_chinese_clip, tiny_open_clip


@pytest.fixture(
    scope="module",
    params=[
        "fake",
        pytest.param("efficientnet", marks=pytest.mark.models),
        "open-clip:tiny",
        "chinese-clip:tiny",
        "clip-onnx:exported",
    ],
)
def encoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ImageEncoder:
    folder = tmp_path_factory.mktemp("models")
    if request.param == "open-clip:tiny":
        tiny_open_clip(folder / "tiny")
    elif request.param == "chinese-clip:tiny":
        tiny_chinese_clip(folder / "tiny")
    elif request.param == "clip-onnx:exported":
        tiny_open_clip(folder / "tiny")
        clip_export = pytest.importorskip("perception.seeing.clip_export", reason="torch: extra photo-clip")
        clip_export.export(registry.build("photos", "open-clip:tiny", folder), folder / "exported", made_from="tiny")
    elif request.param == "efficientnet":
        folder = request.getfixturevalue("models")
    built: ImageEncoder = registry.build("photos", request.param, folder)
    return built


def _pictures(n: int, height: int = 80, width: int = 60) -> list[Pixels]:
    draw = np.random.default_rng(11)
    return [
        draw.integers(0, 256, (height // 10, width // 10, 3), np.uint8).repeat(10, 0).repeat(10, 1) for _ in range(n)
    ]


async def test_vectors_have_the_stated_shape_and_length_one(encoder: ImageEncoder) -> None:
    vectors = await encoder.encode(_pictures(3))
    assert vectors.shape == (3, encoder.capabilities.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


async def test_a_picture_has_the_same_vector_alone_and_in_a_batch(encoder: ImageEncoder) -> None:
    pictures = _pictures(40)
    together = await encoder.encode(pictures)
    alone = await encoder.encode([pictures[37]])
    np.testing.assert_allclose(together[37], alone[0], atol=1e-3)
    np.testing.assert_array_equal(await encoder.encode([pictures[37]]), alone)


async def test_different_pictures_have_different_vectors(encoder: ImageEncoder) -> None:
    a, b = await encoder.encode(_pictures(2))
    assert a @ b < 0.9999


async def test_no_pictures_give_no_vectors(encoder: ImageEncoder) -> None:
    assert (await encoder.encode([])).shape == (0, encoder.capabilities.dimension)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 700, 3), (900, 2, 3)])
async def test_odd_shapes_and_plain_colours_have_finite_vectors(
    encoder: ImageEncoder, shape: tuple[int, int, int]
) -> None:
    for value in (0, 127, 255):
        vectors = await encoder.encode([np.full(shape, value, np.uint8)])
        assert np.isfinite(vectors).all()


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((8, 8, 3), np.float32),
        np.zeros((8, 8), np.uint8),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((0, 8, 3), np.uint8),
    ],
)
async def test_what_is_no_rgb_picture_is_refused(encoder: ImageEncoder, wrong: np.ndarray) -> None:
    with pytest.raises(MediaError, match="must be uint8"):
        await encoder.encode([*_pictures(1), wrong])
    assert (await encoder.encode(_pictures(1))).shape[0] == 1


async def test_callers_at_the_same_time_get_their_own_vectors(encoder: ImageEncoder) -> None:
    pictures = _pictures(4)
    expected = await encoder.encode(pictures)
    answers = await asyncio.gather(*(encoder.encode([picture]) for picture in pictures))
    np.testing.assert_allclose(np.concatenate(answers), expected, atol=1e-3)


def test_a_missing_efficientnet_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="zhanggui models pull efficientnet-lite0"):
        registry.build("photos", "efficientnet", tmp_path)


async def test_open_clip_puts_texts_in_the_space_of_pictures(tmp_path: Path) -> None:
    tiny_open_clip(tmp_path / "tiny")
    encoder = registry.build("photos", "open-clip:tiny?device=cpu&dtype=fp32", tmp_path)
    vectors = await encoder.encode_texts(["a red hoodie", "红色连帽衫", ""])
    assert vectors.shape == (3, 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


async def test_open_clip_loads_the_same_weights_by_path_and_by_checkpoint_file(tmp_path: Path) -> None:
    folder = tiny_open_clip(tmp_path / "elsewhere" / "tiny")
    open_clip = pytest.importorskip("open_clip")
    (tmp_path / "zhanggui-tiny.json").write_text(json.dumps(TINY))
    open_clip.add_model_config(tmp_path / "zhanggui-tiny.json")
    by_path = registry.build("photos", f"open-clip:local-dir:{folder}", tmp_path)
    checkpoint = folder / "open_clip_pytorch_model.bin"
    by_file = registry.build("photos", f"open-clip:zhanggui-tiny?weights={checkpoint}", tmp_path)
    np.testing.assert_allclose(await by_path.encode_texts(["a cup"]), await by_file.encode_texts(["a cup"]), atol=1e-5)


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ("open-clip:ViT-B-33", "neither a model of open_clip nor a folder"),
        ("open-clip:", "neither a model of open_clip nor a folder"),
        ("open-clip:ViT-B-32", "needs weights=FILE"),
        ("open-clip:ViT-B-32?weights=/nowhere/x.pt", "/nowhere/x.pt' is neither"),
        ("open-clip:ViT-B-32?dtype=fp8", "dtype 'fp8' is none of fp32"),
    ],
)
def test_open_clip_says_what_it_expected(tmp_path: Path, spec: str, complaint: str) -> None:
    pytest.importorskip("open_clip", reason="open_clip comes with the extra photo-clip")
    with pytest.raises((BackendError, ModelMissingError), match=complaint):
        registry.build("photos", spec, tmp_path)


def test_open_clip_refuses_a_checkpoint_that_is_none(tmp_path: Path) -> None:
    pytest.importorskip("open_clip", reason="open_clip comes with the extra photo-clip")
    (tmp_path / "broken.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(ModelMissingError, match="cannot load 'ViT-B-32'"):
        registry.build("photos", f"open-clip:ViT-B-32?weights={tmp_path / 'broken.pt'}", tmp_path)
