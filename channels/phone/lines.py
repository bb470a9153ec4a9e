"""All telephone lines as one channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from channels.phone.audiosocket import AudioSocketDoor
from channels.phone.twilio_door import TwilioDoor
from core.config import Phone
from core.ports import MediaTransport
from core.types import Reply, Turn

log = logging.getLogger(__name__)

_BUSY_LINES = 8
"""Calls beyond capacity and queue that may hear the busy prompt at a time; more than that are hung up at once."""


class PhoneLines:
    """Take calls over AudioSocket and Twilio (a `core.ports.Channel`)."""

    name = "phone"

    def __init__(self, settings: Phone, *, on_call: Callable[[MediaTransport], Awaitable[None]]) -> None:
        """Listen as `settings` say; `on_call` holds one call and returns when it is over.

        Raises `ConfigError` when the Twilio door would be open to strangers.
        """
        most = settings.max_calls + settings.queue + _BUSY_LINES
        self.audiosocket = AudioSocketDoor(
            settings.audiosocket_host, settings.audiosocket_port, on_call=on_call, max_lines=most
        )
        token = settings.twilio_auth_token.get_secret_value()
        self.twilio: TwilioDoor | None = None
        if token or settings.twilio_unsigned:
            self.twilio = TwilioDoor(
                settings.twilio_host,
                settings.twilio_port,
                on_call=on_call,
                max_lines=most,
                auth_token=token,
                public_url=settings.twilio_public_url,
                unsigned=settings.twilio_unsigned,
            )

    async def run(self) -> None:
        """Take calls until cancelled; open calls are hung up then.

        Raises `ConfigError` when an address cannot be listened on.
        """
        try:
            async with asyncio.TaskGroup() as doors:
                doors.create_task(self.audiosocket.run())
                # One after the other: a server that is cancelled while it starts would leave its socket open.
                await self.audiosocket.ready.wait()
                if self.twilio:
                    doors.create_task(self.twilio.run())
                else:
                    log.info("no Twilio door: ZHANGGUI_PHONE__TWILIO_AUTH_TOKEN is not set")
        except BaseExceptionGroup as group:
            raise _first(group) from group

    async def deliver(self, turn: Turn, reply: Reply) -> None:
        """Return at once: the call speaks its replies as they come, and nobody hears them later."""


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first fault of a group of groups: people read one sentence, not a tree."""
    fault: BaseException = group
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault
