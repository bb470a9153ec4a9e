"""Long polling that acknowledges only what is on disk.

python-telegram-bot's own updater acknowledges a batch when it asks for the next, while the batch still
lies in a queue in memory: a crash loses it. Here the offset moves after the commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

from telegram import Bot, Update
from telegram.error import Forbidden, InvalidToken, RetryAfter, TelegramError

from core.errors import ConfigError

log = logging.getLogger(__name__)

UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]
"""The kinds of update that the bot asks for."""

_WAIT_S = 25
_ALBUM_S = 1.0
"""The pictures of an album come as updates of their own; the late ones get this long."""
_PAUSE_S = 3.0


async def poll(bot: Bot, take: Callable[[Sequence[Update]], Awaitable[None]]) -> None:
    """Fetch updates until cancelled, and acknowledge each batch after `take` has returned for all of it.

    Raises `ConfigError` when Telegram refuses the token.
    """
    offset: int | None = None
    while True:
        try:
            batch = await bot.get_updates(offset=offset, timeout=_WAIT_S, allowed_updates=UPDATES)
            if any(album_of(update) for update in batch):
                await asyncio.sleep(_ALBUM_S)
                batch = await bot.get_updates(offset=offset, timeout=0, allowed_updates=UPDATES)
            for updates in together(batch):
                await take(updates)
                offset = updates[-1].update_id + 1
        except (InvalidToken, Forbidden) as error:
            raise ConfigError(f"Telegram refuses telegram.token: {error}; ask @BotFather for the right one") from error
        except RetryAfter as error:
            pause = error.retry_after
            await asyncio.sleep(pause if isinstance(pause, int) else pause.total_seconds())
        except TelegramError as error:
            log.warning("Telegram does not answer (%s); trying again", error)
            await asyncio.sleep(_PAUSE_S)


def album_of(update: Update) -> str | None:
    """Return the id of the album that the update's picture belongs to."""
    return update.message.media_group_id if update.message else None


def together(batch: Sequence[Update]) -> list[list[Update]]:
    """Return the updates of a batch in order, those of one album as one group."""
    return [
        list(group) for _, group in groupby(batch, key=lambda update: album_of(update) or f"update {update.update_id}")
    ]
