"""Admitted media, read back from the store."""

from __future__ import annotations

import wave
from io import BytesIO

import numpy as np
from PIL import Image

from core.errors import MediaError
from core.ports import BlobStore, Pcm, Picture
from core.resilience import in_worker
from perception.media.recordings import RATE_HZ

_QUALITY = 85
"""Small print stays readable at it."""


async def load_speech(blobs: BlobStore, sha256: str) -> Pcm:
    """Return an admitted recording: float32 mono of shape (samples,) at 16 kHz.

    Raises `MediaError` ("damaged") when the blob is missing or is not what the door stores.
    """
    return await in_worker(_speech, await _bytes(blobs, sha256))


async def load_picture(blobs: BlobStore, sha256: str) -> Picture:
    """Return an admitted photo: uint8 RGB of shape (height, width, 3).

    Raises `MediaError` ("damaged") when the blob is missing or is not what the door stores.
    """
    return await in_worker(_picture, await _bytes(blobs, sha256))


async def load_small_jpeg(blobs: BlobStore, sha256: str, *, side: int = 1024) -> bytes:
    """Return an admitted photo as JPEG for a model to look at, no side longer than `side` pixels, without metadata.

    Raises `MediaError` ("damaged") when the blob is missing or is not what the door stores.
    """
    return await in_worker(_small_jpeg, await load_picture(blobs, sha256), side)


async def _bytes(blobs: BlobStore, sha256: str) -> bytes:
    try:
        return await blobs.get(sha256)
    except KeyError as error:
        raise MediaError("damaged", f"the media {sha256} is not in the store") from error


def _speech(data: bytes) -> Pcm:
    try:
        with wave.open(BytesIO(data)) as file:
            shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise MediaError("damaged", f"the stored recording cannot be read: {error}") from error
    if shape != (RATE_HZ, 1, 2):
        raise MediaError("damaged", f"the stored recording has (rate, channels, bytes) {shape}, not 16 kHz mono 16-bit")
    return np.frombuffer(frames, dtype="<i2").astype(np.float32) / np.float32(32768)


def _small_jpeg(picture: Picture, side: int) -> bytes:
    image = Image.fromarray(picture)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _picture(data: bytes) -> Picture:
    try:
        with Image.open(BytesIO(data), formats=("JPEG",)) as image:
            return np.asarray(image.convert("RGB"))
    except OSError as error:
        raise MediaError("damaged", f"the stored photo cannot be read: {error}") from error
