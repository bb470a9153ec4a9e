"""The clerk's sentences, one YAML file per language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Formatter

import yaml

from core.errors import ConfigError
from core.types import Language

FOLDER = Path(str(files("assets"))) / "packs" / "shop" / "templates"
"""The built-in sentences."""

SPOKEN_CHANNELS = frozenset({"phone"})
"""Where a sentence is heard, not read: a key ending in ".phone" wins there."""


@dataclass(frozen=True, slots=True)
class Templates:
    """Sentences by language and key."""

    sentences: Mapping[Language, Mapping[str, str]]

    @property
    def languages(self) -> tuple[Language, ...]:
        """Return the languages there are sentences in."""
        return tuple(self.sentences)

    def has(self, key: str) -> bool:
        """Return whether there is such a sentence."""
        return all(key in sentences for sentences in self.sentences.values())

    def say(self, key: str, language: Language, *, channel: str = "", **values: object) -> str:
        """Return the sentence `key` in `language` (else English) with `values` put in.

        Values are put in as they are and never read as templates, so that a customer's braces stay
        braces. Raises `KeyError` for a sentence or value that is missing, which is a mistake of ours.
        """
        sentences = self.sentences.get(language) or self.sentences["en"]
        spoken = f"{key}.phone"
        template = sentences[spoken] if channel in SPOKEN_CHANNELS and spoken in sentences else sentences[key]
        return template.format_map({name: str(value) for name, value in values.items()}).strip()


def load_templates(folder: Path = FOLDER) -> Templates:
    """Read one file per language from `folder` ("zh.yaml", "en.yaml").

    Raises `ConfigError` naming file and key when a key lacks in one language, when the languages put
    in different values, or when a placeholder is more than a plain name.
    """
    sentences: dict[Language, dict[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise ConfigError(f"{path} is not valid YAML: {error}") from error
        if not isinstance(raw, dict):
            raise ConfigError(f"{path}: expected a mapping of keys to sentences")
        sentences[path.stem] = {str(key): str(value) for key, value in raw.items()}
    if "en" not in sentences:
        raise ConfigError(f"{folder} holds no en.yaml; English is what every other language falls back to")
    _compare(sentences, folder)
    return Templates(sentences)


def _compare(sentences: Mapping[Language, Mapping[str, str]], folder: Path) -> None:
    english = sentences["en"]
    for language, own in sentences.items():
        file = folder / f"{language}.yaml"
        unequal = sorted(set(english) ^ set(own))
        if unequal:
            raise ConfigError(f"{file}: these keys are not in both {language}.yaml and en.yaml: {', '.join(unequal)}")
        for key, sentence in own.items():
            if _names(sentence, file, key) != _names(english[key], folder / "en.yaml", key):
                raise ConfigError(f"{file}: {key} puts in other values than en.yaml does")


def _names(sentence: str, file: Path, key: str) -> frozenset[str]:
    try:
        names = frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
    except ValueError as error:
        raise ConfigError(f"{file}: {key}: {error}") from error
    for name in names:
        if not name.isidentifier():
            raise ConfigError(f"{file}: {key}: {{{name}}} is not a plain name")
    return names
