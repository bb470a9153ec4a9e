"""Replies become Telegram messages."""

from __future__ import annotations

import asyncio
import io

import soundfile
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit
from telegram.error import BadRequest, Forbidden

from channels.telegram.incoming import chat_of
from core.errors import UndeliverableError
from core.ports import BlobStore
from core.types import Button, ButtonsPart, CardPart, ImagePart, Reply, SpeechPart, Turn

_DATA_BYTES = 64
"""What a button may carry."""


async def send(bot: Bot, blobs: BlobStore, turn: Turn, reply: Reply) -> None:
    """Send one reply to its chat; raises `UndeliverableError` when the chat is closed to us."""
    chat = chat_of(turn.message.conversation_id)
    try:
        for part in reply.parts:
            if isinstance(part, CardPart):
                await _card(bot, blobs, chat, part)
            elif isinstance(part, ImagePart):
                await bot.send_photo(chat, await blobs.get(part.attachment.sha256), caption=part.caption or None)
            elif isinstance(part, SpeechPart):
                await bot.send_voice(chat, await _as_voice_note(await blobs.get(part.attachment.sha256)))
        buttons = [button for part in reply.parts if isinstance(part, ButtonsPart) for button in part.buttons]
        if reply.text or buttons:
            await _text(bot, chat, reply.text or "⬇", buttons)
    except Forbidden as error:
        raise UndeliverableError(str(error)) from error
    except BadRequest as error:
        if "chat not found" in str(error).lower():
            raise UndeliverableError(str(error)) from error
        raise


async def _text(bot: Bot, chat: int, text: str, buttons: list[Button]) -> None:
    pieces = [text[at : at + MessageLimit.MAX_TEXT_LENGTH] for at in range(0, len(text), MessageLimit.MAX_TEXT_LENGTH)]
    for piece in pieces[:-1]:
        await bot.send_message(chat, piece)
    await bot.send_message(chat, pieces[-1], reply_markup=_keyboard(buttons))


async def _card(bot: Bot, blobs: BlobStore, chat: int, card: CardPart) -> None:
    lines = [card.title, card.subtitle, *(f"{label}: {value}" for label, value in card.fields)]
    caption = "\n".join(line for line in lines if line)
    if card.image_sha256:
        picture = await blobs.get(card.image_sha256)
        await bot.send_photo(
            chat, picture, caption=caption[: MessageLimit.CAPTION_LENGTH], reply_markup=_keyboard(card.buttons)
        )
    else:
        await bot.send_message(chat, caption, reply_markup=_keyboard(card.buttons))


def _keyboard(buttons: tuple[Button, ...] | list[Button]) -> InlineKeyboardMarkup | None:
    rows = [
        [InlineKeyboardButton(button.label, callback_data=_data(button, place))] for place, button in enumerate(buttons)
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def _data(button: Button, place: int) -> str:
    """Return what a press sends back; a value too long for Telegram is found again by the button's label."""
    data = f"={button.value}"
    return data if len(data.encode()) <= _DATA_BYTES else f"#{place}"


async def _as_voice_note(wav: bytes) -> bytes:
    return await asyncio.to_thread(_ogg_opus, wav)


def _ogg_opus(wav: bytes) -> bytes:
    samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="OGG", subtype="OPUS")
    return out.getvalue()
