"""Hearing and seeing a whole message."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass

from core.errors import MediaError
from core.ports import BlobStore, ProductFinder, SpeechRecognizer
from core.types import Attachment, AttachmentKind, Message, Percept, ProductMatch, Transcript
from perception.hearing.speech import is_silent
from perception.media.stored import load_picture, load_speech
from perception.pooling import pooled

_log = logging.getLogger(__name__)

_LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceived:
    """A percept and how long its parts took."""

    percept: Percept
    hear_ms: float
    see_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceiver:
    """Hear the recordings and see the photos of a message. What it returns is untrusted."""

    blobs: BlobStore
    recognizer: SpeechRecognizer | None
    """None switches hearing off; a message with a recording is flagged then."""
    finder: ProductFinder | None
    """None switches seeing off."""
    hint: str = ""
    """Names that callers may say (products, the shop)."""
    max_audio: int = 3
    """Recordings heard in one message; more are flagged "too_many_recordings"."""
    max_photos: int = 10
    """Photos seen in one message; more are flagged "too_many_photos"."""

    async def perceive(self, message: Message) -> Percept:
        """Return what was heard and seen; never raises for bad media or a failing model, it flags.

        Flags: "silence", "not_speech", "other_language", "unreadable_audio", "unreadable_photo",
        "too_many_recordings", "too_many_photos", "hearing_off", "seeing_off", "hearing_failed",
        "seeing_failed".
        """
        return (await self.observe(message)).percept

    async def observe(self, message: Message) -> Perceived:
        """Do as `perceive` does, and tell the milliseconds of hearing and of seeing (they overlap)."""
        recordings = [item for item in message.attachments if item.kind is AttachmentKind.AUDIO]
        photos = [item for item in message.attachments if item.kind is AttachmentKind.IMAGE]
        (transcript, heard_flags, hear_ms), (matches, seen_flags, see_ms) = await asyncio.gather(
            self._hear(recordings), self._see(photos)
        )
        percept = Percept(
            message_id=message.id,
            transcript=transcript,
            matches=matches,
            flags=tuple(dict.fromkeys((*heard_flags, *seen_flags))),
        )
        return Perceived(percept=percept, hear_ms=hear_ms, see_ms=see_ms)

    async def _hear(self, recordings: list[Attachment]) -> tuple[Transcript | None, list[str], float]:
        if not recordings:
            return None, [], 0.0
        if self.recognizer is None:
            return None, ["hearing_off"], 0.0
        began = time.perf_counter()
        flags = ["too_many_recordings"] if len(recordings) > self.max_audio else []
        heard: list[Transcript] = []
        for recording in recordings[: self.max_audio]:
            transcript, flag = await self._hear_one(self.recognizer, recording)
            heard += [transcript] if transcript else []
            flags += [flag] if flag else []
        return _joined(heard), flags, _ms_since(began)

    async def _hear_one(self, recognizer: SpeechRecognizer, recording: Attachment) -> tuple[Transcript | None, str]:
        try:
            speech = await load_speech(self.blobs, recording.sha256)
            if is_silent(speech):
                return None, "silence"
            transcript = await recognizer.transcribe(speech, hint=self.hint)
        except MediaError:
            return None, "unreadable_audio"
        except Exception:  # A broken model must not cost the customer the turn; the engine answers the flag.
            _log.exception("hearing failed")
            return None, "hearing_failed"
        if not transcript.text:
            return None, "not_speech"
        return transcript, "" if transcript.language in _LANGUAGES else "other_language"

    async def _see(self, photos: list[Attachment]) -> tuple[tuple[ProductMatch, ...], list[str], float]:
        if not photos:
            return (), [], 0.0
        if self.finder is None:
            return (), ["seeing_off"], 0.0
        began = time.perf_counter()
        flags = ["too_many_photos"] if len(photos) > self.max_photos else []
        matches: list[ProductMatch] = []
        for photo in photos[: self.max_photos]:
            try:
                picture = await load_picture(self.blobs, photo.sha256)
                matches += await self.finder.find(picture, attachment_id=photo.id)
            except MediaError:
                flags.append("unreadable_photo")
            except Exception:  # As above: flagged, not lost.
                _log.exception("seeing failed")
                flags.append("seeing_failed")
        return pooled(photos[: self.max_photos], matches), flags, _ms_since(began)


def _joined(heard: list[Transcript]) -> Transcript | None:
    if len(heard) < 2:
        return heard[0] if heard else None
    longest = max(heard, key=lambda one: len(one.text))
    return Transcript(
        text="\n".join(one.text for one in heard),
        language=longest.language,
        confidence=min(one.confidence for one in heard),
    )


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
