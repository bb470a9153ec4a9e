"""What people say about a call itself: not to be recorded, not to be called, "after the tone"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

FILE = Path(str(files("assets"))) / "lexicon" / "calls.yaml"


def says(kind: str, text: str) -> bool:
    """Return whether the text says something of a kind ("do_not_record", "voicemail", ...) of the lexicon."""
    return _patterns()[kind].search(text) is not None


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    kinds = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {kind: re.compile("|".join(any_of), re.IGNORECASE) for kind, any_of in kinds.items()}
