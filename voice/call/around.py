"""A line around another line, for those that change one thing about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from core.call_ports import LineQuality, MediaTransport
from core.ports import Pcm


class Around:
    """Carry a line as it is (a `core.call_ports.MediaTransport`)."""

    def __init__(self, line: MediaTransport) -> None:
        """Go around `line`."""
        self._line = line

    def __getattr__(self, name: str) -> Any:
        """Return what only some lines have."""
        return getattr(self._line, name)

    @property
    def caller(self) -> str:
        """Return who calls."""
        return self._line.caller

    @property
    def call_id(self) -> str:
        """Return the line's own id of the call."""
        return self._line.call_id

    def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what the caller says."""
        return self._line.frames_in()

    async def send(self, frame: Pcm) -> None:
        """Send one frame."""
        await self._line.send(frame)

    def dtmf(self) -> AsyncIterator[str]:
        """Yield keys pressed."""
        return self._line.dtmf()

    async def mark(self, name: str) -> None:
        """Ask to be told when all that was sent before has been heard."""
        await self._line.mark(name)

    async def played(self, name: str) -> None:
        """Wait until the mark was reached or flushed."""
        await self._line.played(name)

    async def flush(self) -> float:
        """Drop what was sent and not yet heard."""
        return await self._line.flush()

    async def transfer(self, target: str) -> bool:
        """Put the caller through by the line's own means."""
        return await self._line.transfer(target)

    async def hang_up(self) -> None:
        """End the call."""
        await self._line.hang_up()

    def quality(self) -> LineQuality:
        """Return how the line has carried the caller's sound so far."""
        return self._line.quality()
