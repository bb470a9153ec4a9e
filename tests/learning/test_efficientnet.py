"""The ONNX graph of EfficientNet-lite0 against timm's network with the same weights."""

from __future__ import annotations

import io
import pickle
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from core.errors import ModelMissingError
from learning.models.checkpoint import read_tensors
from learning.models.efficientnet import CHECKPOINT, GRAPH, export


@pytest.fixture(scope="module")
def exported(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("efficientnet-lite0")
    shutil.copy(models / "efficientnet-lite0" / CHECKPOINT, folder)
    export(folder)
    return folder


def _photo_like(n: int) -> np.ndarray:
    draw = np.random.default_rng(7)
    coarse = draw.integers(0, 256, (n, 14, 14, 3), dtype=np.uint8)
    return coarse.repeat(16, axis=1).repeat(16, axis=2)


@pytest.mark.models
def test_the_graph_computes_what_timm_computes(exported: Path) -> None:
    timm = pytest.importorskip("timm", reason="timm comes with the extra photo-clip")
    torch = pytest.importorskip("torch")
    net = timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()
    ours = read_tensors(exported / CHECKPOINT)
    theirs = net.state_dict()
    for name, value in zip(theirs, ours.values(), strict=True):
        theirs[name] = torch.from_numpy(np.ascontiguousarray(value))
    net.load_state_dict(theirs)
    pictures = _photo_like(3)
    pixels = torch.from_numpy((pictures.astype(np.float32) - 127) / 128).permute(0, 3, 1, 2)
    with torch.inference_mode():
        expected = net.forward_head(net.forward_features(pixels), pre_logits=True).numpy()

    session = onnxruntime.InferenceSession(exported / GRAPH, providers=["CPUExecutionProvider"])
    features, activity = session.run(["features", "activity"], {"pictures": pictures})

    assert features.shape == (3, 1280)
    assert activity.shape == (3, 7, 7)
    np.testing.assert_allclose(features, expected, atol=2e-4)
    cosine = (features * expected).sum(1) / np.linalg.norm(features, axis=1) / np.linalg.norm(expected, axis=1)
    assert cosine.min() > 0.9999


@pytest.mark.models
def test_a_batch_gives_what_single_pictures_give(exported: Path) -> None:
    session = onnxruntime.InferenceSession(exported / GRAPH, providers=["CPUExecutionProvider"])
    pictures = _photo_like(4)
    together = session.run(["features"], {"pictures": pictures})[0]
    alone = np.concatenate([session.run(["features"], {"pictures": pictures[i : i + 1]})[0] for i in range(4)])
    np.testing.assert_allclose(together, alone, atol=1e-4)


@pytest.mark.models
def test_the_tensors_are_those_that_torch_reads(models: Path) -> None:
    torch = pytest.importorskip("torch")
    file = models / "efficientnet-lite0" / CHECKPOINT
    expected = torch.load(file, map_location="cpu", weights_only=True)
    found = read_tensors(file)
    assert list(found) == list(expected)
    assert all(np.array_equal(found[name], expected[name].numpy()) for name in found)


def test_a_missing_checkpoint_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="zhanggui models pull"):
        export(tmp_path)


def test_a_cut_off_checkpoint_is_refused_and_leaves_no_graph(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT).write_bytes(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.")
    with pytest.raises(ModelMissingError, match="not a whole PyTorch checkpoint"):
        export(tmp_path)
    assert not (tmp_path / GRAPH).exists()


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save({"layer.weight": torch.zeros(2, 2)}, tmp_path / CHECKPOINT, _use_new_zipfile_serialization=False)
    with pytest.raises(ModelMissingError, match="no EfficientNet-lite0"):
        export(tmp_path)


class _Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('the file ran code')",))


def test_a_checkpoint_that_holds_code_is_refused_and_not_run(tmp_path: Path) -> None:
    stream = io.BytesIO()
    for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, {"w": _Trap()}, []):
        pickle.dump(value, stream, protocol=2)
    (tmp_path / CHECKPOINT).write_bytes(stream.getvalue())
    with pytest.raises(ModelMissingError, match="builtin.*exec, which is no tensor"):
        read_tensors(tmp_path / CHECKPOINT)
