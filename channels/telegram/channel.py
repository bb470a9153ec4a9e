"""The Telegram channel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from telegram import Update

from channels.telegram.albums import Albums
from channels.telegram.choices import Choices
from channels.telegram.connection import connect, insist
from channels.telegram.incoming import CHANNEL, Reception, chat_of
from channels.telegram.outgoing import Sender
from channels.telegram.polling import Polling
from channels.telegram.typing import Typing
from channels.telegram.updates import album_of, chat_id_of, is_for_the_clerk
from channels.telegram.webhook import Webhook
from core.config import Telegram
from core.errors import ConfigError
from core.ports import Clerk
from core.types import Reply, Turn


class TelegramChannel:
    """Serve private chats with the bot (a `core.ports.Channel`)."""

    name = CHANNEL

    def __init__(self, settings: Telegram, clerk: Clerk, folder: Path) -> None:
        """Take messages for `clerk`; chats' choices and unfinished albums are kept in `folder`.

        Raises `ConfigError` when the token, or what the webhook needs, is missing or malformed.
        """
        _check(settings)
        self._settings = settings
        self._bot = connect(settings)
        self._reception = Reception(self._bot, clerk, Choices(folder / "telegram_voice.json"))
        self._albums = Albums(folder / "telegram_albums", self._bot, self._commit)
        self._sender = Sender(self._bot, clerk.blobs)
        self._typing = Typing(self._bot)

    async def run(self) -> None:
        """Serve until cancelled, also through times without network.

        Raises `ConfigError` when Telegram refuses the token or the webhook's address.
        """
        try:
            await insist(self._bot.initialize)
            await self._albums.resume()
            if self._settings.mode == "webhook":
                await Webhook(self._settings, self._bot, self._take).run()
            else:
                await insist(self._bot.delete_webhook)
                await Polling(self._bot, self._take).run()
        finally:
            await self._albums.close()
            await self._typing.close()
            await self._bot.shutdown()

    async def deliver(self, turn: Turn, reply: Reply) -> None:
        """Send one reply; raises when it did not arrive, `UndeliverableError` when it never can."""
        self._typing.stop(chat_of(turn.message.conversation_id))
        await self._sender.send(turn, reply)

    async def _take(self, update: Update) -> None:
        if not is_for_the_clerk(update):
            return
        if album_of(update) is not None:
            await self._albums.add(update)
            return
        await self._albums.flush(chat_id_of(update))
        await self._commit([update])

    async def _commit(self, updates: Sequence[Update]) -> None:
        chat_id = chat_id_of(updates[0])
        self._typing.start(chat_id)  # before the reply can be there to stop it
        answered = False
        try:
            answered = await self._reception.take(updates)
        finally:
            if not answered:
                self._typing.stop(chat_id)


def _check(settings: Telegram) -> None:
    token = settings.token.get_secret_value()
    if not token:
        raise ConfigError(
            "telegram.enabled = true needs telegram.token: set ZHANGGUI_TELEGRAM__TOKEN (@BotFather gives one), "
            "or a file of that name in ZHANGGUI_SECRETS_DIR"
        )
    if not re.fullmatch(r"\d+:[\w-]+", token, re.ASCII):
        raise ConfigError("telegram.token = (hidden): expected a number, a colon and a word, as @BotFather gives it")
    if settings.mode == "webhook":
        _check_webhook(settings)


def _check_webhook(settings: Telegram) -> None:
    if not settings.webhook_url.startswith(("https://", "http://127.")):
        raise ConfigError(f"telegram.webhook_url = {settings.webhook_url!r}: expected the public https address")
    if not re.fullmatch(r"[\w-]{1,256}", settings.webhook_secret.get_secret_value(), re.ASCII):
        raise ConfigError(
            "telegram.mode = 'webhook' needs telegram.webhook_secret: set ZHANGGUI_TELEGRAM__WEBHOOK_SECRET to a long "
            "random word of letters, digits, _ and -"
        )
