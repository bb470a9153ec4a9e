"""How well a passage answers a question, with a cross-encoder in ONNX: both are read together.

Nogueira & Cho 2019, https://arxiv.org/abs/1901.04085. Any sequence classifier with one output serves, such as
BAAI/bge-reranker-base or cross-encoder/ms-marco-MiniLM-L-6-v2, exported to ONNX with its tokenizer.json.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import BackendError
from core.models import locate
from core.resilience import Lane

_GRAPH, _TOKENS = "model.onnx", "tokenizer.json"
_LONGEST = 512
"""Tokens of question and passage together that are read."""
_KNOWN = ("input_ids", "attention_mask", "token_type_ids")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossEncoder:
    """A `core.knowledge.library.Reranker`: some milliseconds a passage on a CPU."""

    session: Any
    tokenizer: Any
    inputs: frozenset[str]
    _lane: Lane = field(default_factory=Lane)

    async def rerank(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return for each text how well it answers the question, 0 to 1; none for no texts."""
        return await self._lane.run(self._judge, question, list(texts)) if texts else []

    def _judge(self, question: str, texts: list[str]) -> list[float]:
        read = self.tokenizer.encode_batch([(question, text) for text in texts])
        given = {
            "input_ids": np.array([one.ids for one in read], np.int64),
            "attention_mask": np.array([one.attention_mask for one in read], np.int64),
            "token_type_ids": np.array([one.type_ids for one in read], np.int64),
        }
        logits = self.session.run(None, {name: rows for name, rows in given.items() if name in self.inputs})[0]
        return [float(value) for value in 1 / (1 + np.exp(-logits.reshape(len(texts), -1)[:, -1]))]


def build(model: str, models: Path, *, threads: int = 1) -> CrossEncoder:
    """Build it from a folder with model.onnx and tokenizer.json: "cross-encoder:/models/bge-reranker-base".

    Raises `ModelMissingError` when they are not there and `BackendError` when the graph takes other inputs.
    """
    import onnxruntime
    from tokenizers import Tokenizer

    folder = locate(model, models, _GRAPH, _TOKENS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(folder / _GRAPH), options, providers=["CPUExecutionProvider"])
    inputs = frozenset(given.name for given in session.get_inputs())
    if not {"input_ids"} <= inputs <= set(_KNOWN):
        raise BackendError(f"{folder / _GRAPH} is no cross-encoder: its inputs are {', '.join(sorted(inputs))}")
    tokenizer = Tokenizer.from_file(str(folder / _TOKENS))
    tokenizer.enable_truncation(_LONGEST, strategy="only_second")
    tokenizer.enable_padding()
    return CrossEncoder(session=session, tokenizer=tokenizer, inputs=inputs)
