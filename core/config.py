"""One TOML file and the environment become frozen settings; every mistake names its key.

Order of precedence: environment (`ZHANGGUI_SECTION__KEY`), then secret files
(`ZHANGGUI_SECRETS_DIR`, one file per key, named like the variable), then the TOML file, then the
profile, then the defaults below. Secrets are refused in the TOML file.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from core.errors import ConfigError
from core.sections import Backends as Backends
from core.sections import Engine as Engine
from core.sections import Gradio as Gradio
from core.sections import Log as Log
from core.sections import Media as Media
from core.sections import Model as Model
from core.sections import Models as Models
from core.sections import Phone as Phone
from core.sections import Photos as Photos
from core.sections import Serving as Serving
from core.sections import ShopSettings as ShopSettings
from core.sections import Telegram as Telegram
from core.sections import Voice as Voice
from core.sections import Web as Web
from core.sections import call_hours as call_hours

PREFIX = "ZHANGGUI_"
PROFILES = Path(str(files("assets"))) / "profiles"
"""What `--profile` names: a TOML file each."""


_SECRETS = (
    ("model", "api_key"),
    ("web", "admin_key"),
    ("web", "api_key"),
    ("web", "login_secret"),
    ("telegram", "token"),
    ("telegram", "webhook_secret"),
    ("phone", "twilio_auth_token"),
    ("phone", "sip_password"),
    ("phone", "sip_register_password"),
    ("phone", "websocket_password"),
)


class Settings(BaseSettings):
    """All settings. `load` is the only way in."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", env_file=None
    )

    data_dir: Path = Path("~/.local/share/zhanggui")
    """All state: the record, media, the imported shop."""
    pack: str = "shop"
    """The business: the name of a built-in pack, or a pack's folder."""
    backends: Backends = Backends()
    voice: Voice = Voice()
    models: Models = Models()
    model: Model = Model()
    serving: Serving = Serving()
    shop: ShopSettings = ShopSettings()
    web: Web = Web()
    gradio: Gradio = Gradio()
    telegram: Telegram = Telegram()
    phone: Phone = Phone()
    media: Media = Media()
    photos: Photos = Photos()
    engine: Engine = Engine()
    log: Log = Log()

    @property
    def looks_dir(self) -> Path:
        """Return where looks of pictures are kept."""
        return (self.photos.looks or self.data_dir / "looks").expanduser()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources; called by pydantic-settings."""
        return (init_settings,)


def load(file: Path | None = None, *, profile: str = "cpu", **overrides: Any) -> Settings:
    """Return the settings from `file` (default: ./zhanggui.toml where there is one) and the environment.

    `profile` ("gpu", or a TOML file) lies between the defaults and the file. `overrides` are sections or keys set by
    the command line; they win. Raises `ConfigError` listing every mistake with its key, its value and what was
    expected.
    """
    path = file or Path(os.environ.get(f"{PREFIX}CONFIG", "zhanggui.toml"))
    if file is not None and not path.is_file():
        raise ConfigError(f"there is no configuration file {path}; copy zhanggui.example.toml to start one")
    from_file = _read(path)
    _refuse_secrets(from_file, path)
    layers: list[dict[str, Any]] = [_profile(profile), from_file]
    secrets = os.environ.get(f"{PREFIX}SECRETS_DIR")
    if secrets:
        layers.append(_secret_files(Path(secrets)))
    layers += [_environment(), overrides]
    merged: dict[str, Any] = {}
    for layer in layers:
        _merge(merged, layer)
    try:
        return Settings(**merged)
    except ValidationError as error:
        raise ConfigError(_explain(error, path)) from error


def _profile(name: str) -> dict[str, Any]:
    path = Path(name).expanduser() if name.endswith(".toml") else PROFILES / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in PROFILES.glob("*.toml")))
        raise ConfigError(f"there is no profile {name!r} (known: {known}; or the path of a .toml file)")
    values = _read(path)
    _refuse_secrets(values, path)
    return values


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return TomlConfigSettingsSource(Settings, toml_file=path).toml_data
    except (ValueError, OSError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


def _environment() -> dict[str, Any]:
    """Return what the variables set; a misspelt one is told, as a misspelt key of the file is."""
    known = {
        f"{PREFIX}{section}__{key}".upper()
        for section, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        for key in field.annotation.model_fields
    } | {f"{PREFIX}{name}" for name in ("DATA_DIR", "PACK", "CONFIG", "SECRETS_DIR")}
    for name in os.environ:
        near = get_close_matches(name.upper(), known, n=1, cutoff=0.9)
        if name.upper().startswith(PREFIX) and "__" not in name and name.upper() not in known and near:
            raise ConfigError(f"{name} sets nothing; did you mean {near[0]}? (two underscores after the section)")
    try:
        return EnvSettingsSource(Settings)()
    except SettingsError as error:
        raise ConfigError(
            f"a {PREFIX}... variable cannot be read ({error}): lists are written as JSON, "
            f"""{PREFIX}WEB__ALLOWED_ORIGINS='["https://shop.example.com"]', """
            f"and a section's keys are set one by one, {PREFIX}WEB__PORT=8080"
        ) from error


def _secret_files(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise ConfigError(f"{PREFIX}SECRETS_DIR={folder} is not a folder")
    found: dict[str, Any] = {}
    for section, key in _SECRETS:
        for name in (f"{PREFIX}{section}__{key}".upper(), f"{PREFIX}{section}__{key}".lower()):
            if (folder / name).is_file():
                found.setdefault(section, {})[key] = (folder / name).read_text(encoding="utf-8").strip()
    return found


def _refuse_secrets(values: dict[str, Any], path: Path) -> None:
    for section, key in _SECRETS:
        table = values.get(section)
        if isinstance(table, dict) and key in table:
            raise ConfigError(
                f"{section}.{key} is a secret and does not belong in {path}: remove it there and set "
                f"{PREFIX}{section.upper()}__{key.upper()}, or a file of that name in {PREFIX}SECRETS_DIR"
            )


def _merge(into: dict[str, Any], layer: dict[str, Any]) -> None:
    for key, value in layer.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _explain(error: ValidationError, path: Path) -> str:
    lines = [f"the configuration has {error.error_count()} mistake(s) ({path} and {PREFIX}... variables):"]
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        hidden = tuple(str(part) for part in item["loc"][:2]) in _SECRETS
        value = "(hidden)" if hidden else repr(item["input"])
        if item["type"] == "extra_forbidden":
            lines.append(f"  {key} = {value}: there is no such key{_meant(item['loc'])}")
        else:
            expected = item["msg"].removeprefix("Input should be ").replace("tuple", "list")
            lines.append(f"  {key} = {value}: expected {expected}")
    return "\n".join(lines)


def _meant(loc: tuple[int | str, ...]) -> str:
    fields: dict[str, Any] = dict(Settings.model_fields)
    for part in loc[:-1]:
        section = fields[str(part)].annotation
        fields = dict(section.model_fields) if isinstance(section, type) and issubclass(section, BaseModel) else {}
    near = get_close_matches(str(loc[-1]), fields, n=1)
    return f"; did you mean {near[0]!r}?" if near else f" (known: {', '.join(fields)})"
