"""A pack's folder: what belongs there, and a new one to begin with."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from core.errors import ConfigError
from core.types import Language

_SKELETON = Path(str(files("assets"))) / "pack_skeleton"
_PLACEHOLDER = "NAME"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def strays(folder: Path, languages: tuple[Language, ...]) -> list[str]:
    """Return a mistake for each file of a pack's folder that nothing reads."""
    sentences = "|".join(languages)
    belongs = re.compile(
        rf"(?:pack|policy)\.yaml|README\.md|(?:flows|intents)/[^/]+\.yaml|templates/(?:{sentences})\.yaml"
        r"|knowledge/[^/]+\.md|tests/[^/]+\.(?:yaml|yml|jsonl|json)|intents/weights\.npz"
    )
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        f"{path}:1: does not belong in a pack (pack.yaml, policy.yaml, flows/*.yaml, intents/*.yaml, "
        f"knowledge/*.md, templates/LANGUAGE.yaml, tests/*.yaml)"
        for path in found
        if not belongs.fullmatch(path.relative_to(folder).as_posix())
    ]


def new_pack(name: str, folder: Path) -> tuple[Path, ...]:
    """Write a small working pack called `name` into `folder`, which must not be there yet; return its files.

    Raises `ConfigError` when the name is none, or the folder is there already.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r} is no pack's name: expected small letters, digits and _, such as car_wash")
    if folder.exists():
        raise ConfigError(f"{folder} is there already; choose another name, or another place with --path")
    written = []
    for source in sorted(path for path in _SKELETON.rglob("*") if path.is_file()):
        target = folder / source.relative_to(_SKELETON)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text(encoding="utf-8").replace(_PLACEHOLDER, name), encoding="utf-8")
        written.append(target)
    return tuple(written)
