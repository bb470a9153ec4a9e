"""Which package indexes pip would ask: its environment variables and configuration files.

Source: https://pip.pypa.io/en/stable/topics/configuration/. `pip config` itself is not asked, since
environments made by other installers have no pip.
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError

_PYPI = "https://pypi.org/simple"
_SECTIONS = ("global", "download")
"""Of pip's files, the later wins; we do what `pip download` would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipSettings:
    """What we honour of pip's configuration."""

    indexes: tuple[str, ...]
    """http and https addresses; file:// indexes hold no models of ours and are left out."""
    cert: Path | None
    """Certificate authorities to trust beside the usual ones."""


def read(environment: Mapping[str, str] = os.environ) -> PipSettings:
    """Return pip's settings; the environment wins over files, as in pip."""
    values: dict[str, str] = {}
    for path in _files(environment):
        values |= _of_file(path)
    for key in ("index-url", "extra-index-url", "cert", "no-index"):
        variable = f"PIP_{key.upper().replace('-', '_')}"
        if environment.get(variable):
            values[key] = environment[variable]
    indexes = [values.get("index-url", _PYPI), *values.get("extra-index-url", "").split()]
    if values.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        indexes = []
    cert = Path(values["cert"]).expanduser() if values.get("cert") else None
    if cert is not None and not cert.is_file():
        raise ConfigError(f"pip's setting cert = {cert} is not a file")
    return PipSettings(indexes=tuple(url for url in indexes if url.startswith(("http://", "https://"))), cert=cert)


def _of_file(path: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise ConfigError(f"pip's configuration {path} cannot be read: {error}") from error
    values: dict[str, str] = {}
    for section in _SECTIONS:
        if parser.has_section(section):
            values |= {key.replace("_", "-"): value for key, value in parser.items(section)}
    return values


def _files(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield pip's files, the most general first."""
    own = environment.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return
    home = Path(environment.get("HOME", "~")).expanduser()
    if sys.platform == "win32":
        yield from (Path(environment.get("PROGRAMDATA", "")) / "pip/pip.ini", home / "pip/pip.ini")
        yield from (Path(environment.get("APPDATA", "")) / "pip/pip.ini", Path(sys.prefix) / "pip.ini")
    else:
        for folder in reversed(environment.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep)):
            yield Path(folder) / "pip/pip.conf"
        yield from (Path("/etc/pip.conf"), Path("/Library/Application Support/pip/pip.conf"))
        yield from (home / ".pip/pip.conf", home / "Library/Application Support/pip/pip.conf")
        yield Path(environment.get("XDG_CONFIG_HOME", home / ".config")) / "pip/pip.conf"
        yield Path(sys.prefix) / "pip.conf"
    if own:
        yield Path(own)
