"""Mandarin text to Misaki phonemes, English words within it included."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

_RUNS = re.compile(r"[\u3400-\u9fff]+|[A-Za-z][A-Za-z'’ -]*[A-Za-z]|[A-Za-z]|[^\u3400-\u9fffA-Za-z]+")
_PAUSES = str.maketrans("，、。．！？；：（）()～", ",,..!?;:,,,,.")
_SPOKEN_MARKS = re.compile(r"[,.!?;:]")


@cache
def _tools() -> Any:
    with warnings.catch_warnings():
        # jieba 0.42.1 (its last release) imports pkg_resources and has invalid escapes in its patterns.
        warnings.filterwarnings("ignore", message=".*pkg_resources.*")
        warnings.filterwarnings("ignore", message=".*invalid escape sequence.*")
        import jieba
        from misaki.zh import ZHG2P
    cutter = jieba.Tokenizer()
    # Read here, not by jieba: it would load a marshalled cache from the temp folder, where anybody may write.
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return ZHG2P, cutter


def load() -> None:
    """Read the dictionary of words now, about a second, so that the first sentence need not wait."""
    _tools()


def phonemes(text: str, english: Callable[[str], str]) -> str:
    """Return the phonemes of simplified Chinese with Latin words in it; `english` speaks those.

    Digits are not read: `voice.reading_aloud` has turned them into words before.
    """
    said: list[str] = []
    for run in _RUNS.findall(text.translate(_PAUSES)):
        if re.match(r"[\u3400-\u9fff]", run):
            said.append(_han(run))
        elif run[0].isalpha() and run.isascii():
            said.append(english(run))
        else:
            marks = _SPOKEN_MARKS.findall(run)
            if said and marks:
                said[-1] += marks[0]
    return " ".join(said)


def _han(run: str) -> str:
    g2p, cutter = _tools()
    return " ".join(str(g2p.word2ipa(word)) for word in cutter.cut(run)).replace(chr(815), "")
