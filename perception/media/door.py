"""The only way in for media: checks, re-encodes, strips, stores."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import uuid4

from PIL import Image

from core.errors import MediaError
from core.ports import BlobStore, Picture
from core.resilience import in_worker
from core.types import Attachment, AttachmentKind
from perception.media.aside import decode_aside
from perception.media.kinds import apart_format, video_format
from perception.media.pictures import CleanPicture, clean_picture, encoded
from perception.media.recordings import RATE_HZ, clean_recording, wav_of

_CHILDREN = 2
"""Decoders at a time: each may take a core, and as much memory as `perception.media.decoder` allows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """What is too much."""

    image_bytes: int = 15 * 2**20
    image_pixels: int = 25_000_000
    audio_bytes: int = 25 * 2**20
    audio_s: float = 300.0
    video_bytes: int = 25 * 2**20
    video_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Door:
    """Admit media into `blobs`: what is kept was decoded and encoded again by us.

    So nothing that hid in the file (metadata, a second format behind the first, a decoder's trap)
    reaches the rest of the house or another customer's browser.
    """

    blobs: BlobStore
    limits: MediaLimits = MediaLimits()
    _children: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_CHILDREN), init=False)

    async def admit(self, data: bytes, *, kind: AttachmentKind) -> Attachment:
        """Return the stored attachment: images as JPEG, audio as 16 kHz mono WAV with 16-bit samples.

        The type is judged by content, never by name. Raises `MediaError` with code "empty",
        "too_large", "too_many_pixels", "too_long", "not_an_image", "not_audio", "unsupported" or
        "damaged", "too_slow", and "is_video" for one that `admit_video` takes.
        """
        if not data:
            raise MediaError("empty", f"the {kind.value} has no bytes")
        if kind is AttachmentKind.IMAGE:
            return await self._image(data)
        if kind is AttachmentKind.AUDIO:
            return await self._audio(data)
        raise MediaError("unsupported", "only photos and recordings are taken, not other files")

    async def admit_video(self, data: bytes) -> tuple[Attachment, ...]:
        """Return three to six frames of a video or animation as JPEG, and its sound as `admit` stores one.

        All carry one name in `Attachment.video`. Nothing is kept before everything is decoded. Raises
        `MediaError` with code "empty", "too_large", "not_a_video", "video_too_long", "too_many_pixels",
        "unsupported", "damaged" or "too_slow".
        """
        if not data:
            raise MediaError("empty", "the video has no bytes")
        limits = self.limits
        _within(len(data), limits.video_bytes, "the video")
        if video_format(data) is None:
            raise MediaError("not_a_video", "the file is not a video of a kind that is taken")
        async with self._children:
            film = await decode_aside(data, "film", max_s=limits.video_s, max_pixels=limits.image_pixels)
        name = uuid4().hex
        frames = [await self._kept(await _jpeg(picture), video=name) for picture in film.pictures]
        if film.speech is None:
            return tuple(frames)
        return (*frames, await self._recorded(await in_worker(wav_of, film.speech), len(film.speech), video=name))

    async def _image(self, data: bytes) -> Attachment:
        _within(len(data), self.limits.image_bytes, "the photo")
        if apart_format(data) is None:
            return await self._kept(await in_worker(clean_picture, data, max_pixels=self.limits.image_pixels))
        async with self._children:
            photo = await decode_aside(data, "photo", max_pixels=self.limits.image_pixels)
        return await self._kept(await _jpeg(photo.pictures[0]))

    async def _kept(self, picture: CleanPicture, *, video: str = "") -> Attachment:
        return Attachment(
            id=uuid4().hex,
            kind=AttachmentKind.IMAGE,
            media_type="image/jpeg",
            size_bytes=len(picture.jpeg),
            sha256=await self.blobs.put(picture.jpeg),
            width=picture.width,
            height=picture.height,
            video=video,
        )

    async def _audio(self, data: bytes) -> Attachment:
        _within(len(data), self.limits.audio_bytes, "the recording")
        recording = await in_worker(clean_recording, data, max_s=self.limits.audio_s)
        return await self._recorded(recording.wav, round(recording.duration_s * RATE_HZ))

    async def _recorded(self, wav: bytes, samples: int, *, video: str = "") -> Attachment:
        return Attachment(
            id=uuid4().hex,
            kind=AttachmentKind.AUDIO,
            media_type="audio/wav",
            size_bytes=len(wav),
            sha256=await self.blobs.put(wav),
            duration_s=samples / RATE_HZ,
            video=video,
        )


async def _jpeg(picture: Picture) -> CleanPicture:
    return await in_worker(encoded, Image.fromarray(picture))


def _within(size: int, limit: int, what: str) -> None:
    if size > limit:
        raise MediaError("too_large", f"{what} has {size} bytes; at most {limit} are taken")
