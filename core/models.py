"""Where a model's files lie. Fetching them is `zhanggui models pull` (learning.models)."""

from __future__ import annotations

from pathlib import Path

from core.errors import ModelMissingError


def locate(model: str, models: Path, *files: str) -> Path:
    """Return the folder of a model: a path as it stands, or a name below `models`.

    Raises `ModelMissingError`, which tells how to fetch it, unless the folder holds all `files`.
    """
    if not model:
        raise ModelMissingError(f'no model is named: write it after the backend, "NAME:MODEL", MODEL below {models}')
    folder = Path(model).expanduser()
    if not folder.is_dir():
        folder = models / model
    missing = [name for name in files if not (folder / name).is_file()]
    if missing or not folder.is_dir():
        what = f"{', '.join(missing)} of " if missing else ""
        raise ModelMissingError(
            f"{what}the model {model!r} is not in {folder}. Fetch it with: zhanggui models pull {model}"
        )
    return folder
