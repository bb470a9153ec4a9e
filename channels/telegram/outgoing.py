"""Replies become Telegram messages."""

from __future__ import annotations

import asyncio
import logging

from telegram import Bot, InputMediaPhoto
from telegram.error import BadRequest, Forbidden, RetryAfter

from channels.telegram.bubbles import Bubble, bubbles, without_picture
from channels.telegram.connection import pause_s
from channels.telegram.incoming import chat_of
from channels.telegram.notes import as_voice_note
from channels.telegram.presses import keyboard
from core.errors import UndeliverableError
from core.ports import BlobStore
from core.resilience import in_worker
from core.types import Reply, Turn

log = logging.getLogger(__name__)


class Sender:
    """Sends replies; one that broke off in the middle goes on where it stopped."""

    def __init__(self, bot: Bot, blobs: BlobStore) -> None:
        """Send through `bot`, pictures and recordings from `blobs`."""
        self._bot = bot
        self._blobs = blobs
        self._sent: dict[str, int] = {}

    async def send(self, turn: Turn, reply: Reply) -> None:
        """Send one reply to its chat; raises `UndeliverableError` when Telegram will never take it."""
        chat_id = chat_of(turn.message.conversation_id)
        try:
            for place, bubble in enumerate(bubbles(reply)):
                if place >= self._sent.get(reply.id, 0):
                    await self._bubble(chat_id, bubble)
                    self._sent[reply.id] = place + 1
        except RetryAfter as error:
            await asyncio.sleep(pause_s(error))
            raise
        except (Forbidden, BadRequest) as error:  # blocked, deleted, or malformed: the same at every try
            self._sent.pop(reply.id, None)
            raise UndeliverableError(str(error)) from error
        self._sent.pop(reply.id, None)

    async def _bubble(self, chat_id: int, bubble: Bubble) -> None:
        if bubble.speech:
            await self._voice(chat_id, bubble)
        elif bubble.album:
            await self._album(chat_id, bubble)
        elif bubble.picture:
            await self._picture(chat_id, bubble)
        else:
            await self._bot.send_message(chat_id, bubble.text, reply_markup=keyboard(bubble.buttons))

    async def _picture(self, chat_id: int, bubble: Bubble) -> None:
        try:
            picture = await self._blobs.get(bubble.picture)
            await self._bot.send_photo(
                chat_id, picture, caption=bubble.text or None, reply_markup=keyboard(bubble.buttons)
            )
        except (KeyError, BadRequest) as error:  # the words matter more than the picture
            log.warning("a picture was left out: %s", error)
            for piece in without_picture(bubble):
                await self._bubble(chat_id, piece)

    async def _album(self, chat_id: int, bubble: Bubble) -> None:
        try:
            pictures = [InputMediaPhoto(await self._blobs.get(sha256), caption=words) for sha256, words in bubble.album]
            await self._bot.send_media_group(chat_id, pictures)
        except (KeyError, BadRequest) as error:  # as with one picture
            log.warning("an album was left out: %s", error)
            for _, words in bubble.album:
                await self._bot.send_message(chat_id, words)

    async def _voice(self, chat_id: int, bubble: Bubble) -> None:
        try:
            note = await in_worker(as_voice_note, await self._blobs.get(bubble.speech))
            await self._bot.send_voice(chat_id, note)
        except (KeyError, ValueError, BadRequest) as error:  # some customers forbid voice notes; the words are sent
            log.warning("a voice note was left out: %s", error)
