"""Record a call: the caller on the left, the clerk on the right, in one file that grows as they talk.

Ogg with Opus: each page stands for itself, so that a crash leaves all but the last second readable (FLAC says
how long it is only when it is closed), and a minute takes about 0.4 MB.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import soundfile

from core.call_ports import MediaTransport
from core.ports import Pcm
from voice.call.around import Around
from voice.call.playback import SILENCE

log = logging.getLogger(__name__)

SUFFIX = ".ogg"
_RATE_HZ = 16_000
_BLOCK = 25
"""Frames (0.5 s) that are written at a time."""
_KEYED = 200
"""Frames (4 s) after a key that are left out: who keys in a card or a PIN keys on, and says it, too."""


class Tape:
    """A recording that is being made. Nothing that goes wrong with it reaches the call."""

    def __init__(self, file: Path) -> None:
        """Record into `file`, readable by its owner only."""
        self.file = file
        self._heard: deque[Pcm] = deque(maxlen=_BLOCK)
        self._block: list[tuple[Pcm, Pcm]] = []
        self._blocks: asyncio.Queue[list[tuple[Pcm, Pcm]] | None] = asyncio.Queue()
        self._left_out = 0
        self._is_running = True

    def hear(self, frame: Pcm) -> None:
        """Take a frame of the caller; it belongs beside the next one of the clerk."""
        self._heard.append(frame)

    def say(self, frame: Pcm) -> None:
        """Take a frame of the clerk, sent each 20 ms: it is the clock of the recording."""
        heard = self._heard.popleft() if self._heard else SILENCE
        if not self._is_running:
            return
        if self._left_out:
            self._left_out -= 1
            heard = frame = SILENCE
        self._block.append((heard, frame))
        if len(self._block) >= _BLOCK:
            self._blocks.put_nowait(self._block)
            self._block = []

    def leave_out(self) -> None:
        """Leave out what a key was pressed for: the last half second and the next ones."""
        self._left_out = _KEYED
        self._block = [(SILENCE, SILENCE)] * len(self._block)

    def destroy(self) -> None:
        """Record nothing more, and delete what was recorded."""
        self._is_running = False
        self._block = []
        self.file.unlink(missing_ok=True)

    async def run(self) -> str:
        """Write until `close`; return the sha256 of the finished file, empty where it could not be written."""
        try:
            sound = await asyncio.to_thread(self._open)
            try:
                while block := await self._blocks.get():
                    await asyncio.to_thread(sound.write, _stereo(block))
            finally:
                await asyncio.to_thread(sound.close)
            return await asyncio.to_thread(_sha256, self.file) if self.file.exists() else ""
        except (OSError, RuntimeError) as error:  # soundfile's own errors are RuntimeErrors
            self._is_running = False
            log.error("the recording %s ended early: %s", self.file.name, error)
            return ""

    def close(self) -> None:
        """Write what is left and end `run`."""
        if self._block:
            self._blocks.put_nowait(self._block)
        self._blocks.put_nowait(None)
        self._is_running = False

    def _open(self) -> soundfile.SoundFile:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.file.touch(mode=0o600)
        return soundfile.SoundFile(self.file, "w", samplerate=_RATE_HZ, channels=2, format="OGG", subtype="OPUS")


class RecordedLine(Around):
    """A line whose two sides go to tape."""

    def __init__(self, line: MediaTransport, tape: Tape) -> None:
        """Record `line` on `tape`."""
        super().__init__(line)
        self._tape = tape

    async def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what the caller says."""
        async for frame in self._line.frames_in():
            self._tape.hear(frame)
            yield frame

    async def send(self, frame: Pcm) -> None:
        """Send one frame."""
        self._tape.say(frame)
        await self._line.send(frame)

    async def dtmf(self) -> AsyncIterator[str]:
        """Yield keys pressed, which may be a secret: nothing is recorded around them."""
        async for key in self._line.dtmf():
            self._tape.leave_out()
            yield key


def _stereo(block: list[tuple[Pcm, Pcm]]) -> Pcm:
    """Return shape (samples, 2), within -1..1."""
    caller, clerk = (np.concatenate(side) for side in zip(*block, strict=True))
    sides: Pcm = np.stack([caller, clerk], axis=1)
    return sides.clip(-1.0, 1.0)


def _sha256(file: Path) -> str:
    with file.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()
