"""Which chats want voice notes: a small file, replaced as a whole."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)


class Choices:
    """Remembers the chats that chose spoken replies."""

    def __init__(self, file: Path) -> None:
        """Read `file`; a missing one means that nobody chose yet."""
        self._file = file
        self._spoken = _read(file)
        self._writing = asyncio.Lock()

    def wants_speech(self, conversation_id: str) -> bool:
        """Return whether the chat wants voice notes."""
        return conversation_id in self._spoken

    async def choose(self, conversation_id: str, *, speech: bool) -> None:
        """Remember a choice durably."""
        (self._spoken.add if speech else self._spoken.discard)(conversation_id)
        async with self._writing:
            await asyncio.to_thread(_write, self._file, sorted(self._spoken))


def _read(file: Path) -> set[str]:
    if not file.is_file():
        return set()
    try:
        return {str(name) for name in json.loads(file.read_text("utf-8"))}
    except (ValueError, TypeError, OSError) as error:  # a lost choice costs one /voice, a crash the whole channel
        log.warning("%s cannot be read (%s); chats choose their voice again", file, error)
        return set()


def _write(file: Path, chosen: list[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".tmp")
    handle = os.open(
        draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
    )  # who talks to the shop is nobody else's business
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(chosen, out)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
