"""Model files from a folder: a USB stick, a share, the cache of another machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from learning.models.catalogue import Model, ModelFile
from learning.models.sources import SourceError, Tell, UnreachableError

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFolder:
    """Copy from FOLDER/MODEL/FILE, or from FOLDER/FILE where everything was put in one heap."""

    folder: Path | None
    name: str = "local"

    def fetch(self, model: Model, file: ModelFile, into: Path, tell: Tell) -> None:
        """Copy the file."""
        if self.folder is None:
            raise UnreachableError("models.local names no folder")
        folder = self.folder.expanduser()
        if not folder.is_dir():
            raise UnreachableError(f"models.local = {folder} is not a folder")
        found = next((path for path in (folder / model.name / file.name, folder / file.name) if path.is_file()), None)
        if found is None:
            raise SourceError(f"there is no {model.name}/{file.name} in {folder}")
        done = 0
        with found.open("rb") as source, into.open("wb") as copy:
            while chunk := source.read(_CHUNK_BYTES):
                copy.write(chunk)
                done += len(chunk)
                tell(file.name, done, file.size_bytes)
