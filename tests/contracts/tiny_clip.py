"""CLIPs of random weights, small enough for tests of the real loaders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

TINY = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8},
    "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
}


def tiny_open_clip(folder: Path, *, vision: dict[str, object] | None = None, resize: str = "shortest") -> Path:
    """Write a CLIP of random weights as open_clip keeps it in a folder."""
    torch = pytest.importorskip("torch", reason="open_clip comes with the extra photo-clip")
    open_clip = pytest.importorskip("open_clip", reason="open_clip comes with the extra photo-clip")
    torch.manual_seed(3)
    model = {**TINY, "vision_cfg": vision or TINY["vision_cfg"]}
    preprocess = {"mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bicubic", "resize_mode": resize}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": model, "preprocess_cfg": preprocess}))
    net = open_clip.CLIP(
        embed_dim=model["embed_dim"],
        vision_cfg=open_clip.CLIPVisionCfg(**model["vision_cfg"]),
        text_cfg=open_clip.CLIPTextCfg(**model["text_cfg"]),
    )
    torch.save(net.state_dict(), folder / "open_clip_pytorch_model.bin")
    return folder


def tiny_chinese_clip(folder: Path) -> Path:
    """Write a Chinese-CLIP of random weights, with a tokeniser of single characters, as transformers keeps it."""
    torch = pytest.importorskip("torch", reason="torch comes with the extra photo-clip")
    transformers = pytest.importorskip("transformers", reason="transformers comes with the extra photo-clip")
    folder.mkdir(parents=True, exist_ok=True)
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = list(dict.fromkeys([*marks, *(chr(at) for at in range(33, 127)), *"红色连帽衫水壶杯子的"]))
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    side = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    torch.manual_seed(5)
    config = transformers.ChineseCLIPConfig(
        text_config={**side, "vocab_size": len(words)},
        vision_config={**side, "image_size": 32, "patch_size": 8},
        projection_dim=16,
    )
    transformers.ChineseCLIPModel(config).eval().save_pretrained(folder)
    return folder
