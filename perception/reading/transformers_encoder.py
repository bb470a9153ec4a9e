"""Sentences to vectors with a transformer through Hugging Face, on CUDA or CPU, the mean over its words.

Reimers & Gurevych 2019, https://arxiv.org/abs/1908.10084. Any encoder whose vectors are such means serves, such as
sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2 or intfloat/multilingual-e5-small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.batching import ModelQueue
from core.errors import BackendError, ModelMissingError
from core.models import locate
from core.ports import Capabilities, Vectors

_LONGEST_CHARS = 2000
_LONGEST = 256
"""Tokens that are read of a text; the clerk encodes sentences and passages of a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformersEncoder:
    """Encode sentences so that the same meaning lies near; those of several callers in one batch."""

    device: str
    dimension: int
    queue: ModelQueue[str, Vectors]

    @property
    def capabilities(self) -> Capabilities:
        """Say the device and the dimension."""
        return Capabilities(device=self.device, dimension=self.dimension, limit=f"{_LONGEST} word pieces are read")

    async def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 (n, dimension)."""
        rows = await self.queue.do_all([_readable(text) for text in texts])
        vectors = np.array(rows, np.float32).reshape(-1, self.dimension)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Net:
    tokenizer: Any
    model: Any
    device: str
    prefix: str

    def means(self, texts: list[str]) -> Sequence[Vectors]:
        """Return the mean of each text's last hidden states, padding left out."""
        asked = [f"{self.prefix}{text}" for text in texts]
        given = self.tokenizer(asked, padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt")
        given = given.to(self.device)
        with torch.inference_mode():
            states = self.model(**given).last_hidden_state.float()
        mask = given["attention_mask"].unsqueeze(-1)
        means = (states * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
        return list(means.cpu().numpy())


def build(
    model: str,
    models: Path,
    *,
    device: str = "cpu",
    dtype: str = "",
    prefix: str = "",
    batch: int = 64,
    wait_ms: float = 0.0,
) -> TransformersEncoder:
    """Build it from a folder, by path or below `models`, or a name on the hub ("OWNER/NAME").

    `dtype` is float16 on CUDA and float32 on CPU unless given; `prefix` stands before every text ("query: " for E5).
    Raises `ModelMissingError` where the files are not and `BackendError` for a device or type that torch lacks.
    """
    from transformers import AutoModel, AutoTokenizer

    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BackendError("sentences backend transformers: device=cuda, but torch finds no CUDA; use device=cpu")
    kind = getattr(torch, dtype or ("float16" if device.startswith("cuda") else "float32"), None)
    if not isinstance(kind, torch.dtype):
        raise BackendError(f"sentences backend transformers: dtype={dtype!r} is no type of torch; float16 is one")
    on_hub = "/" in model and not Path(model).expanduser().is_dir() and not (models / model).is_dir()
    source = model if on_hub else str(locate(model, models, "config.json"))
    try:
        tokenizer = AutoTokenizer.from_pretrained(source)
        loaded: Any = AutoModel.from_pretrained(source, dtype=kind)
    except (OSError, ValueError) as error:
        raise ModelMissingError(f"transformers cannot load the encoder {model!r}: {error}") from error
    net = _Net(tokenizer=tokenizer, model=loaded.to(device).eval(), device=device, prefix=prefix)
    return TransformersEncoder(
        device=device,
        dimension=int(loaded.config.hidden_size),
        queue=ModelQueue(
            name="transformers", run=net.means, most=batch, wait_ms=wait_ms, relief=torch.cuda.empty_cache
        ),
    )


def _readable(text: str) -> str:
    """Cut a text and replace half characters, which the tokeniser does not survive."""
    return text[:_LONGEST_CHARS].strip().encode("utf-8", "replace").decode("utf-8")
