"""The line to Telegram: the bot, and patience with an API that is away or asks for a pause."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from core.config import Telegram
from core.errors import ConfigError

log = logging.getLogger(__name__)

_CONNECTIONS = 32
_POOL_S = 30.0
"""How long a request waits for a free connection; the library's one second fails under load."""
_MEDIA_S = 60.0
_READ_S = 30.0
_LONGEST_PAUSE_S = 30.0


def connect(settings: Telegram) -> Bot:
    """Return a bot for the settings; nothing is sent yet."""
    # Intervals as timedelta: the library's own switch, without which it warns at each 429.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    base = settings.api_base.rstrip("/")
    return Bot(
        settings.token.get_secret_value(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=HTTPXRequest(
            connection_pool_size=_CONNECTIONS,
            pool_timeout=_POOL_S,
            read_timeout=_READ_S,
            media_write_timeout=_MEDIA_S,
        ),
    )


def refused(error: TelegramError) -> ConfigError:
    """Return what to tell when Telegram refuses the token; the library's own words may quote the token."""
    reason = "the bot is blocked" if isinstance(error, Forbidden) else "no bot has it"
    return ConfigError(f"Telegram refuses telegram.token ({reason}): ask @BotFather for the right one")


def pause_s(error: RetryAfter) -> float:
    """Return the seconds that Telegram asks to wait."""
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)


async def insist(call: Callable[[], Awaitable[object]]) -> None:
    """Repeat `call` until Telegram answers; the network may be down when the house starts.

    Raises `ConfigError` when the token is refused, and `BadRequest` as it is.
    """
    pause = 1.0
    while True:
        try:
            await call()
            return
        except (InvalidToken, Forbidden) as error:
            raise refused(error) from None
        except BadRequest:
            raise
        except RetryAfter as error:
            await asyncio.sleep(pause_s(error))
        except TelegramError as error:
            log.warning("Telegram does not answer (%s); trying again in %.0f s", error, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
