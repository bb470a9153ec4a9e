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


def without_places(text: str) -> str:
    """Return a text without the words that only say that something is in a photo: "照片里的", "in my picture"."""
    return _patterns()["places"].sub(" ", normalise(text)).strip()


def wanted_of_photo(text: str) -> str:
    """Return what a caption asks in the end: "black, no wait, how much is the green one" asks of the green one."""
    asked = without_places(text)
    changes = list(_patterns()["rather"].finditer(asked))
    return (asked[changes[-1].end() :].strip() if changes else "") or asked


@cache
def _patterns(file: Path = FILE) -> Mapping[str, re.Pattern[str]]:
    """Read the words; raises `ConfigError` naming the file and what is wrong."""
    raw: dict[str, list[str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    try:
        return {name: re.compile("|".join(each), re.IGNORECASE) for name, each in raw.items()}
    except re.error as error:
        raise ConfigError(f"{file}: {error.pattern!r} is no regular expression: {error}") from error
