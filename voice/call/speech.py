"""One thing being said: which sound belongs to which words, how far the line was given it, what was heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.ports import Pcm
from voice.call.phrases import close

FRAME = 320
"""Samples of one frame: 20 ms at 16 kHz."""
FRAME_S = 0.02
_BACK = 75
"""Frames (1.5 s) of what was heard already that may be said again; in them a voice takes breath somewhere."""
_AHEAD = 500
"""Frames (10 s) that synthesis may be ahead of the caller's ear."""


@dataclass(slots=True)
class Clause:
    """Words that are spoken in one go, and their place in the sound."""

    text: str
    first: int
    """Its first frame."""
    end: int | None = None
    """The frame after its last; None while it is being made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """What is said before a speech that is long in coming, and is none of its words."""

    sound: Callable[[], AsyncIterator[Pcm]]
    after_s: float


class Speech:
    """Sound that is made while it is played."""

    def __init__(self, clauses: Sequence[tuple[str, AsyncIterator[Pcm]]], *, filler: Filler | None = None) -> None:
        """Say the clauses one after the other: their words, and their sound as float32 at 16 kHz."""
        self._given = clauses
        self._filler = filler
        self._frames: list[Pcm] = []
        self._clauses: list[Clause] = []
        self._room = asyncio.Event()
        self._is_made = False
        self.at = 0
        """The frame that is played next."""
        self.has_sound = asyncio.Event()
        self.began_at: float | None = None
        """When its first frame was sent, by the loop's clock."""

    @property
    def text(self) -> str:
        """Return all its words."""
        return "".join(text for text, _ in self._given)

    @property
    def is_over(self) -> bool:
        """Return whether everything was made and played."""
        return self._is_made and self.at >= len(self._frames)

    async def make(self) -> None:
        """Draw the sound as fast as it comes, at most 10 s ahead of the ear."""
        try:
            for text, sound in self._given:
                first = asyncio.ensure_future(anext(sound, None))
                try:
                    if not self._clauses:
                        await self._fill(first)
                    clause = Clause(text, len(self._frames))
                    self._clauses.append(clause)
                    await self._make(_from(first, sound))
                    clause.end = len(self._frames)
                finally:
                    first.cancel()
                    await asyncio.wait({first})
            self._is_made = True
        finally:
            for _, sound in self._given:
                await close(sound)

    async def _fill(self, first: asyncio.Future[Pcm | None]) -> None:
        """Say the filler, where the first sound does not come in time."""
        if self._filler is None:
            return
        await asyncio.wait({first}, timeout=self._filler.after_s)
        if not first.done():
            await self._make(self._filler.sound())

    async def _make(self, sound: AsyncIterator[Pcm]) -> None:
        rest: Pcm = np.zeros(0, dtype=np.float32)
        async for piece in sound:
            rest = np.concatenate([rest, piece.astype(np.float32, copy=False)])
            while rest.size >= FRAME:
                await self._add(rest[:FRAME])
                rest = rest[FRAME:]
        if rest.size:
            await self._add(np.pad(rest, (0, FRAME - rest.size)))

    async def _add(self, frame: Pcm) -> None:
        self._frames.append(frame)
        self.has_sound.set()
        while len(self._frames) - self.at > _AHEAD:
            self._room.clear()
            await self._room.wait()

    def next(self) -> Pcm | None:
        """Return the next frame; None where it is not made yet, or nothing is left."""
        if self.at >= len(self._frames):
            return None
        frame = self._frames[self.at]
        self.at += 1
        self._room.set()
        return frame

    def go_back(self, frame: int) -> None:
        """Go back from a frame to the last breath before it, at most to the beginning of its clause."""
        begin = max((one.first for one in self._clauses if one.first <= frame), default=0)
        last = range(max(begin, frame - _BACK), frame)
        self.at = begin if begin in last or not last else min(last, key=lambda at: (self._level(at), -at))

    def _level(self, at: int) -> float:
        return float(np.abs(self._frames[at]).max())

    def words(self, frames: int) -> str:
        """Return the words that the first `frames` frames are; of a clause that was cut, its share in whole words."""
        heard = ""
        for clause in self._clauses:
            if clause.end is not None and frames >= clause.end:
                heard += clause.text
                continue
            made = (clause.end or len(self._frames)) - clause.first
            if frames > clause.first and made:
                heard += _share(clause.text, (frames - clause.first) / made)
            break
        return heard

    def is_in_last_clause(self, frames: int) -> bool:
        """Return whether all but the end of it was heard."""
        last = self._given[-1][0] if self._given else ""
        return len(self.words(frames)) > len(self.text) - len(last)


async def _from(first: asyncio.Future[Pcm | None], sound: AsyncIterator[Pcm]) -> AsyncIterator[Pcm]:
    """Yield sound of which the first piece is drawn already."""
    piece = await first
    while piece is not None:
        yield piece
        piece = await anext(sound, None)


def _share(text: str, share: float) -> str:
    """Return about `share` of a clause, not ending inside a word."""
    cut = text[: int(len(text) * min(share, 1.0))]
    if len(cut) == len(text) or not cut or not (cut[-1].isascii() and text[len(cut)].isascii()):
        return cut
    return cut[: cut.rfind(" ") + 1] if not text[len(cut)].isspace() else cut
