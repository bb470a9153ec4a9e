"""The list of models that we know: what each is for, its licence, its files and where they come from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from core.config import Settings
from core.errors import ConfigError
from core.registry import parse

_PLAIN_NAME = re.compile(r"[\w][\w.+-]*")
"""A file or model name that cannot leave its folder: no separator, no leading dot."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PART = re.compile(r"(?P<package>[A-Za-z0-9][\w.-]*)==(?P<version>[^:\s]+):(?P<member>[^:\s]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A data member of a Python package's wheel."""

    package: str
    version: str
    member: str
    """Its path inside the archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model, known by its hash wherever it comes from."""

    name: str
    size_bytes: int
    sha256: str
    hub: str = ""
    """Its path in the model's hub repository; empty when it is not there."""
    parts: tuple[Part, ...] = ()
    """Joined in this order they are the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model: a folder of files below `models.folder`."""

    name: str
    use: str
    licence: str
    files: tuple[ModelFile, ...]
    languages: tuple[str, ...] = ()
    hub: str = ""
    """The hub repository, "owner/name"."""
    default: bool = False
    """Whether the default configuration needs it."""
    build: str = ""
    """"module:function" of ours that makes the derived files from the fetched ones."""
    derived: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """Models that the same backend loads beside it."""

    @property
    def size_bytes(self) -> int:
        """Return the size of all fetched files together."""
        return sum(file.size_bytes for file in self.files)


def load(path: Path | None = None) -> Mapping[str, Model]:
    """Return the models of a list by name; without `path` the list that ships with Zhanggui.

    Raises `ConfigError`, which names the model and the key, when an entry is malformed.
    """
    text = path.read_text("utf-8") if path else files("assets").joinpath("models.toml").read_text("utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"the model list {path or 'assets/models.toml'} is not valid TOML: {error}") from error
    models = {name: _model(name, table) for name, table in tables.items()}
    for model in models.values():
        for name in model.needs:
            if name not in models:
                raise ConfigError(f"models.toml: {model.name}.needs names {name!r}, which is not in the list")
    return models


def choose(models: Mapping[str, Model], names: Iterable[str]) -> tuple[Model, ...]:
    """Return the named models and what they need, each once; raises `ConfigError` for an unknown name."""
    chosen: dict[str, Model] = {}
    for name in names:
        if name not in models:
            near = get_close_matches(name, models, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise ConfigError(f"no model is called {name!r}{meant} (known: {', '.join(models)})")
        chosen |= {each: models[each] for each in (name, *models[name].needs)}
    return tuple(chosen.values())


def needed(models: Mapping[str, Model], settings: Settings) -> tuple[Model, ...]:
    """Return the models that the configured backends name, and what those need."""
    specs = (*(spec for _, spec in settings.backends if spec), *settings.model.backends)
    named = (parse(spec).model for spec in specs)
    return choose(models, (name for name in named if name in models))


def _model(name: str, table: object) -> Model:
    values = _Table(where=name, values=table)
    if not _PLAIN_NAME.fullmatch(name):
        raise ConfigError(f"models.toml: {name!r} cannot be the name of a folder")
    model = Model(
        name=name,
        use=values.take("use", str),
        licence=values.take("licence", str),
        files=tuple(_file(name, entry) for entry in values.take("file", list)),
        languages=tuple(values.take("languages", list, [])),
        hub=values.take("hub", str, ""),
        default=values.take("default", bool, False),
        build=values.take("build", str, ""),
        derived=tuple(values.take("derived", list, [])),
        needs=tuple(values.take("needs", list, [])),
    )
    values.refuse_the_rest()
    if model.build and not (model.build.startswith("learning.models.") and model.derived):
        raise ConfigError(f'models.toml: {name}.build must be "learning.models.MODULE:FUNCTION" beside derived files')
    return model


def _file(model: str, table: object) -> ModelFile:
    name = table.get("name", "?") if isinstance(table, dict) else "?"
    values = _Table(where=f"{model}.file {name}", values=table)
    file = ModelFile(
        name=values.take("name", str),
        size_bytes=values.take("size", int),
        sha256=values.take("sha256", str),
        hub=values.take("hub", str, ""),
        parts=tuple(_part(model, entry) for entry in values.take("parts", list, [])),
    )
    values.refuse_the_rest()
    if not _PLAIN_NAME.fullmatch(file.name):
        raise ConfigError(f"models.toml: {model}.file.name = {file.name!r} must be a plain file name")
    if not _SHA256.fullmatch(file.sha256):
        raise ConfigError(f"models.toml: {model}.file {file.name}: sha256 = {file.sha256!r} is not 64 hex digits")
    return file


def _part(model: str, text: object) -> Part:
    found = _PART.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ConfigError(f'models.toml: {model}.file.parts holds {text!r}; expected "PACKAGE==VERSION:MEMBER"')
    return Part(**found.groupdict())


class _Table:
    """A TOML table whose every key is taken once, so that misspelt keys are left over and told."""

    def __init__(self, *, where: str, values: object) -> None:
        if not isinstance(values, dict):
            raise ConfigError(f"models.toml: {where} = {values!r} must be a table")
        self._where = where
        self._values = dict(values)

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        value = self._values.pop(key, default)
        if value is None:
            raise ConfigError(f"models.toml: {self._where} lacks the key {key!r}")
        if not isinstance(value, kind):
            raise ConfigError(f"models.toml: {self._where}: {key} = {value!r} must be a {kind.__name__}")
        return value

    def refuse_the_rest(self) -> None:
        if self._values:
            raise ConfigError(f"models.toml: {self._where} has unknown keys: {', '.join(self._values)}")
