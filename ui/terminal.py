"""Talking to the clerk from a terminal."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from core.engine import Engine
from core.types import Attachment, AttachmentKind, Language, Message, Turn

CHANNEL = "terminal"


@dataclass(slots=True, kw_only=True)
class Terminal:
    """One conversation typed at a terminal."""

    engine: Engine
    conversation_id: str = field(default_factory=lambda: f"terminal:{uuid.uuid4().hex}")
    locale: Language | None = None

    async def say(
        self, text: str, *, images: tuple[Path, ...] = (), audio: Path | None = None, wants_speech: bool = False
    ) -> Turn:
        """Send words and files, and return the turn.

        Raises `MediaError` for a file that the door refuses and `OSError` for one that cannot be read.
        """
        attachments: list[Attachment] = [await self._admit(image, AttachmentKind.IMAGE) for image in images]
        if audio is not None:
            attachments.append(await self._admit(audio, AttachmentKind.AUDIO))
        message_id = uuid.uuid4().hex
        return await self.engine.answer(
            Message(
                id=message_id,
                channel=CHANNEL,
                external_id=message_id,
                conversation_id=self.conversation_id,
                sender_id="terminal",
                text=text[: self.engine.limits.text_chars],
                attachments=tuple(attachments),
                locale=self.locale,
                wants_speech=wants_speech,
                received_at=datetime.now(UTC),
                trace_id=message_id,
            )
        )

    async def _admit(self, file: Path, kind: AttachmentKind) -> Attachment:
        return await self.engine.media.admit(await asyncio.to_thread(file.read_bytes), kind=kind)
