"""The typing indicator, shown from a message's commit to its reply."""

from __future__ import annotations

import asyncio

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from channels.telegram.incoming import chat_of

_REPEAT_S = 4.5
"""Telegram shows the indicator for five seconds."""
_LONGEST_S = 60


class Typing:
    """Shows in each chat that the clerk is at work."""

    def __init__(self, bot: Bot) -> None:
        """Show it through `bot`."""
        self._bot = bot
        self._shown: dict[str, asyncio.Task[None]] = {}

    def start(self, conversation_id: str) -> None:
        """Show the indicator until `stop`, a minute at most."""
        self.stop(conversation_id)
        self._shown[conversation_id] = asyncio.create_task(self._show(conversation_id))

    def stop(self, conversation_id: str) -> None:
        """Take the indicator away: the reply goes out."""
        task = self._shown.pop(conversation_id, None)
        if task is not None:
            task.cancel()

    def close(self) -> None:
        """Take all indicators away."""
        for conversation_id in tuple(self._shown):
            self.stop(conversation_id)

    async def _show(self, conversation_id: str) -> None:
        for _ in range(int(_LONGEST_S / _REPEAT_S)):
            try:
                await self._bot.send_chat_action(chat_of(conversation_id), ChatAction.TYPING)
            except TelegramError:
                return  # an indicator is not worth an error; the reply itself is tried again
            await asyncio.sleep(_REPEAT_S)
