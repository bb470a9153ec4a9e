"""Which model files are here, whether state can be written, and how much disk is left."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.config import Settings
from learning.models import catalogue
from learning.models.verify import State as FileState
from learning.models.verify import verify
from ui.doctor import Finding, State

_LITTLE_DISK_BYTES = 10**9
"""Below it a busy day of photos and recordings may fill the disk."""


def check(settings: Settings) -> Iterator[Finding]:
    """Yield the models, the data folder and the disk."""
    folder = settings.models.folder.expanduser()
    known = catalogue.load()
    needed = catalogue.needed(known, settings)
    for model in known.values():
        yield _model(model, folder, model in needed)
    data = settings.data_dir.expanduser()
    yield _writable(data)
    yield _disk(data)


def lacks_models(settings: Settings) -> bool:
    """Return whether a configured model is not here, so that a source of models is needed."""
    folder = settings.models.folder.expanduser()
    models = catalogue.needed(catalogue.load(), settings)
    return any(
        found.state is not FileState.WHOLE for model in models for found in verify(model, folder, thorough=False)
    )


def _model(model: catalogue.Model, folder: Path, is_needed: bool) -> Finding:
    name = f"model {model.name}"
    bad = [found for found in verify(model, folder, thorough=False) if found.state is not FileState.WHOLE]
    if not bad:
        return Finding(name=name, state=State.OK, detail=str(folder / model.name))
    detail = ", ".join(f"{found.file} {found.state}" for found in bad)
    state = State.MISSING if is_needed else State.OPTIONAL
    return Finding(name=name, state=state, detail=detail, remedy=f"zhanggui models pull {model.name}")


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=_nearest(folder)):
            pass
    except OSError as error:
        remedy = f"make it writable, or set data_dir to another folder ({error.strerror})"
        return Finding(name="data_dir", state=State.MISSING, detail=f"{folder} cannot be written", remedy=remedy)
    return Finding(name="data_dir", state=State.OK, detail=str(folder))


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(_nearest(folder)).free
    detail = f"{free / 1e9:.1f} GB free"
    if free < _LITTLE_DISK_BYTES:
        return Finding(name="disk", state=State.WARNING, detail=detail, remedy=f"make room on the disk of {folder}")
    return Finding(name="disk", state=State.OK, detail=detail)


def _nearest(folder: Path) -> Path:
    """Return the folder, or the nearest thing above it that exists."""
    for path in (folder.absolute(), *folder.absolute().parents):
        if os.path.exists(path):  # noqa: PTH110 - Path.exists raises where a parent may not be entered
            return path
    return Path()
