"""Telegram's updates become messages: committed first, acknowledged afterwards."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from telegram import Bot, CallbackQuery, Update
from telegram import Message as TelegramMessage
from telegram.constants import ChatType
from telegram.error import TelegramError

from channels.telegram.choices import Choices
from channels.telegram.words import words
from core.errors import BusyError, MediaError
from core.ports import Clerk
from core.types import Attachment, AttachmentKind, Language, Message

log = logging.getLogger(__name__)

CHANNEL = "telegram"
"""The channel's name in messages."""

_DOWNLOAD_BYTES = 20 * 2**20
"""The Bot API hands out no larger files."""


def conversation_of(chat_id: int) -> str:
    """Return the conversation of a private chat."""
    return f"{CHANNEL}:{chat_id}"


def chat_of(conversation_id: str) -> int:
    """Return the chat of a conversation."""
    return int(conversation_id.removeprefix(f"{CHANNEL}:"))


class Reception:
    """Takes updates, one message or one album at a time."""

    def __init__(self, bot: Bot, clerk: Clerk, choices: Choices) -> None:
        """Hand what comes in to `clerk`; what cannot be taken is answered by `bot` at once."""
        self._bot = bot
        self._clerk = clerk
        self._choices = choices

    async def take(self, updates: Sequence[Update]) -> bool:
        """Commit one update, or all updates of one album; False when there was nothing for the clerk.

        After the return the updates may be acknowledged.
        Raises what the journal and the Bot API raise; then they must come again.
        """
        first = updates[0]
        if first.callback_query is not None:
            return await self._press(first, first.callback_query)
        message = first.message
        if message is None or message.chat.type != ChatType.PRIVATE:
            return False  # edits, group chats and channel posts are not for the clerk
        if message.text and message.text.startswith("/"):
            return await self._command(first, message)
        parts = [update.message for update in updates if update.message is not None]
        return await self._say(first.update_id, parts)

    async def _say(self, update_id: int, parts: Sequence[TelegramMessage]) -> bool:
        first = parts[0]
        text = "\n".join(said for part in parts if (said := part.text or part.caption))
        try:
            attachments = [item for part in parts for item in await self._attachments(part)]
        except MediaError as refused:
            await self._refuse(first, refused.code)
            return False
        if not text and not attachments:
            await self._refuse(first, "what_i_take")
            return False
        limit = self._clerk.limits.text_chars
        if len(text) > limit:
            await self._refuse(first, "text_too_long", limit=limit)
            return False
        return await self._receive(update_id, first, text, tuple(attachments))

    async def _receive(
        self, update_id: int, about: TelegramMessage, text: str, attachments: tuple[Attachment, ...] = ()
    ) -> bool:
        conversation_id = conversation_of(about.chat_id)
        message = Message(
            id=uuid.uuid4().hex,
            channel=CHANNEL,
            external_id=str(update_id),
            conversation_id=conversation_id,
            sender_id=str(about.chat_id),
            text=text,
            attachments=attachments,
            locale=_language(about),
            wants_speech=self._choices.wants_speech(conversation_id),
            received_at=datetime.now(UTC),
            trace_id=uuid.uuid4().hex,
        )
        try:
            await self._clerk.receive(message)
        except BusyError:
            await self._refuse(about, "busy")
            return False
        return True

    async def _press(self, update: Update, query: CallbackQuery) -> bool:
        about = query.message
        taken = False
        if isinstance(about, TelegramMessage) and query.data:
            taken = await self._receive(update.update_id, about, _pressed(query, about))
        try:
            await query.answer()
        except TelegramError as error:  # the press is on record; only the button's spinner turns a little longer
            log.info("a button press was not confirmed: %s", error)
        return taken

    async def _command(self, update: Update, message: TelegramMessage) -> bool:
        name = (message.text or "").split()[0].partition("@")[0]
        conversation_id = conversation_of(message.chat_id)
        if name in ("/voice", "/text"):
            speech = name == "/voice"
            self._choices.choose(conversation_id, speech=speech)
            await self._answer(message, words("voice_on" if speech else "voice_off", _language(message)))
        elif name in ("/start", "/help"):
            await self._answer(message, words("start", _language(message)))
        else:
            return await self._receive(update.update_id, message, (message.text or "").lstrip("/"))
        return False

    async def _attachments(self, message: TelegramMessage) -> list[Attachment]:
        found: list[Attachment] = []
        if message.photo:
            found.append(
                await self._fetch(message.photo[-1].file_id, AttachmentKind.IMAGE, message.photo[-1].file_size)
            )
        sound = message.voice or message.audio
        if sound:
            found.append(await self._fetch(sound.file_id, AttachmentKind.AUDIO, sound.file_size))
        document = message.document
        if document:
            kind = (document.mime_type or "").partition("/")[0]
            if kind not in ("image", "audio"):
                raise MediaError("unsupported", "a document that is neither picture nor sound")
            found.append(await self._fetch(document.file_id, AttachmentKind(kind), document.file_size))
        return found

    async def _fetch(self, file_id: str, kind: AttachmentKind, size: int | None) -> Attachment:
        limits = self._clerk.limits
        limit = min(_DOWNLOAD_BYTES, limits.image_bytes if kind is AttachmentKind.IMAGE else limits.audio_bytes)
        if (size or 0) > limit:
            raise MediaError("too_large", f"{size} bytes, at most {limit} are taken")
        file = await self._bot.get_file(file_id)
        return await self._clerk.media.admit(bytes(await file.download_as_bytearray()), kind=kind)

    async def _refuse(self, message: TelegramMessage, key: str, **values: object) -> None:
        await self._answer(message, words(key, _language(message), **values))

    async def _answer(self, message: TelegramMessage, text: str) -> None:
        try:
            await self._bot.send_message(message.chat_id, text)
        except TelegramError as error:  # a notice that cannot be sent must not hold up the updates behind it
            log.warning("a notice was not sent: %s", error)


def _pressed(query: CallbackQuery, about: TelegramMessage) -> str:
    """Return what the button says: its data, or its label where the data was too long for Telegram."""
    data = query.data or ""
    if not data.startswith("#"):
        return data.removeprefix("=")
    keyboard = about.reply_markup.inline_keyboard if about.reply_markup else ()
    return next((button.text for row in keyboard for button in row if button.callback_data == data), "")


def _language(message: TelegramMessage) -> Language | None:
    code = message.from_user.language_code if message.from_user else None
    return code.partition("-")[0] if code else None
