"""Pictures and texts to vectors of one space with open_clip (extra: photo-clip).

Radford et al. 2021, https://arxiv.org/abs/2103.00020; https://github.com/mlfoundations/open_clip
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import open_clip
import torch
from PIL import Image

from core.batching import ModelQueue
from core.errors import BackendError, ModelMissingError
from core.ports import Capabilities, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.pixels import checked
from perception.seeing.vectors import unit

_PRECISIONS = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
_CONFIG = "open_clip_config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClip:
    """Encode pictures, and the texts that describe them, on CPU or CUDA; pictures of several callers in one batch."""

    net: _Net
    prepare: Callable[[Image.Image], torch.Tensor]
    tokenize: Callable[[list[str]], torch.Tensor]
    dimension: int
    queue: ModelQueue[torch.Tensor, Vectors]

    @property
    def capabilities(self) -> Capabilities:
        """Say the device and the dimension."""
        return Capabilities(device=self.net.device, dimension=self.dimension)

    async def encode(self, pictures: Sequence[Picture]) -> Vectors:
        """Return unit vectors, float32 (n, dimension); raises `MediaError` when a picture is not uint8 RGB."""
        pixels = await in_worker(self._prepared, [checked(picture) for picture in pictures])
        return self._rows(await self.queue.do_all(pixels))

    async def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of texts in the space of the pictures, float32 (n, dimension)."""
        return self._rows(await self.queue.do_all(list(self.tokenize(list(texts))) if texts else []))

    def _prepared(self, pictures: list[Picture]) -> list[torch.Tensor]:
        return [self.prepare(Image.fromarray(picture)) for picture in pictures]

    def _rows(self, rows: Sequence[Vectors]) -> Vectors:
        return unit(np.array(rows, np.float32).reshape(-1, self.dimension))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Net:
    """The network with its arithmetic."""

    model: Any
    """An `open_clip.CLIP` in evaluation mode."""
    device: str
    precision: torch.dtype
    """Of the arithmetic on CUDA; the weights stay float32."""

    def features(self, inputs: list[torch.Tensor]) -> Sequence[Vectors]:
        """Return a vector for each picture (3, height, width) or row of tokens (length,), in order."""
        rows: dict[int, Vectors] = {}
        with torch.inference_mode(), self._arithmetic():
            for encode, dimensions in ((self.model.encode_image, 3), (self.model.encode_text, 1)):
                at = [number for number, one in enumerate(inputs) if one.ndim == dimensions]
                if at:
                    stacked = torch.stack([inputs[number] for number in at]).to(self.device)
                    rows |= dict(zip(at, encode(stacked).float().cpu().numpy(), strict=True))
        return [rows[number] for number in range(len(inputs))]

    def _arithmetic(self) -> AbstractContextManager[Any]:
        if self.device == "cpu" or self.precision is torch.float32:
            return nullcontext()
        return torch.autocast(self.device.partition(":")[0], dtype=self.precision)


def build(
    model: str,
    models: Path,
    *,
    weights: str = "",
    device: str = "cpu",
    dtype: str = "fp32",
    batch: int = 32,
    wait_ms: float = 0.0,
) -> OpenClip:
    """Load a model of open_clip; `batch` pictures are computed at once at most, `wait_ms` waits for more of them.

    `model` is a name of open_clip ("ViT-B-32") with `weights` (a checkpoint file, or a tag that open_clip
    fetches from the hub), or a folder, by path or below `models`, with open_clip_config.json and the
    weights beside it; "local-dir:" before it is allowed. Raises `BackendError` and
    `ModelMissingError`, which say what was expected.
    """
    if dtype not in _PRECISIONS:
        raise BackendError(f"photos backend open-clip: dtype {dtype!r} is none of {', '.join(_PRECISIONS)}")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BackendError("photos backend open-clip: device=cuda, but torch finds no CUDA; use device=cpu")
    name, pretrained = _source(model, models, weights)
    try:
        net, _, prepare = open_clip.create_model_and_transforms(name, pretrained=pretrained or None, device=device)
    except (RuntimeError, OSError, ValueError, KeyError, EOFError, UnpicklingError) as error:
        raise ModelMissingError(f"open_clip cannot load {model!r} with weights {weights!r}: {error}") from error
    computing = _Net(model=net.eval(), device=device, precision=_PRECISIONS[dtype])
    return OpenClip(
        net=computing,
        prepare=prepare,
        tokenize=open_clip.get_tokenizer(name),
        dimension=_dimension(net),
        queue=ModelQueue(
            name="open-clip", run=computing.features, most=batch, wait_ms=wait_ms, relief=torch.cuda.empty_cache
        ),
    )


def _source(model: str, models: Path, weights: str) -> tuple[str, str]:
    """Return what open_clip calls model and pretrained."""
    folder = next(
        (p for p in (Path(_bare(model)).expanduser(), models / _bare(model)) if (p / _CONFIG).is_file()), None
    )
    if folder is not None and model:
        return f"local-dir:{folder}", ""
    if model not in open_clip.list_models():
        raise ModelMissingError(
            f"{model!r} is neither a model of open_clip nor a folder with {_CONFIG} (looked in {models / _bare(model)})"
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


def _dimension(net: Any) -> int:
    size = net.visual.image_size
    height, width = size if isinstance(size, tuple) else (size, size)
    device = next(net.parameters()).device
    with torch.inference_mode():
        return int(net.encode_image(torch.zeros(1, 3, height, width, device=device)).shape[-1])
