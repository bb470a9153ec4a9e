"""The only way in for media: checks, re-encodes, strips, stores."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from core.errors import MediaError
from core.ports import BlobStore
from core.resilience import in_worker
from core.types import Attachment, AttachmentKind
from perception.media.pictures import clean_picture
from perception.media.recordings import clean_recording


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """What is too much."""

    image_bytes: int = 15 * 2**20
    image_pixels: int = 25_000_000
    audio_bytes: int = 25 * 2**20
    audio_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Door:
    """Admit media into `blobs`: what is kept was decoded and encoded again by us.

    So nothing that hid in the file (metadata, a second format behind the first, a decoder's trap)
    reaches the rest of the house or another customer's browser.
    """

    blobs: BlobStore
    limits: MediaLimits = MediaLimits()

    async def admit(self, data: bytes, *, kind: AttachmentKind) -> Attachment:
        """Return the stored attachment: images as JPEG, audio as 16 kHz mono WAV with 16-bit samples.

        The type is judged by content, never by name. Raises `MediaError` with code "empty",
        "too_large", "too_many_pixels", "too_long", "not_an_image", "not_audio", "unsupported" or
        "damaged".
        """
        if not data:
            raise MediaError("empty", f"the {kind.value} has no bytes")
        if kind is AttachmentKind.IMAGE:
            return await self._image(data)
        if kind is AttachmentKind.AUDIO:
            return await self._audio(data)
        raise MediaError("unsupported", "only photos and recordings are taken, not other files")

    async def admit_video(self, data: bytes) -> tuple[Attachment, ...]:
        """Refuse every video: they are not taken yet."""
        raise MediaError("unsupported", f"videos ({len(data)} bytes) are not taken yet")

    async def _image(self, data: bytes) -> Attachment:
        _within(len(data), self.limits.image_bytes, "the photo")
        picture = await in_worker(clean_picture, data, max_pixels=self.limits.image_pixels)
        return Attachment(
            id=uuid4().hex,
            kind=AttachmentKind.IMAGE,
            media_type="image/jpeg",
            size_bytes=len(picture.jpeg),
            sha256=await self.blobs.put(picture.jpeg),
            width=picture.width,
            height=picture.height,
        )

    async def _audio(self, data: bytes) -> Attachment:
        _within(len(data), self.limits.audio_bytes, "the recording")
        recording = await in_worker(clean_recording, data, max_s=self.limits.audio_s)
        return Attachment(
            id=uuid4().hex,
            kind=AttachmentKind.AUDIO,
            media_type="audio/wav",
            size_bytes=len(recording.wav),
            sha256=await self.blobs.put(recording.wav),
            duration_s=recording.duration_s,
        )


def _within(size: int, limit: int, what: str) -> None:
    if size > limit:
        raise MediaError("too_large", f"{what} has {size} bytes; at most {limit} are taken")
