"""Photos, recordings and videos of a Telegram message, fetched and let in through the media door."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from telegram import Bot, Sticker
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from channels.telegram.connection import pause_s
from core.admitting import admit_file
from core.errors import MediaError
from core.ports import Clerk
from core.types import Attachment, AttachmentKind

log = logging.getLogger(__name__)

_DOWNLOAD_BYTES = 20 * 2**20
"""The Bot API hands out no larger files."""
_AT_ONCE = 8
"""Files in memory at the same time."""
_KINDS = ("image", "audio", "video")
_TRIES = 4
_FIRST_WAIT_S = 0.5


class _Part(Protocol):
    """What each of Telegram's kinds of file tells."""

    @property
    def file_id(self) -> str: ...
    @property
    def file_size(self) -> int | None: ...


class Files:
    """Fetches what is attached to messages."""

    def __init__(self, bot: Bot, clerk: Clerk) -> None:
        """Fetch through `bot` and let in through the door of `clerk`."""
        self._bot = bot
        self._clerk = clerk
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def of(self, message: TelegramMessage) -> list[Attachment]:
        """Return what is attached to the message, admitted.

        Raises `MediaError`; beside the door's codes "not_now" when Telegram does not hand the file out,
        and "what_i_take" for kinds of attachment that a clerk has no use for.
        """
        if message.photo:
            return await self._admitted(message.photo[-1], "image")
        if sound := message.voice or message.audio:
            return await self._admitted(sound, "audio")
        if film := message.video or message.video_note or message.animation:  # an animation is a document as well
            return await self._admitted(film, "video")
        if sticker := message.sticker:
            return await self._sticker(sticker)
        if document := message.document:
            kind = (document.mime_type or "").partition("/")[0]
            if kind not in _KINDS:
                raise MediaError("unsupported", "a document that is no picture, no sound and no video")
            return await self._admitted(document, kind)
        if message.effective_attachment is not None:  # places, contacts, polls: a caption alone would mislead
            raise MediaError("what_i_take", "an attachment that is no picture, no sound and no video")
        return []

    async def _sticker(self, sticker: Sticker) -> list[Attachment]:
        """Return the picture of a sticker; of a vector animation (TGS) the still picture that Telegram makes of it."""
        if not sticker.is_animated:
            return await self._admitted(sticker, "video" if sticker.is_video else "image")
        if sticker.thumbnail is None:
            raise MediaError("what_i_take", "an animated sticker without a still picture")
        return await self._admitted(sticker.thumbnail, "image")

    async def _admitted(self, part: _Part, kind: str) -> list[Attachment]:
        limits = self._clerk.limits
        limit = min(_DOWNLOAD_BYTES, getattr(limits, f"{kind}_bytes"))
        if (part.file_size or 0) > limit:
            raise MediaError("too_large", f"{part.file_size} bytes, at most {limit} are taken")
        async with self._at_once:
            data = await _bytes(self._bot, part.file_id)
            if kind == "video":
                return list(await self._clerk.media.admit_video(data))
            return list(await admit_file(self._clerk.media, data, kind=AttachmentKind(kind)))


async def _bytes(bot: Bot, file_id: str) -> bytes:
    retrying = AsyncRetrying(
        stop=stop_after_attempt(_TRIES),
        wait=wait_exponential_jitter(multiplier=_FIRST_WAIT_S, jitter=_FIRST_WAIT_S),
        retry=retry_if_exception(_may_pass),
        reraise=True,
    )
    try:
        async for attempt in retrying:
            with attempt:
                return await _fetched(bot, file_id)
    except BadRequest as error:
        code = "too_large" if "too big" in str(error).lower() else "not_now"
        raise MediaError(code, str(error)) from error
    except TelegramError as error:  # a file that is gone answers 404, which the library takes for a wrong token
        raise MediaError("not_now", str(error)) from error
    raise AssertionError("tenacity returns or raises")


async def _fetched(bot: Bot, file_id: str) -> bytes:
    try:
        file = await bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())
    except RetryAfter as error:
        await asyncio.sleep(pause_s(error))
        raise


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, BadRequest | InvalidToken):
        return False
    return isinstance(error, NetworkError | RetryAfter)
