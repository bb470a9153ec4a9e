"""How pictures look: the encoder's vector over several views, the colours, and what is seen at which place."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np

from core.ports import ImageEncoder, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.colour import colour_vector
from perception.seeing.index import save_arrays
from perception.seeing.places import places_of
from perception.seeing.vectors import unit
from perception.seeing.views import views

_RECIPE = 4
"""To be raised when views, colours or distortions change: looks kept on disk are then made anew."""
_CHUNK = 12
"""Pictures looked at together; progress is told and the loop is free in between."""
_KEEP_EVERY = 384
"""Pictures after which the looks are written, so that a crash while cataloguing costs little."""

Row: TypeAlias = tuple[Vectors, Vectors, Vectors]
"""The look of one picture: a row of each array."""
Progress = Callable[[int, int], None]
"""Called with (done, of all)."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks of n pictures, a row each."""

    shapes: Vectors
    """The encoder's unit vectors, the mean over the views, float32 (n, dimension)."""
    colours: Vectors
    """Unit vectors, float32 (n, 294)."""
    places: Vectors
    """Of two cuts, float32 (n, 2, 100, 3 + d): see `places_of`."""

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.shapes)

    def __getitem__(self, rows: Sequence[int]) -> Looks:
        """Return some of the rows."""
        at = list(rows)
        return Looks(self.shapes[at], self.colours[at], self.places[at])


async def look_at(encoder: ImageEncoder, pictures: Sequence[Picture]) -> Looks:
    """Return the looks of the pictures; raises `MediaError` when one is not uint8 RGB."""
    seen = await in_worker(lambda: [views(picture) for picture in pictures])
    flat = [view for several in seen for view in several]
    vectors, colours, places = await asyncio.gather(
        encoder.encode(flat),
        in_worker(lambda: np.array([colour_vector(picture) for picture in pictures])),
        places_of(encoder, pictures),
    )
    means = vectors.reshape(len(pictures), -1, vectors.shape[1]).mean(axis=1)
    return Looks(unit(means), colours.astype(np.float32), places)


@dataclass(slots=True)
class LookBook:
    """Looks by key, kept in one file that knows which encoder made them.

    The encoder is recognised by what it makes of a test picture: that also notices other weights
    under the same name.
    """

    file: Path
    encoder: ImageEncoder
    probe: Vectors
    _known: dict[str, Row] = field(default_factory=dict)
    _unsaved: int = 0

    @classmethod
    async def open(cls, folder: Path, encoder: ImageEncoder) -> LookBook:
        """Read the looks in `folder` that this encoder made; begin anew when there are none."""
        dimension = encoder.capabilities.dimension or 0
        file = folder / f"looks-{type(encoder).__name__.lower()}-{dimension}.npz"
        book = cls(file=file, encoder=encoder, probe=await encoder.encode([_probe()]))
        await in_worker(book._read)
        return book

    async def look(
        self, keys: Sequence[str], picture_of: Callable[[str], Picture | None], progress: Progress | None = None
    ) -> dict[str, Row]:
        """Return the look of each key, from the file or by looking; keys without a picture are left out."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        for start in range(0, len(missing), _CHUNK):
            await self._look_at_some(missing[start : start + _CHUNK], picture_of)
            if progress:
                progress(min(start + _CHUNK, len(missing)), len(missing))
        await self.save()
        return {key: self._known[key] for key in keys if key in self._known}

    async def save(self) -> None:
        """Write what is new."""
        if self._unsaved:
            await in_worker(self._write)

    async def _look_at_some(self, keys: Sequence[str], picture_of: Callable[[str], Picture | None]) -> None:
        opened = await in_worker(lambda: {key: picture_of(key) for key in keys})
        pictures = {key: picture for key, picture in opened.items() if picture is not None}
        if not pictures:
            return
        looks = await look_at(self.encoder, list(pictures.values()))
        self._known.update(zip(pictures, zip(looks.shapes, looks.colours, looks.places, strict=True), strict=True))
        self._unsaved += len(pictures)
        if self._unsaved >= _KEEP_EVERY:
            await self.save()

    def _read(self) -> None:
        if not self.file.is_file():
            return
        try:
            with self.file.open("rb") as stream, np.load(stream, allow_pickle=False) as saved:
                fits = int(saved["recipe"]) == _RECIPE and saved["probe"].shape == self.probe.shape
                if fits and float((saved["probe"] * self.probe).sum()) > 0.9999:
                    rows = zip(saved["shapes"], saved["colours"], saved["places"], strict=True)
                    self._known = dict(zip(saved["keys"].tolist(), rows, strict=True))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            self._known = {}  # a damaged file costs the time of looking again, nothing else

    def _write(self) -> None:
        looks = stacked(self._known, list(self._known))
        save_arrays(
            self.file,
            recipe=np.array(_RECIPE),
            probe=self.probe,
            keys=np.array(list(self._known), np.str_),
            shapes=looks.shapes,
            colours=looks.colours,
            places=looks.places,
        )
        self._unsaved = 0


def stacked(book: Mapping[str, Row], keys: Sequence[str]) -> Looks:
    """Return the looks of the keys, a row each."""
    return Looks(*(np.array([book[key][part] for key in keys]) for part in range(3)))


def joined(parts: Sequence[Looks]) -> Looks:
    """Return the looks of all parts, one after the other."""
    return Looks(*(np.concatenate([getattr(one, name) for one in parts]) for name in ("shapes", "colours", "places")))


def _probe() -> Picture:
    y, x = np.mgrid[0:96, 0:96]
    return np.stack([(x * y) % 251, (x * 3 + y) % 253, (x + 5 * y) % 255], axis=-1).astype(np.uint8)
