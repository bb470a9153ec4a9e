"""The typing indicator, shown from a message's arrival to its reply."""

from __future__ import annotations

import asyncio

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

_REPEAT_S = 4.5
"""Telegram shows the indicator for five seconds."""
_LONGEST_S = 60


class Typing:
    """Shows in each chat that the clerk is at work."""

    def __init__(self, bot: Bot) -> None:
        """Show it through `bot`."""
        self._bot = bot
        self._shown: dict[int, asyncio.Task[None]] = {}

    def start(self, chat_id: int) -> None:
        """Show the indicator until `stop`, a minute at most."""
        self.stop(chat_id)
        self._shown[chat_id] = asyncio.create_task(self._show(chat_id))

    def stop(self, chat_id: int) -> None:
        """Take the indicator away: the reply goes out."""
        task = self._shown.pop(chat_id, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Take all indicators away."""
        tasks = list(self._shown.values())
        for chat_id in tuple(self._shown):
            self.stop(chat_id)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _show(self, chat_id: int) -> None:
        try:
            for _ in range(int(_LONGEST_S / _REPEAT_S)):
                await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
                await asyncio.sleep(_REPEAT_S)
        except TelegramError:
            return  # an indicator is not worth an error; the reply itself is tried again
        finally:
            if self._shown.get(chat_id) is asyncio.current_task():
                del self._shown[chat_id]
