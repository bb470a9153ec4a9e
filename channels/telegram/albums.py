"""Albums: pictures that come as updates of their own become one message.

Telegram calls a webhook for the next update of a chat only after it heard 200 for the one before, so a
picture must be acknowledged before its album is whole. It is on disk by then.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from telegram import Bot, Update

from channels.telegram.updates import UnreadableUpdateError, album_of, chat_id_of, read

log = logging.getLogger(__name__)

_QUIET_S = 1.0
"""How long after its last picture an album is complete."""
_PAUSE_S = 3.0
_FLUSH_S = 20.0


@dataclass(slots=True, kw_only=True)
class _Album:
    chat_id: int
    last_at: float
    updates: dict[int, Update] = field(default_factory=dict)
    now: asyncio.Event = field(default_factory=asyncio.Event)


class Albums:
    """Keeps pictures until their album is whole, then hands it over."""

    def __init__(self, folder: Path, bot: Bot, take: Callable[[Sequence[Update]], Awaitable[None]]) -> None:
        """Keep pictures in `folder` until `take` has returned for all of the album."""
        self._folder = folder
        self._bot = bot
        self._take = take
        self._growing: dict[tuple[int, str], _Album] = {}
        self._tasks: dict[asyncio.Task[None], int] = {}

    async def resume(self) -> None:
        """Take up the pictures that an earlier run acknowledged and did not hand over."""
        for update in await asyncio.to_thread(self._kept):
            self._join(update)

    async def add(self, update: Update) -> None:
        """Keep a picture durably; after the return its update may be acknowledged. Raises `OSError`."""
        await asyncio.to_thread(self._keep, update)
        self._join(update)

    async def flush(self, chat_id: int) -> None:
        """Hand over the chat's albums at once: something newer came, and order matters.

        Raises `TimeoutError` when they cannot be handed over just now.
        """
        for album in self._growing.values():
            if album.chat_id == chat_id:
                album.now.set()
        tasks = [task for task, chat in self._tasks.items() if chat == chat_id]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_FLUSH_S)
            if late:
                raise TimeoutError(f"an album of chat {chat_id} still waits for the journal")

    async def close(self) -> None:
        """Stop; what is not handed over stays on disk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _join(self, update: Update) -> None:
        chat_id, name = chat_id_of(update), album_of(update) or ""
        now = asyncio.get_running_loop().time()
        album = self._growing.get((chat_id, name))
        if album is None:
            album = self._growing[chat_id, name] = _Album(chat_id=chat_id, last_at=now)
            task = asyncio.create_task(self._hand_over((chat_id, name), album))
            self._tasks[task] = chat_id
            task.add_done_callback(self._tasks.pop)
        album.last_at = now
        album.updates[update.update_id] = update

    async def _hand_over(self, key: tuple[int, str], album: _Album) -> None:
        clock = asyncio.get_running_loop().time
        while not album.now.is_set() and (left := album.last_at + _QUIET_S - clock()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await album.now.wait()
        del self._growing[key]
        updates = [album.updates[number] for number in sorted(album.updates)]
        while True:
            try:
                await self._take(updates)
                break
            except Exception:
                log.exception("the album from update %s on was not taken; trying again", updates[0].update_id)
                await asyncio.sleep(_PAUSE_S)
        await asyncio.to_thread(self._forget, updates)

    def _keep(self, update: Update) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._file(update), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(update.to_json())
            out.flush()
            os.fsync(out.fileno())
        entry = os.open(self._folder, os.O_RDONLY)  # the file's name must be on disk too
        try:
            os.fsync(entry)
        finally:
            os.close(entry)

    def _kept(self) -> list[Update]:
        found: list[Update] = []
        for file in self._folder.glob("*.json"):
            try:
                found.append(read(json.loads(file.read_text("utf-8")), self._bot))
            except (UnreadableUpdateError, ValueError):  # cut off by a crash, so never acknowledged: it comes again
                file.unlink()
        return found

    def _forget(self, updates: Sequence[Update]) -> None:
        for update in updates:
            self._file(update).unlink(missing_ok=True)

    def _file(self, update: Update) -> Path:
        return self._folder / f"{update.update_id}.json"
