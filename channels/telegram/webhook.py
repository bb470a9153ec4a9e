"""The webhook: Telegram calls us, and hears 200 when its update is on disk."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot, Update
from telegram.error import BadRequest

from channels.telegram.connection import insist
from channels.telegram.updates import UPDATES, UnreadableUpdateError, read
from core.config import Telegram
from core.errors import ConfigError

log = logging.getLogger(__name__)

_BODY_BYTES = 2**20
_GOODBYE_S = 5.0


class Webhook:
    """One address that takes updates."""

    def __init__(self, settings: Telegram, bot: Bot, take: Callable[[Update], Awaitable[None]]) -> None:
        """Listen as `settings` say and hand each update to `take`."""
        self._settings = settings
        self._secret = settings.webhook_secret.get_secret_value()
        self._bot = bot
        self._take = take

    async def run(self) -> None:
        """Serve until cancelled; tells Telegram where to call. Raises `ConfigError`."""
        app = web.Application(client_max_size=_BODY_BYTES)
        app.router.add_post(urlsplit(self._settings.webhook_url).path or "/", self._post)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GOODBYE_S)
        await runner.setup()
        try:
            await self._listen(runner)
            await insist(self._announce)
            await asyncio.Event().wait()
        except BadRequest as error:
            raise ConfigError(
                f"Telegram refuses telegram.webhook_url = {self._settings.webhook_url!r}: {error}"
            ) from error
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        host, port = self._settings.webhook_host, self._settings.webhook_port
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise ConfigError(
                f"telegram.webhook_host = {host!r}, telegram.webhook_port = {port}: cannot listen there: {error}"
            ) from error

    async def _announce(self) -> None:
        await self._bot.set_webhook(self._settings.webhook_url, secret_token=self._secret, allowed_updates=UPDATES)

    async def _post(self, request: web.Request) -> web.Response:
        sent = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(sent.encode("utf-8", "surrogateescape"), self._secret.encode()):
            return web.Response(status=401, text="the secret token is wrong")
        try:
            update = read(json.loads(await request.read()), self._bot)
        except (UnreadableUpdateError, ValueError, RecursionError) as error:
            log.error("the webhook was sent what is no update: %s", error)
            return web.Response(status=400, text="this is no update")
        try:
            await self._take(update)
        except Exception:
            log.exception("update %s is not on record; Telegram will send it again", update.update_id)
            return web.Response(status=503, text="try again")
        return web.Response()
