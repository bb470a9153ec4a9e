"""Pictures and Chinese texts to vectors of one space with Chinese-CLIP through transformers (extra: photo-clip).

Yang et al. 2022, https://arxiv.org/abs/2211.01335
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, ChineseCLIPModel

from core.errors import ModelMissingError
from perception.seeing.prepare import CLIP_MEAN, CLIP_STD, Prepare
from perception.seeing.torch_net import TorchNet, check_device
from perception.seeing.towers import Towers, towers

_LENGTH = 52
"""Tokens of a text, as in the training."""
_KERNELS = {2: "bilinear", 3: "bicubic"}
"""Pillow's numbers, which the checkpoint's configuration uses."""


def build(
    model: str,
    models: Path,
    *,
    device: str = "cpu",
    dtype: str = "fp32",
    batch: int = 32,
    wait_ms: float = 0.0,
) -> Towers:
    """Load a checkpoint; `batch` pictures are computed at once at most, `wait_ms` waits for more of them.

    `model` is a folder in the layout of transformers, by path or below `models`, or a name on the hub
    ("OFA-Sys/chinese-clip-vit-base-patch16"). Raises `BackendError` and `ModelMissingError`.
    """
    precision = check_device("chinese-clip", device, dtype)
    source = _source(model, models)
    try:
        net: Any = ChineseCLIPModel.from_pretrained(source)
        tokenizer = AutoTokenizer.from_pretrained(source)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelMissingError(f"transformers cannot load {model!r} as a Chinese-CLIP: {error}") from error
    net.eval().to(device)
    return towers(
        "chinese-clip",
        TorchNet(
            picture_tower=_Pictures(net),
            text_tower=_Texts(net, tokenizer.pad_token_id),
            device=device,
            precision=precision,
        ),
        _prepare(Path(source), net.config.vision_config.image_size),
        Tokenizer(tokenizer),
        device=device,
        batch=batch,
        wait_ms=wait_ms,
        relief=torch.cuda.empty_cache,
    )


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Texts to tokens as Chinese-CLIP was trained with them."""

    own: Any
    """A fast tokeniser of transformers."""
    length: int = _LENGTH

    def __call__(self, texts: list[str]) -> Any:
        """Return tokens, int64 (n, length)."""
        read = self.own(texts, padding="max_length", truncation=True, max_length=self.length, return_tensors="np")
        return read["input_ids"].astype("int64")


class _Pictures(torch.nn.Module):
    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixels: torch.Tensor) -> Any:
        return self.model.get_image_features(pixel_values=pixels).pooler_output


class _Texts(torch.nn.Module):
    def __init__(self, model: Any, padding: int) -> None:
        super().__init__()
        self.model = model
        self.padding = padding

    def forward(self, tokens: torch.Tensor) -> Any:
        shown = (tokens != self.padding).long()
        return self.model.get_text_features(input_ids=tokens, attention_mask=shown).pooler_output


def _source(model: str, models: Path) -> str:
    if not model:
        raise ModelMissingError('no model is named: write "chinese-clip:FOLDER", or a name on the model hub')
    folder = next((p for p in (Path(model).expanduser(), models / model) if (p / "config.json").is_file()), None)
    return str(folder) if folder else model


def _prepare(folder: Path, side: int) -> Prepare:
    """Read how the checkpoint's pictures were prepared; as its paper says where that is not told."""
    file = folder / "preprocessor_config.json"
    told = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return Prepare(
        side=side,
        mean=tuple(told.get("image_mean", CLIP_MEAN)),
        std=tuple(told.get("image_std", CLIP_STD)),
        interpolation=_KERNELS.get(told.get("resample", 3), "bicubic"),
        resize="shortest" if told.get("do_center_crop", False) else "squash",
    )
