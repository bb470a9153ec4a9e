"""Words and runs of characters as sparse rows: what vectors of meaning do not see (names, spellings, endings)."""

from __future__ import annotations

import warnings
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
    if text.isascii():
        return text.lower().split()
    return [word for word in _cutters()[0].cut(text.lower()) if word.strip()]


def word_kinds(text: str) -> list[tuple[str, str]]:
    """Return all words with their kinds ("n", "v", ...); joined they are the text."""
    return [(pair.word, pair.flag) for pair in _cutters()[1].cut(text)]


@cache
def _cutters() -> tuple[Any, Any]:
    """Return jieba's two cutters; its dictionary takes a second to read."""
    with warnings.catch_warnings():
        # jieba 0.42.1 (its last release) imports pkg_resources and has invalid escapes in its patterns.
        warnings.filterwarnings("ignore", message=".*pkg_resources.*")
        warnings.filterwarnings("ignore", message=".*invalid escape sequence.*")
        from jieba import Tokenizer, posseg
    cutter = Tokenizer()
    # Read here, not by jieba: it would load a marshalled cache from the temp folder, where anybody may write.
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return cutter, posseg.POSTokenizer(cutter)
