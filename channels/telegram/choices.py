"""Which chats want voice notes: a small file, replaced as a whole."""

from __future__ import annotations

import json
import os
from pathlib import Path


class Choices:
    """Remembers the chats that chose spoken replies."""

    def __init__(self, file: Path) -> None:
        """Read `file`; a missing one means that nobody chose yet."""
        self._file = file
        self._spoken: set[str] = set(json.loads(file.read_text("utf-8"))) if file.is_file() else set()

    def wants_speech(self, conversation_id: str) -> bool:
        """Return whether the chat wants voice notes."""
        return conversation_id in self._spoken

    def choose(self, conversation_id: str, *, speech: bool) -> None:
        """Remember a choice durably."""
        (self._spoken.add if speech else self._spoken.discard)(conversation_id)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".tmp")
        with draft.open("w", encoding="utf-8") as out:
            json.dump(sorted(self._spoken), out)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self._file)
