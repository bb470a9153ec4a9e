"""Buttons below a message: what they carry, and what a press says."""

from __future__ import annotations

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup
from telegram import Message as TelegramMessage

from core.ports import Clerk
from core.types import Button, ButtonsPart, CardPart

_DATA_BYTES = 64
"""What a button may carry."""
_LABEL_CHARS = 64


def keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """Return the buttons, a row each; None for none."""
    rows = [
        [InlineKeyboardButton((button.label or button.value)[:_LABEL_CHARS] or "·", callback_data=_data(button, place))]
        for place, button in enumerate(buttons)
    ]
    return InlineKeyboardMarkup(rows) if rows else None


async def pressed(clerk: Clerk, conversation_id: str, query: CallbackQuery) -> str:
    """Return what the pressed button says.

    A value too long for Telegram is looked up in the record by the button's label, newest reply first.
    """
    data = query.data or ""
    if not data.startswith("#"):
        return data.removeprefix("=")
    label = _label(query, data)
    for turn in reversed(await clerk.turns(conversation_id)):
        for reply in turn.replies:
            for part in reply.parts:
                for button in part.buttons if isinstance(part, ButtonsPart | CardPart) else ():
                    if label and button.label[:_LABEL_CHARS] == label and _is_long(button):
                        return button.value
    return label


def _data(button: Button, place: int) -> str:
    return f"#{place}" if _is_long(button) else f"={button.value}"


def _is_long(button: Button) -> bool:
    return len(f"={button.value}".encode()) > _DATA_BYTES


def _label(query: CallbackQuery, data: str) -> str:
    about = query.message
    markup = about.reply_markup if isinstance(about, TelegramMessage) else None
    rows = markup.inline_keyboard if markup else ()
    return next((button.text for row in rows for button in row if button.callback_data == data), "")
