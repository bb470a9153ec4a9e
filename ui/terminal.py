"""Talking to the clerk from a terminal."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from core.admitting import admit_file
from core.engine import Engine
from core.errors import MediaError
from core.types import Attachment, AttachmentKind, Language, Message, Turn

CHANNEL = "terminal"


@dataclass(slots=True, kw_only=True)
class Terminal:
    """One conversation typed at a terminal."""

    engine: Engine
    conversation_id: str = field(default_factory=lambda: f"terminal:{uuid.uuid4().hex}")
    locale: Language | None = None
    channel: str = CHANNEL

    async def say(
        self,
        text: str,
        *,
        images: tuple[Path, ...] = (),
        audio: Path | None = None,
        videos: tuple[Path, ...] = (),
        attachments: tuple[Attachment, ...] = (),
        wants_speech: bool = False,
    ) -> Turn:
        """Send words, files and what `attach` gave, and return the turn.

        Raises `MediaError` for a file that the door refuses or a text that is too long, and `OSError` for
        a file that cannot be read.
        """
        limit = self.engine.limits.text_chars
        if len(text) > limit:
            raise MediaError("too_long", f"a message holds {limit} characters at most and this one has {len(text)}")
        attachments += await self.attach(images=images, audio=audio, videos=videos)
        message_id = uuid.uuid4().hex
        return await self.engine.answer(
            Message(
                id=message_id,
                channel=self.channel,
                external_id=message_id,
                conversation_id=self.conversation_id,
                sender_id="terminal",
                text=text.encode("utf-8", "replace").decode(),  # a terminal may send half characters
                attachments=attachments,
                locale=self.locale,
                wants_speech=wants_speech,
                received_at=datetime.now(UTC),
                trace_id=message_id,
            )
        )

    async def attach(
        self, *, images: tuple[Path, ...] = (), audio: Path | None = None, videos: tuple[Path, ...] = ()
    ) -> tuple[Attachment, ...]:
        """Let files in at the media door; raises `MediaError` and `OSError`."""
        kinds = [(image, AttachmentKind.IMAGE) for image in images]
        kinds += [] if audio is None else [(audio, AttachmentKind.AUDIO)]
        door = self.engine.media
        admitted = [await admit_file(door, await _read(file), kind=kind) for file, kind in kinds]
        admitted += [await door.admit_video(await _read(file)) for file in videos]
        return tuple(part for each in admitted for part in each)


async def _read(file: Path) -> bytes:
    return await asyncio.to_thread(file.read_bytes)
