"""Sentences to vectors with a BERT-like encoder in ONNX, the mean over its words.

Reimers & Gurevych 2019, https://arxiv.org/abs/1908.10084; the model list has all-MiniLM-L6-v2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import BackendError
from core.models import locate
from core.ports import Capabilities, Vectors
from core.resilience import Lane

_GRAPH, _TOKENS = "model.onnx", "tokenizer.json"
_LONGEST_CHARS = 2000
_LONGEST = 128
"""Tokens that are read of a text, as in the model's training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxEncoder:
    """Encode English sentences so that the same meaning lies near; about 2 ms a sentence on one core.

    Weights of 8 bits take their scale from all that is computed at once, so that a sentence's vector would
    depend on its neighbours: one sentence is computed at a time.
    """

    session: Any
    tokenizer: Any
    dimension: int
    _lane: Lane = field(default_factory=Lane)

    @property
    def capabilities(self) -> Capabilities:
        """Say the language and the dimension."""
        return Capabilities(languages=("en",), dimension=self.dimension, limit=f"{_LONGEST} word pieces are read")

    async def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 (n, dimension)."""
        return await self._lane.run(self._compute, list(texts))

    def _compute(self, texts: list[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            ids = np.array([self.tokenizer.encode(_readable(text)).ids], np.int64)
            given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            row[:] = self.session.run(None, given)[0][0].mean(axis=0)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)


def build(model: str, models: Path, *, threads: int = 1) -> OnnxEncoder:
    """Build the encoder from a folder with model.onnx and tokenizer.json.

    Raises `ModelMissingError` when they are not there and `BackendError` when the graph takes other inputs.
    """
    import onnxruntime
    from tokenizers import Tokenizer

    folder = locate(model or "all-minilm-l6-v2", models, _GRAPH, _TOKENS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(folder / _GRAPH), options, providers=["CPUExecutionProvider"])
    inputs = {given.name for given in session.get_inputs()}
    if inputs != {"input_ids", "attention_mask", "token_type_ids"}:
        raise BackendError(f"{folder / _GRAPH} is no BERT encoder: its inputs are {', '.join(sorted(inputs))}")
    tokenizer = Tokenizer.from_file(str(folder / _TOKENS))
    tokenizer.enable_truncation(_LONGEST)
    tokenizer.no_padding()
    return OnnxEncoder(session=session, tokenizer=tokenizer, dimension=session.get_outputs()[0].shape[-1])


def _readable(text: str) -> str:
    """Cut a text and replace half characters, which the tokeniser does not survive."""
    return text[:_LONGEST_CHARS].strip().encode("utf-8", "replace").decode("utf-8")
