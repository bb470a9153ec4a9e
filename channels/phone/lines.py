"""All telephone lines as one channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from channels.phone.audiosocket import AudioSocketDoor
from channels.phone.chan_websocket_door import ChanWebSocketDoor
from channels.phone.sip import SipDoor
from channels.phone.twilio_door import TwilioDoor
from channels.phone.twilio_rest import TwilioRest
from core.call_ports import Dialer, MediaTransport
from core.config import Phone
from core.errors import NotAnsweredError
from core.types import Reply, Turn

if TYPE_CHECKING:
    from channels.phone.webrtc_door import WebRtcDoor

log = logging.getLogger(__name__)

_BUSY_LINES = 8
"""Calls beyond capacity and queue that may hear the busy prompt at a time; more than that are hung up at once."""


class PhoneLines:
    """Take calls over AudioSocket, chan_websocket, SIP, Twilio and from browsers (a `core.ports.Channel`)."""

    name = "phone"

    def __init__(self, settings: Phone, *, on_call: Callable[[MediaTransport], Awaitable[None]]) -> None:
        """Listen as `settings` say; `on_call` holds one call and returns when it is over.

        Raises `ConfigError` when a door would be open to strangers.
        """
        self._settings = settings
        most = settings.max_calls + settings.queue + _BUSY_LINES
        self.audiosocket = AudioSocketDoor(
            settings.audiosocket_host, settings.audiosocket_port, on_call=on_call, max_lines=most
        )
        self.sip = SipDoor(settings, on_call=on_call, max_lines=most) if settings.sip_enabled else None
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
                rest=_account(settings, token),
                number=settings.twilio_number,
            )
        self.browser: WebRtcDoor | None = None
        if settings.browser:
            from channels.phone.webrtc_door import WebRtcDoor  # its libraries take most of a second to import

            self.browser = WebRtcDoor(on_call=on_call, max_lines=most, stun=settings.stun)
        self.websocket: ChanWebSocketDoor | None = None
        if settings.websocket:
            self.websocket = ChanWebSocketDoor(
                settings.websocket_host,
                settings.websocket_port,
                on_call=on_call,
                max_lines=most,
                password=settings.websocket_password.get_secret_value(),
            )

    def reaches(self, target: str) -> bool:
        """Return whether a line here can call a target: a SIP address, or a number where there is a provider."""
        return self._dialer(target) is not None

    async def dial(self, target: str, *, ring_s: float = 30.0) -> MediaTransport:
        """Call a target and return the line once it was answered; see `core.call_ports.Dialer`."""
        dialer = self._dialer(target)
        if dialer is None:
            raise NotAnsweredError(
                f"{target}: no line here calls it; set phone.sip_register, or phone.twilio_account_sid and "
                "phone.twilio_number"
            )
        return await dialer.dial(target, ring_s=ring_s)

    def _dialer(self, target: str) -> Dialer | None:
        is_address = "@" in target or target.lower().startswith("sip:")
        if self.sip and (is_address or self._settings.sip_register):
            return self.sip
        return self.twilio.calling if self.twilio and self._settings.twilio_number else None

    async def run(self) -> None:
        """Take calls until cancelled; open calls are hung up then.

        Raises `ConfigError` when an address cannot be listened on.
        """
        try:
            async with asyncio.TaskGroup() as doors:
                doors.create_task(self.audiosocket.run())
                # One after the other: a server that is cancelled while it starts would leave its socket open.
                await self.audiosocket.ready.wait()
                if self.sip:
                    doors.create_task(self.sip.run())
                    await self.sip.ready.wait()
                if self.browser:
                    doors.create_task(self.browser.run())
                if self.websocket:
                    doors.create_task(self.websocket.run())
                    await self.websocket.ready.wait()
                if self.twilio:
                    doors.create_task(self.twilio.run())
                else:
                    log.info("no Twilio door: ZHANGGUI_PHONE__TWILIO_AUTH_TOKEN is not set")
        except BaseExceptionGroup as group:
            raise _first(group) from group

    async def deliver(self, turn: Turn, reply: Reply) -> None:
        """Return at once: the call speaks its replies as they come, and nobody hears them later."""


def _account(settings: Phone, token: str) -> TwilioRest | None:
    if not settings.twilio_account_sid:
        return None
    return TwilioRest(account_sid=settings.twilio_account_sid, token=token, api=settings.twilio_api)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first fault of a group of groups: people read one sentence, not a tree."""
    fault: BaseException = group
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault
