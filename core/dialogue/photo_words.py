"""How customers speak of photos: of what is written in them, of the one before, of the thing on the left."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from core.errors import ConfigError
from core.understand.normalise import normalise

FILE = Path(str(files("assets"))) / "knowledge" / "looking.yaml"


def says(what: str, text: str) -> bool:
    """Return whether a text says one of the things that the file of words tells apart."""
    return _patterns()[what].search(normalise(text)) is not None


@cache
def _patterns(file: Path = FILE) -> Mapping[str, re.Pattern[str]]:
    """Read the words; raises `ConfigError` naming the file and what is wrong."""
    raw: dict[str, list[str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    try:
        return {name: re.compile("|".join(each), re.IGNORECASE) for name, each in raw.items()}
    except re.error as error:
        raise ConfigError(f"{file}: {error.pattern!r} is no regular expression: {error}") from error
