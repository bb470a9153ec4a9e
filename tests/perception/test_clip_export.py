"""An exported CLIP answers as the one that it was made from, without torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import registry
from core.errors import BackendError, ModelMissingError
from perception.seeing.fake import FakeImageEncoder
from tests.contracts.tiny_clip import tiny_chinese_clip, tiny_open_clip
from ui.cli import main

clip_export = pytest.importorskip("perception.seeing.clip_export", reason="torch comes with the extra photo-clip")

TEXTS = ["a red hoodie", "红色连帽衫", "Größe   XL — 2 pcs", "", "😀", "y " * 500]


def _made(kind: str, folder: Path) -> str:
    if kind == "chinese":
        tiny_chinese_clip(folder / "tiny")
        return "chinese-clip:tiny"
    vision = {"layers": [1, 1, 1, 1], "width": 32, "image_size": 64} if kind == "resnet" else None
    tiny_open_clip(folder / "tiny", vision=vision, resize="longest" if kind == "padded" else "shortest")
    return "open-clip:tiny"


@pytest.mark.parametrize("kind", ["transformer", "resnet", "padded", "chinese"])
async def test_pictures_and_texts_get_the_same_vectors(kind: str, tmp_path: Path) -> None:
    spec = _made(kind, tmp_path)
    original = registry.build("photos", spec, tmp_path)
    written = clip_export.export(original, tmp_path / "exported", made_from=spec)
    assert min(written.pictures, written.texts) > 0.9999
    exported = registry.build("photos", "clip-onnx:exported", tmp_path)
    pictures = [np.random.default_rng(n).integers(0, 256, (50 + n, 90, 3), np.uint8) for n in range(7)]
    np.testing.assert_allclose(await exported.encode(pictures), await original.encode(pictures), atol=1e-4)
    np.testing.assert_allclose(await exported.encode_texts(TEXTS), await original.encode_texts(TEXTS), atol=1e-4)


def test_the_command_line_writes_one_that_needs_no_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHANGGUI_MODELS__FOLDER", str(tmp_path))
    tiny_open_clip(tmp_path / "tiny")
    for _ in range(2):  # the second one replaces the first
        with pytest.raises(SystemExit) as left:
            main(["models", "export", "open-clip:tiny", "small", "--json"])
        assert left.value.code == 0
        assert json.loads(capsys.readouterr().out)["folder"] == str(tmp_path / "small")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small", "tiny"]
    program = (
        "import sys; from pathlib import Path; from core import registry; "
        f"registry.build('photos', 'clip-onnx:small', Path({str(tmp_path)!r})); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_torch_does_not_compute_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="export an open-clip or chinese-clip encoder"):
        clip_export.export(FakeImageEncoder(), tmp_path / "x", made_from="fake")
    assert not (tmp_path / "x").exists()


def test_a_network_that_is_not_what_it_was_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = registry.build("photos", _made("transformer", tmp_path), tmp_path)
    real = clip_export._graph

    def other(tower: object, inputs: object, name: str, file: Path) -> None:
        torch = pytest.importorskip("torch")
        with torch.no_grad():
            for weight in tower.parameters():  # type: ignore[attr-defined]
                weight.add_(0.05 * torch.randn_like(weight))
        real(tower, inputs, name, file)
        with torch.no_grad():
            for weight in tower.parameters():  # type: ignore[attr-defined]
                weight.mul_(-0.5)

    monkeypatch.setattr(clip_export, "_graph", other)
    with pytest.raises(BackendError, match="makes other vectors"):
        clip_export.export(original, tmp_path / "exported", made_from="tiny")
    assert not (tmp_path / "exported").exists()


@pytest.mark.parametrize("damage", ["clip.json", "pictures.onnx", "tokenizer.json"])
def test_a_damaged_folder_says_what_to_do(damage: str, tmp_path: Path) -> None:
    spec = _made("transformer", tmp_path)
    clip_export.export(registry.build("photos", spec, tmp_path), tmp_path / "exported", made_from=spec)
    (tmp_path / "exported" / damage).write_text("{", encoding="utf-8")
    with pytest.raises(ModelMissingError, match="export it anew"):
        registry.build("photos", "clip-onnx:exported", tmp_path)


def test_a_missing_folder_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="zhanggui models export SPEC shop-clip"):
        registry.build("photos", "clip-onnx:shop-clip", tmp_path)
