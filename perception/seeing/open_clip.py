"""Pictures and texts to vectors of one space with open_clip (extra: photo-clip).

https://github.com/mlfoundations/open_clip
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import open_clip
import torch

from core.errors import ModelMissingError
from perception.seeing.prepare import Prepare
from perception.seeing.torch_net import TorchNet, check_device
from perception.seeing.towers import Towers, towers

CONFIG = "open_clip_config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A model of open_clip with what goes before it."""

    model: Any
    """An `open_clip.CLIP` or its kin, in evaluation mode."""
    config: dict[str, Any]
    """What open_clip builds the model from."""
    prepare: Prepare
    tokenizer: Callable[[list[str]], torch.Tensor]


def build(
    model: str,
    models: Path,
    *,
    weights: str = "",
    device: str = "cpu",
    dtype: str = "fp32",
    batch: int = 32,
    wait_ms: float = 0.0,
) -> Towers:
    """Load a model of open_clip; `batch` pictures are computed at once at most, `wait_ms` waits for more of them.

    `model` and `weights` are those of `load`. Raises `BackendError` and `ModelMissingError`, which say
    what was expected.
    """
    precision = check_device("open-clip", device, dtype)
    loaded = load(model, models, weights=weights, device=device)
    net = TorchNet(
        picture_tower=_Pictures(loaded.model),
        text_tower=_Texts(loaded.model),
        device=device,
        precision=precision,
    )
    return towers(
        "open-clip",
        net,
        loaded.prepare,
        Tokenizer(loaded.tokenizer),
        device=device,
        batch=batch,
        wait_ms=wait_ms,
        relief=torch.cuda.empty_cache,
    )


def load(model: str, models: Path, *, weights: str = "", device: str = "cpu") -> Loaded:
    """Load the model itself, to be trained or computed.

    `model` is a name of open_clip ("ViT-B-32") with `weights` (a checkpoint file, or a tag that open_clip
    fetches from the hub), or a folder, by path or below `models`, with open_clip_config.json and the
    weights beside it; "local-dir:" before it is allowed. Raises `ModelMissingError`.
    """
    name, pretrained = _source(model, models, weights)
    try:
        net, _, _ = open_clip.create_model_and_transforms(name, pretrained=pretrained or None, device=device)
        tokenizer = open_clip.get_tokenizer(name)
    except (RuntimeError, OSError, ValueError, KeyError, EOFError, UnpicklingError) as error:
        raise ModelMissingError(f"open_clip cannot load {model!r} with weights {weights!r}: {error}") from error
    return Loaded(model=net.eval(), config=open_clip.get_model_config(name), prepare=_prepare(net), tokenizer=tokenizer)


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Texts to tokens as open_clip makes them."""

    own: Any
    """A tokeniser of open_clip."""

    def __call__(self, texts: list[str]) -> Any:
        """Return tokens, int64 (n, length)."""
        return self.own(texts).numpy()


class _Pictures(torch.nn.Module):
    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixels: torch.Tensor) -> Any:
        return self.model.encode_image(pixels)


class _Texts(_Pictures):
    def forward(self, tokens: torch.Tensor) -> Any:
        return self.model.encode_text(tokens)


def _prepare(net: Any) -> Prepare:
    known = open_clip.model.get_model_preprocess_cfg(net)
    config = open_clip.transform.PreprocessCfg(**{name: value for name, value in known.items() if value is not None})
    size = config.size
    sides = {size} if isinstance(size, int) else set(size)
    if len(sides) > 1:
        raise ModelMissingError(f"the model looks at pictures of {size} pixels; only square ones are supported")
    return Prepare(
        side=sides.pop(),
        mean=tuple(config.mean),
        std=tuple(config.std),
        interpolation=config.interpolation,
        resize=config.resize_mode,
        fill=config.fill_color,
    )


def _source(model: str, models: Path, weights: str) -> tuple[str, str]:
    """Return what open_clip calls model and pretrained."""
    folder = next((p for p in (Path(_bare(model)).expanduser(), models / _bare(model)) if (p / CONFIG).is_file()), None)
    if folder is not None and model:
        return f"local-dir:{folder}", ""
    if model not in open_clip.list_models():
        raise ModelMissingError(
            f"{model!r} is neither a model of open_clip nor a folder with {CONFIG} (looked in {models / _bare(model)})"
        )
    if Path(weights).expanduser().is_file():
        return model, str(Path(weights).expanduser())
    tags = open_clip.list_pretrained_tags_by_model(model)
    if weights not in tags:
        raise ModelMissingError(
            f"open_clip model {model!r} needs weights=FILE or one of: {', '.join(tags) or '(no tags known)'}; "
            f"{weights!r} is neither"
        )
    return model, weights


def _bare(model: str) -> str:
    return model.removeprefix("local-dir:")
