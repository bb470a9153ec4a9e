"""The web channel: a server in the running loop."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import dataclass, field

from aiohttp import web

from channels.web.app import make_app
from channels.web.house import CHANNEL, House
from core.types import Reply, Turn

_SHUTDOWN_S = 5
"""Given to requests under way when the server stops; their messages are in the journal anyway."""

log = logging.getLogger(__name__)


def _reason(error: OSError) -> str:
    """Return the system's words alone; asyncio wraps the address around them once more."""
    return os.strerror(error.errno).lower() if error.errno else str(error)


@dataclass(slots=True)
class WebChannel:
    """Serve the HTTP and WebSocket API and the widget."""

    house: House
    name: str = CHANNEL
    _address: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def run(self) -> None:
        """Serve until cancelled.

        Access logs are off: addresses may carry tokens, and who asked is personal data. Raises
        `OSError` when the port is taken.
        """
        settings = self.house.settings
        runner = web.AppRunner(make_app(self.house), access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
            host, port = runner.addresses[0][:2]
            address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
            self._address.set_result(address)
            log.info("the web channel listens at %s", address)
            await asyncio.Event().wait()
        except OSError as error:
            self._address.cancel()
            raise OSError(
                error.errno, f"cannot listen on {settings.host}:{settings.port} ({_reason(error)}); set web.port"
            ) from error
        finally:
            await runner.cleanup()

    async def address(self) -> str:
        """Return where the server listens ("http://127.0.0.1:8080"), as soon as it does."""
        return await asyncio.shield(self._address)

    async def deliver(self, turn: Turn, reply: Reply) -> None:
        """Accept that a reply is delivered: it was the answer to the customer's own request.

        Pages that follow the conversation were told by the stream, and a page that was away reads the
        turn with GET messages, so there is nothing that could get lost on this way.
        """
