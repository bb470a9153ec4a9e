"""The webhook: Telegram calls us, and hears 200 when its update is on disk."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot, Update

from channels.telegram.polling import UPDATES, album_of
from core.config import Telegram

log = logging.getLogger(__name__)

_ALBUM_S = 1.0
"""How long after its last picture an album is complete."""
_BODY_BYTES = 2**20


class Webhook:
    """One address that takes updates."""

    def __init__(self, settings: Telegram, bot: Bot, take: Callable[[Sequence[Update]], Awaitable[None]]) -> None:
        """Listen as `settings` say and hand updates to `take`, an album as a whole."""
        self._settings = settings
        self._bot = bot
        self._take = take
        self._albums: dict[str, _Album] = {}

    async def run(self) -> None:
        """Serve until cancelled; tells Telegram where to call."""
        app = web.Application(client_max_size=_BODY_BYTES)
        path = urlsplit(self._settings.webhook_url).path or "/"
        app.router.add_post(path, self._post)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._settings.webhook_host, self._settings.webhook_port).start()
            await self._bot.set_webhook(
                self._settings.webhook_url,
                secret_token=self._settings.webhook_secret.get_secret_value(),
                allowed_updates=UPDATES,
            )
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _post(self, request: web.Request) -> web.Response:
        sent = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        expected = self._settings.webhook_secret.get_secret_value()
        if not hmac.compare_digest(sent.encode(), expected.encode()):
            return web.Response(status=401, text="the secret token is wrong")
        try:
            update = Update.de_json(json.loads(await request.read()), self._bot)
        except (ValueError, KeyError, TypeError):
            return web.Response(status=400, text="this is no update")
        try:
            await self._whole(update)
        except Exception:
            log.exception("update %s was not taken; Telegram will send it again", update.update_id)
            return web.Response(status=503, text="try again")
        return web.Response()

    async def _whole(self, update: Update) -> None:
        name = album_of(update)
        if name is None:
            await self._take([update])
            return
        album = self._albums.setdefault(name, _Album())
        album.updates.append(update)
        count = len(album.updates)
        await asyncio.sleep(_ALBUM_S)
        if count == len(album.updates):  # nothing came after mine: the album is complete, and I hand it over
            self._albums.pop(name, None)
            try:
                await self._take(sorted(album.updates, key=lambda one: one.update_id))
                album.taken.set_result(None)
            except Exception as error:
                album.taken.set_exception(error)
        await album.taken


class _Album:
    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
