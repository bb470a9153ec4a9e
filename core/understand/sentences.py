"""The training sentences: one YAML file per intent, written for this project."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml

from core.errors import ConfigError
from core.types import Language

FOLDER = Path(str(files("assets"))) / "packs" / "shop" / "intents"

LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One intent: what customers say, and what is done about it."""

    name: str
    does: str
    """"flow:order_status", "order", "business", "question", "handoff", "chat:greeting", or "none"."""
    sentences: dict[Language, tuple[str, ...]]


def load_intents(folder: Path = FOLDER) -> tuple[Intent, ...]:
    """Read all intents; raises `ConfigError` naming the file and what it lacks."""
    intents = []
    for path in sorted(folder.glob("*.yaml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        lacking = [key for key in ("does", *LANGUAGES) if not raw.get(key)]
        if lacking:
            raise ConfigError(f"{path}: {', '.join(lacking)} is missing")
        sentences = {language: tuple(str(sentence) for sentence in raw[language]) for language in LANGUAGES}
        intents.append(Intent(name=path.stem, does=str(raw["does"]), sentences=sentences))
    if not intents:
        raise ConfigError(f"{folder} holds no intents (*.yaml)")
    return tuple(intents)
