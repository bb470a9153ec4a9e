"""The Telegram channel."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from telegram import Bot, Update
from telegram.constants import ChatType
from telegram.error import InvalidToken, RetryAfter
from telegram.request import HTTPXRequest

from channels.telegram.choices import Choices
from channels.telegram.incoming import CHANNEL, Reception, conversation_of
from channels.telegram.outgoing import send
from channels.telegram.polling import poll
from channels.telegram.typing import Typing
from channels.telegram.webhook import Webhook
from core.config import Telegram
from core.errors import ConfigError
from core.ports import Clerk
from core.types import Reply, Turn

_CONNECTIONS = 32
_MEDIA_S = 60.0


class TelegramChannel:
    """Serve private chats with the bot (a `core.ports.Channel`)."""

    name = CHANNEL

    def __init__(self, settings: Telegram, clerk: Clerk, folder: Path) -> None:
        """Take messages for `clerk`; chats' choices are kept in `folder`.

        Raises `ConfigError` when the token, or what the webhook needs, is missing.
        """
        _check(settings)
        self._settings = settings
        self._clerk = clerk
        self._bot = _bot(settings)
        self._reception = Reception(self._bot, clerk, Choices(folder / "telegram_voice.json"))
        self._typing = Typing(self._bot)

    async def run(self) -> None:
        """Serve until cancelled."""
        try:
            async with self._bot:
                if self._settings.mode == "webhook":
                    await Webhook(self._settings, self._bot, self._take).run()
                else:
                    await self._bot.delete_webhook()
                    await poll(self._bot, self._take)
        except InvalidToken as error:
            raise ConfigError(f"Telegram refuses telegram.token: {error}; ask @BotFather for the right one") from error
        finally:
            self._typing.close()

    async def deliver(self, turn: Turn, reply: Reply) -> None:
        """Send one reply; raises when it did not arrive, `UndeliverableError` when it never can."""
        self._typing.stop(turn.message.conversation_id)
        try:
            await send(self._bot, self._clerk.blobs, turn, reply)
        except RetryAfter as error:
            pause = error.retry_after
            await asyncio.sleep(pause if isinstance(pause, int) else pause.total_seconds())
            raise

    async def _take(self, updates: Sequence[Update]) -> None:
        chat = updates[0].effective_chat
        conversation_id = conversation_of(chat.id) if chat else ""
        if chat and chat.type == ChatType.PRIVATE:
            self._typing.start(conversation_id)  # before the reply can be there to stop it
        try:
            taken = await self._reception.take(updates)
        except BaseException:
            self._typing.stop(conversation_id)
            raise
        if not taken:
            self._typing.stop(conversation_id)


def _bot(settings: Telegram) -> Bot:
    base = settings.api_base.rstrip("/")
    return Bot(
        settings.token.get_secret_value(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=HTTPXRequest(connection_pool_size=_CONNECTIONS, media_write_timeout=_MEDIA_S, read_timeout=30),
        get_updates_request=HTTPXRequest(read_timeout=40),
    )


def _check(settings: Telegram) -> None:
    if not settings.token.get_secret_value():
        raise ConfigError(
            "telegram.enabled = true needs a token: set ZHANGGUI_TELEGRAM__TOKEN (@BotFather gives one), "
            "or a file of that name in ZHANGGUI_SECRETS_DIR"
        )
    if settings.mode == "webhook":
        if not settings.webhook_url.startswith("https://") and not settings.webhook_url.startswith("http://127."):
            raise ConfigError(f"telegram.webhook_url = {settings.webhook_url!r}: expected the public https address")
        if not settings.webhook_secret.get_secret_value():
            raise ConfigError(
                "telegram.mode = 'webhook' needs a secret: set ZHANGGUI_TELEGRAM__WEBHOOK_SECRET to a long random word"
            )
