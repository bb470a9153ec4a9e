"""Long polling that acknowledges only what is on disk.

python-telegram-bot's own updater acknowledges a batch when it asks for the next, while the batch still
lies in a queue in memory: a crash loses it. Here the offset moves after the commit. Its `get_updates`
also refuses a whole batch for one update that it cannot read; here each is read by itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlencode

from telegram import Bot, Update
from telegram.error import Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from channels.telegram.connection import pause_s, refused
from channels.telegram.updates import UPDATES, UnreadableUpdateError, chat_id_of, read

log = logging.getLogger(__name__)

_WAIT_S = 25
_PAUSE_S = 3.0


class Polling:
    """Fetches updates and hands them over, the chats side by side, each chat in order."""

    def __init__(self, bot: Bot, take: Callable[[Update], Awaitable[None]]) -> None:
        """Fetch for `bot`; an update counts as taken when `take` has returned."""
        self._bot = bot
        self._take = take
        self._line = HTTPXRequest(connection_pool_size=1, read_timeout=_WAIT_S + 15)
        self._offset = 0
        self._taken: set[int] = set()

    async def run(self) -> None:
        """Poll until cancelled; raises `ConfigError` when Telegram refuses the token."""
        await self._line.initialize()
        try:
            while True:
                batch = await self._batch()
                if not await self._hand_over(batch):
                    await asyncio.sleep(_PAUSE_S)
        finally:
            await self._line.shutdown()

    async def _batch(self) -> Sequence[object]:
        wanted = {"offset": self._offset, "timeout": _WAIT_S, "allowed_updates": json.dumps(UPDATES)}
        try:
            answer = await self._line.post(f"{self._bot.base_url}/getUpdates?{urlencode(wanted)}")
        except (InvalidToken, Forbidden) as error:
            raise refused(error) from None
        except RetryAfter as error:
            await asyncio.sleep(pause_s(error))
            return ()
        except TelegramError as error:
            log.warning("no updates from Telegram (%s); trying again", error)
            await asyncio.sleep(_PAUSE_S)
            return ()
        return answer if isinstance(answer, list) else ()

    async def _hand_over(self, batch: Sequence[object]) -> bool:
        """Return whether all of the batch is taken; the next request then acknowledges it."""
        chats: defaultdict[int, list[Update]] = defaultdict(list)
        last = self._offset - 1
        for raw in batch:
            try:
                update = read(raw, self._bot)
            except UnreadableUpdateError as error:
                log.error("passed over: %s", error)
                if isinstance(raw, dict) and isinstance(number := raw.get("update_id"), int):
                    last = max(last, number)
                continue
            last = max(last, update.update_id)
            if update.update_id not in self._taken:
                chats[chat_id_of(update)].append(update)
        whole = all(await asyncio.gather(*(self._in_order(updates) for updates in chats.values())))
        if whole:
            self._offset = last + 1
            self._taken.clear()
        return whole

    async def _in_order(self, updates: Sequence[Update]) -> bool:
        for update in updates:
            try:
                await self._take(update)
            except Exception:
                log.exception("update %s is not on record; it is tried again", update.update_id)
                return False
            self._taken.add(update.update_id)
        return True
