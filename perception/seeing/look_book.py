"""Looks by key: read from the store, or looked at once and kept there."""

from __future__ import annotations

import asyncio
import itertools
import logging
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelMissingError
from core.ports import ImageEncoder, Picture, Vectors
from core.resilience import in_worker
from perception.seeing.look_store import LookStore, OtherEncoderError
from perception.seeing.looks import Looks, look_at

_LOG = logging.getLogger(__name__)

_RECIPE = 5
"""To be raised when the distortions change; other changes show in the look of the test picture."""
_CHUNK = 12
"""Pictures looked at together and kept at once: what a crash costs."""

Progress = Callable[[int, int], None]
"""Called with (done, of all)."""
PictureOf = Callable[[str], Picture | None]
"""Opens the picture of a key; None where it is damaged."""


@dataclass(frozen=True, slots=True)
class LookBook:
    """Looks of one encoder, in a folder of its own."""

    store: LookStore
    encoder: ImageEncoder
    probe: Vectors
    """The encoder's vector of the test picture, float32 (dimension,)."""

    @classmethod
    async def open(cls, folder: Path, encoder: ImageEncoder) -> LookBook:
        """Open the looks below `folder` that this encoder made; begin anew when there are none.

        The encoder is recognised by its look at a test picture: that also notices other weights under
        the same name, whose looks lie beside.
        """
        probe = {name: rows[0] for name, rows in arrays_of(await look_at(encoder, [_probe()])).items()}
        name = f"{type(encoder).__name__.lower()}-{encoder.capabilities.dimension or 0}-{_RECIPE}"
        return cls(await in_worker(_opened, folder, name, probe), encoder, probe["shapes"])

    async def look(
        self, keys: Sequence[str], picture_of: PictureOf, progress: Progress | None = None
    ) -> dict[str, int]:
        """Return the row of each key, looking at the pictures of those that are new; the damaged are left out.

        Each few pictures are on disk before the next ones are looked at, so that a second run goes on
        where a first one ended.
        """
        rows = await in_worker(self.store.rows_of, keys)
        missing = [key for key in dict.fromkeys(keys) if key not in rows]
        chunks = [missing[start : start + _CHUNK] for start in range(0, len(missing), _CHUNK)]
        done = 0
        upcoming = asyncio.create_task(_open(chunks[0], picture_of)) if chunks else None
        try:
            for chunk, following in itertools.zip_longest(chunks, chunks[1:]):
                assert upcoming  # noqa: S101  (there is a chunk)
                pictures = await upcoming
                upcoming = asyncio.create_task(_open(following or [], picture_of))  # opened while this one is encoded
                if pictures:
                    looks = await look_at(self.encoder, list(pictures.values()))
                    await asyncio.to_thread(self.store.append, list(pictures), arrays_of(looks))
                done += len(chunk)
                if progress:
                    progress(done, len(missing))
        finally:
            if upcoming:
                upcoming.cancel()
        return rows | await in_worker(self.store.rows_of, missing)

    def looks(self, rows: Sequence[int] | NDArray[np.intp], *, only: Collection[str] = ()) -> Looks:
        """Return the looks in some rows of the store; with `only`, the other arrays are left empty."""
        return Looks(**self.store.read(rows, only=only))


async def _open(keys: Sequence[str], picture_of: PictureOf) -> dict[str, Picture]:
    opened = await in_worker(lambda: [(key, picture_of(key)) for key in keys])
    return {key: picture for key, picture in opened if picture is not None}


def arrays_of(looks: Looks) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of looks by their names."""
    return {field.name: getattr(looks, field.name) for field in fields(looks)}


def _opened(folder: Path, name: str, probe: dict[str, NDArray[np.float32]]) -> LookStore:
    for number in itertools.count(1):
        place = folder / f"{name}-{number}"
        try:
            return LookStore.open(place, probe)
        except OtherEncoderError:
            continue
        except ModelMissingError as error:
            _LOG.warning("%s", error)
            shutil.rmtree(place)
            return LookStore.open(place, probe)
    raise AssertionError("unreachable")


def _probe() -> Picture:
    y, x = np.mgrid[0:96, 0:96]
    return np.stack([(x * y) % 251, (x * 3 + y) % 253, (x + 5 * y) % 255], axis=-1).astype(np.uint8)
