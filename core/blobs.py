"""Bytes by content address, in a folder."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

_ADDRESS = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class FolderBlobs:
    """Keep blobs below `folder` as ab/cd/abcd...; the operating system's cache makes reads cheap.

    Files are readable by their owner only, since photos and recordings are personal data. Reading and writing
    does not use the models' threads: a photo must not wait for a transcription.
    """

    folder: Path

    async def put(self, data: bytes) -> str:
        """Keep the bytes durably and return their sha256 in hex; the same bytes are kept once."""
        return await asyncio.to_thread(self._put, data)

    async def get(self, sha256: str) -> bytes:
        """Return the bytes; raises `KeyError` when they are not here or `sha256` is no address."""
        return await asyncio.to_thread(self._get, sha256)

    def path(self, sha256: str) -> Path:
        """Return where the bytes lie on disk (they may not).

        Raises `KeyError` when `sha256` is not 64 hex digits, so that no address leads out of the folder.
        """
        if not _ADDRESS.fullmatch(sha256):
            raise KeyError(sha256)
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def _put(self, data: bytes) -> str:
        address = hashlib.sha256(data).hexdigest()
        target = self.path(address)
        if target.is_file():
            return address
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # mkstemp makes the file with mode 0600; it becomes visible under its address only when whole.
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".")
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        # Each folder on the way may be new, and its entry is durable only when its parent was synced.
        for folder in (target.parent, target.parent.parent, self.folder):
            _sync(folder)
        return address

    def _get(self, sha256: str) -> bytes:
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise KeyError(sha256) from None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
