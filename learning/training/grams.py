"""Words and runs of characters as sparse rows: what vectors of meaning do not see (names, spellings, endings)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

_WORD = r"[^\W_]+|[^\w\s]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grams:
    """Fitted TF-IDF of words, pairs of words and runs of 2 to 5 characters; rows have unit length."""

    words: Any
    characters: Any

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """Return one sparse row a text."""
        split = [" ".join(cut(text)) for text in texts]
        return csr_matrix(hstack([self.words.transform(split), self.characters.transform(split)]) * np.sqrt(0.5))


def fit_grams(texts: Sequence[str]) -> Grams:
    """Count over the training texts."""
    split = [" ".join(cut(text)) for text in texts]
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=_WORD, dtype=np.float32)
    runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True, dtype=np.float32)
    return Grams(words=words.fit(split or [""]), characters=runs.fit(split or [""]))


def cut(text: str) -> list[str]:
    """Return the words in small letters: by spaces, or for Chinese by jieba."""
    return [word for word in jieba().cut(text.lower()) if word.strip()] if not text.isascii() else text.lower().split()


@cache
def jieba() -> Any:
    """Return the Chinese word cutter, silent; its dictionary takes a second to load."""
    import jieba as cutter

    cutter.setLogLevel(60)
    cutter.initialize()
    return cutter
