"""Which messages are about another institution's business: a passport, a train ticket, a leaking tap."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

FILE = Path(str(files("assets"))) / "lexicon" / "elsewhere.yaml"
_ELSEWHERE, _OURS = "elsewhere", "ours"
_WHERE_ONE_IS = r"(?<![在去住到])"
_WHERE_ONE_IS_EN = r"(?<!\bin )(?<!\bin a )(?<!\bin the )(?<!\bat )(?<!\bat a )(?<!\bat the )(?<!\bto the )(?<!\bto a )"
"""Before the words: who is in hospital wants something of us all the same."""


def named_elsewhere(text: str) -> str:
    """Return the thing of another institution that a text names; "" where it also names something of a shop's."""
    found = _words(_ELSEWHERE).search(text)
    return found[0] if found and not _words(_OURS).search(text) else ""


@cache
def _words(part: str) -> re.Pattern[str]:
    own = yaml.safe_load(FILE.read_text(encoding="utf-8"))[part]
    before, before_en = (_WHERE_ONE_IS, _WHERE_ONE_IS_EN) if part == _ELSEWHERE else ("", "")
    zh = "|".join(map(re.escape, own["zh"]))
    en = "|".join(map(re.escape, own["en"]))
    return re.compile(rf"{before}(?:{zh})|{before_en}\b(?:{en})\b", re.IGNORECASE)
