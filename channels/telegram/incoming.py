"""Telegram's updates become messages: committed first, acknowledged afterwards."""

from __future__ import annotations

import logging
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from telegram import Bot, CallbackQuery, Update, User
from telegram import Message as TelegramMessage
from telegram.error import TelegramError
from telegram.ext.filters import StatusUpdate

from channels.telegram.choices import Choices
from channels.telegram.files import Files
from channels.telegram.presses import pressed
from channels.telegram.updates import album_of, chat_id_of
from channels.telegram.words import words
from core.errors import BusyError, MediaError
from core.ports import Clerk
from core.types import Attachment, Language, Message

log = logging.getLogger(__name__)

CHANNEL = "telegram"
"""The channel's name in messages."""

_ALBUMS = 1000
"""How many albums are remembered, for pictures that come late."""


def conversation_of(chat_id: int) -> str:
    """Return the conversation of a private chat."""
    return f"{CHANNEL}:{chat_id}"


def chat_of(conversation_id: str) -> int:
    """Return the chat of a conversation."""
    return int(conversation_id.removeprefix(f"{CHANNEL}:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    text: str
    language: Language | None
    attachments: tuple[Attachment, ...] = ()


class Reception:
    """Takes updates, one message or one album at a time."""

    def __init__(self, bot: Bot, clerk: Clerk, choices: Choices) -> None:
        """Hand what comes in to `clerk`; what cannot be taken is answered by `bot` at once."""
        self._bot = bot
        self._bot_id = bot.token.partition(":")[0]
        self._clerk = clerk
        self._choices = choices
        self._files = Files(bot, clerk)
        self._albums: OrderedDict[str, set[int]] = OrderedDict()

    async def take(self, updates: Sequence[Update]) -> bool:
        """Commit one update, or all updates of one album; False when no reply will follow.

        After the return the updates may be acknowledged. An update that cannot be understood is told to
        the customer and passed over, so that it never holds up the ones behind it. What the journal
        raises is raised; then the updates must come again.
        """
        updates = self._unknown(updates)
        if not updates:
            return False
        first = updates[0]
        try:
            said = await self._read(updates)
        except MediaError as refused:
            log.info("update %s was refused: %s", first.update_id, refused)
            await self._notice(first, refused.code)
            return False
        except Exception:
            log.exception("update %s cannot be taken and is passed over", first.update_id)
            await self._notice(first, "not_now")
            return False
        if said is None:
            await self._confirm(first)
            return False
        return await self._receive(updates, said)

    async def _read(self, updates: Sequence[Update]) -> _Said | None:
        first = updates[0]
        if first.callback_query is not None:
            return await self._press(first, first.callback_query)
        message = first.message
        if message is None or StatusUpdate.ALL.check_update(first):
            return None  # "pinned a message" and the like say nothing to the clerk
        if message.text and message.text.startswith("/"):
            return await self._command(first, message)
        return await self._words(first, [update.message for update in updates if update.message is not None])

    async def _words(self, first: Update, parts: Sequence[TelegramMessage]) -> _Said | None:
        text = "\n".join(said for part in parts if (said := part.text or part.caption))
        limits = self._clerk.limits
        if len(text) > limits.text_chars:
            await self._notice(first, "text_too_long", limit=limits.text_chars)
            return None
        if len(parts) > limits.attachments:
            await self._notice(first, "too_many", limit=limits.attachments)
            return None
        found = [item for part in parts for item in await self._files.of(part)]
        if not text.strip() and not found:
            await self._notice(first, "what_i_take")
            return None
        return _Said(text=text, language=_language(first.effective_user), attachments=tuple(found))

    async def _press(self, first: Update, query: CallbackQuery) -> _Said | None:
        text = await pressed(self._clerk, conversation_of(chat_id_of(first)), query)
        return _Said(text=text, language=_language(query.from_user)) if text else None

    async def _command(self, first: Update, message: TelegramMessage) -> _Said | None:
        name, _, rest = (message.text or "").partition(" ")
        name = name.partition("@")[0]
        if name in ("/voice", "/text"):
            speech = name == "/voice"
            await self._choices.choose(conversation_of(message.chat_id), speech=speech)
            await self._notice(first, "voice_on" if speech else "voice_off")
        elif name in ("/start", "/help"):
            await self._notice(first, "start")
        elif text := f"{name[1:]} {rest}".strip():
            return _Said(text=text, language=_language(first.effective_user))
        else:
            await self._notice(first, "what_i_take")
        return None

    async def _receive(self, updates: Sequence[Update], said: _Said) -> bool:
        conversation_id = conversation_of(chat_id_of(updates[0]))
        message = Message(
            id=uuid.uuid4().hex,
            channel=CHANNEL,
            external_id=self._external_id(updates),
            conversation_id=conversation_id,
            sender_id=str(chat_id_of(updates[0])),
            text=_encodable(said.text),
            attachments=said.attachments,
            locale=said.language,
            wants_speech=self._choices.wants_speech(conversation_id),
            received_at=datetime.now(UTC),
            trace_id=uuid.uuid4().hex,
        )
        try:
            taken = await self._clerk.receive(message)
            self._remember(updates)
        except BusyError:
            await self._notice(updates[0], "busy")
            taken = False
        except (ValueError, TypeError):  # the message's own fault, the same at every try
            log.exception("update %s cannot be recorded and is passed over", updates[0].update_id)
            await self._notice(updates[0], "not_now")
            taken = False
        await self._confirm(updates[0])
        return taken

    def _unknown(self, updates: Sequence[Update]) -> Sequence[Update]:
        """Return the updates without pictures of an album that were taken before."""
        known = self._albums.get(album_of(updates[0]) or "", set())
        return [update for update in updates if update.update_id not in known]

    def _external_id(self, updates: Sequence[Update]) -> str:
        """Return the dedupe key: of the album as a whole, since after a crash any part of it may come again.

        A picture that comes after its album was taken is a message of its own. Update ids are counted per
        bot, and a shop may change its bot.
        """
        album = album_of(updates[0])
        if album is None or album in self._albums:
            return f"{self._bot_id}:{updates[0].update_id}"
        return f"{self._bot_id}:album:{album}"

    def _remember(self, updates: Sequence[Update]) -> None:
        if album := album_of(updates[0]):
            self._albums.setdefault(album, set()).update(update.update_id for update in updates)
            while len(self._albums) > _ALBUMS:
                self._albums.popitem(last=False)

    async def _confirm(self, update: Update) -> None:
        if update.callback_query is None:
            return
        try:
            await update.callback_query.answer()
        except TelegramError as error:  # the press is on record; only the button's spinner turns a little longer
            log.info("a button press was not confirmed: %s", error)

    async def _notice(self, update: Update, key: str, **values: object) -> None:
        try:
            await self._bot.send_message(chat_id_of(update), words(key, _reads(update), **values))
        except TelegramError as error:  # a notice that cannot be sent must not hold up the updates behind it
            log.warning("a notice was not sent: %s", error)


def _language(user: User | None) -> Language | None:
    code = user.language_code if user else None
    return code.partition("-")[0] if code else None


def _reads(update: Update) -> Language | None:
    """Return the language for a notice: that of the customer's own words, else of the customer's app."""
    message = update.message
    text = (message.text or message.caption or "") if message else ""
    return "zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else _language(update.effective_user)


def _encodable(text: str) -> str:
    """Return the text without halves of characters, which JSON can carry and no database can keep."""
    return text.encode("utf-8", "replace").decode("utf-8")
