"""Hearing and seeing a whole message."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field, replace

from core.errors import MediaError
from core.photo_ports import PhotoScreen, ProductFinder
from core.ports import BlobStore, Picture, SpeechRecognizer
from core.resilience import in_worker
from core.types import Attachment, AttachmentKind, MatchDecision, Message, Percept, ProductMatch, Transcript
from core.understand.lettered import matters
from perception.hearing.speech import is_silent
from perception.lettering.read import Lettering, Written
from perception.media.stored import load_picture, load_speech
from perception.screening.check import screened
from perception.seeing.clarity import is_black, why_unclear
from perception.seeing.filmed import first_files, is_found, still_unclear, together

_log = logging.getLogger(__name__)

_LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceived:
    """A percept and how long its parts took."""

    percept: Percept
    hear_ms: float
    see_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one photo shows and what stands in it."""

    matches: tuple[ProductMatch, ...] = ()
    written: Written = field(default_factory=Written)
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Perceiver:
    """Hear the recordings and see the photos of a message. What it returns is untrusted."""

    blobs: BlobStore
    recognizer: SpeechRecognizer | None
    """None switches hearing off; a message with a recording is flagged then."""
    finder: ProductFinder | None
    """None switches seeing off."""
    screen: PhotoScreen | None = None
    """Says what must not be shown to people unasked; None shows them everything."""
    lettering: Lettering | None = None
    """None switches the reading of text and codes off."""
    hint: str = ""
    """Names that callers may say (products, the shop)."""
    max_audio: int = 3
    """Recordings heard in one message; more are flagged "too_many_recordings"."""
    max_photos: int = 10
    """Photos and videos seen in one message; more are flagged "too_many_photos"."""
    max_screened: int = 60
    """Photos and frames checked in one message; what is beyond is withheld."""

    async def perceive(self, message: Message) -> Percept:
        """Return what was heard and seen; never raises for bad media or a failing model, it flags.

        Flags: "silence", "not_speech", "other_language", "unreadable_audio", "unreadable_photo",
        "too_many_recordings", "too_many_photos", "hearing_off", "seeing_off", "hearing_failed",
        "seeing_failed", "dark_photo", "blurred_photo", "instruction_in_photo"; and reading_failed and reading_late, of
        which customers hear only where they ask what is written.
        """
        return (await self.observe(message)).percept

    async def observe(self, message: Message) -> Perceived:
        """Do as `perceive` does, and tell the milliseconds of hearing and of seeing (they overlap)."""
        recordings = [item for item in message.attachments if item.kind is AttachmentKind.AUDIO]
        photos = [item for item in message.attachments if item.kind is AttachmentKind.IMAGE]
        # What a recording will turn out to say may be about the text: only typed words can tell that it is not.
        reads = bool(recordings) or matters(message.text)
        (transcript, heard_flags, hear_ms), (seen, see_ms), screenings = await asyncio.gather(
            self._hear(recordings),
            self._see(photos, reads=reads),
            screened(self.screen, self.blobs, photos, most=self.max_screened),
        )
        percept = Percept(
            message_id=message.id,
            transcript=transcript,
            matches=together([match for one in seen for match in one.matches], photos),
            texts=tuple(text for one in seen for text in one.written.texts),
            codes=tuple(code for one in seen for code in one.written.codes),
            screenings=screenings,
            flags=tuple(dict.fromkeys((*heard_flags, *(flag for one in seen for flag in one.flags)))),
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
                return None, "" if recording.video else "silence"  # a film may be silent: it is there to be seen
            transcript = await recognizer.transcribe(speech, hint=self.hint)
        except MediaError:
            return None, "unreadable_audio"
        except Exception:  # A broken model must not cost the customer the turn; the engine answers the flag.
            _log.exception("hearing failed")
            return None, "hearing_failed"
        if not transcript.text:
            return None, "" if recording.video else "not_speech"
        return transcript, "" if transcript.language in _LANGUAGES else "other_language"

    async def _see(self, photos: list[Attachment], *, reads: bool) -> tuple[list[_Seen], float]:
        """Look at the first photos; of a video all frames count as one file."""
        began = time.perf_counter()
        looked_at = first_files(photos, self.max_photos)
        seen = [_Seen(flags=("too_many_photos",))] if len(looked_at) < len(photos) else []
        letters = self.lettering
        patience_s = (letters.patience_s if reads else letters.impatience_s) if letters else 0.0
        until = asyncio.get_running_loop().time() + patience_s
        unclear: list[tuple[Attachment, str]] = []
        for photo in looked_at:
            try:
                picture = await load_picture(self.blobs, photo.sha256)
            except MediaError:
                seen.append(_Seen(flags=("unreadable_photo",)))
                continue
            one = await self._look(picture, photo.id, reads=reads, until=until)
            if why := await self._why_unclear(picture, one):
                unclear.append((photo, why))
                one = replace(one, matches=())  # "we do not sell this" would be said of nothing
            seen.append(one)
        seen.append(_Seen(flags=tuple(still_unclear(unclear, looked_at))))
        return seen, _ms_since(began) if photos else 0.0

    async def _why_unclear(self, picture: Picture, seen: _Seen) -> str:
        """Return why nothing was found in a photo that was looked at, where the photo is the reason.

        What may have been found counts as nothing in a photo that is black: blurred and dimly lit ones are asked about.
        """
        if self.finder is None or "seeing_failed" in seen.flags:
            return ""
        if not is_found(seen.matches):
            return await in_worker(why_unclear, picture)
        is_sure = any(one.decision is MatchDecision.MATCH for one in seen.matches)
        return "dark_photo" if not is_sure and await in_worker(is_black, picture) else ""

    async def _look(self, picture: Picture, attachment_id: str, *, reads: bool, until: float) -> _Seen:
        """Find and read one photo; text is left unread where the product is certain and nobody asks for text."""
        found, written = await asyncio.gather(self._find(picture, attachment_id), self._codes(picture, attachment_id))
        if self.lettering is None:
            return found
        coded = self.lettering.of_codes(written.codes)
        certain = next(iter(coded or found.matches), None)
        if reads or certain is None or certain.decision is not MatchDecision.MATCH:
            text = await self.lettering.text(picture, attachment_id=attachment_id, until=until)
            written = Written(texts=text.texts, codes=written.codes, flags=(*written.flags, *text.flags))
        matches = coded or await self.lettering.helped(found.matches, written.texts)
        return _Seen(matches=matches, written=written, flags=(*found.flags, *written.flags))

    async def _codes(self, picture: Picture, attachment_id: str) -> Written:
        return Written() if self.lettering is None else await self.lettering.codes(picture, attachment_id=attachment_id)

    async def _find(self, picture: Picture, attachment_id: str) -> _Seen:
        if self.finder is None:
            return _Seen(flags=("seeing_off",))
        try:
            return _Seen(matches=await self.finder.find(picture, attachment_id=attachment_id))
        except MediaError:
            return _Seen(flags=("unreadable_photo",))
        except TimeoutError:
            _log.warning("a photo could not be looked up: the catalogue is still being looked at")
            return _Seen(flags=("seeing_failed",))
        except Exception:  # As above: flagged, not lost.
            _log.exception("seeing failed")
            return _Seen(flags=("seeing_failed",))


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
