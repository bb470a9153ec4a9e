"""What Telegram hands over: its updates, read one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Bot, Update
from telegram.constants import ChatType

UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]
"""The kinds of update that the bot asks for."""


class UnreadableUpdateError(ValueError):
    """What came is no update; it may be acknowledged, since it reads no better the next time."""


def read(raw: object, bot: Bot) -> Update:
    """Return the update, or raise `UnreadableUpdateError`."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("update_id"), int):
        raise UnreadableUpdateError("an update is a JSON object with an update_id")
    data: dict[str, Any] = dict(raw)
    try:
        return Update.de_json(data, bot)
    except Exception as error:  # the library raises whatever a field of another shape leads to
        raise UnreadableUpdateError(f"update {raw['update_id']} cannot be read: {type(error).__name__}") from error


def chat_id_of(update: Update) -> int:
    """Return the chat that the update belongs to; 0 for none."""
    if update.effective_chat:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user else 0


def is_for_the_clerk(update: Update) -> bool:
    """Return whether it is something said in a private chat; groups, channel posts and edits are not."""
    if update.message is None and update.callback_query is None:
        return False
    return update.effective_chat is None or update.effective_chat.type == ChatType.PRIVATE


def album_of(update: Update) -> str | None:
    """Return the id of the album that the update's picture belongs to."""
    return update.message.media_group_id if update.message else None
