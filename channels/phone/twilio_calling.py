"""Calls that Twilio makes for us: out to somebody, and from a caller on to a person."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from channels.phone import twiml
from channels.phone.twilio import TwilioLine
from channels.phone.twilio_auth import PASS_S
from channels.phone.twilio_rest import TwilioRest
from core.call_ports import MediaTransport
from core.errors import ConfigError, NotAnsweredError

_RING_S = 30.0
_GRACE_S = 15.0
"""How much longer than the ringing Twilio may take to tell how it went."""
_FAILURES = {
    "busy": "the line is busy",
    "no-answer": "nobody answered",
    "canceled": "the call was cancelled",
    "failed": "there is no such number, or it cannot be reached",
}
"""Twilio's status of a call that came to nothing -> in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who comes to the media socket with a pass."""

    caller: str = ""
    line: TwilioLine | None = None
    """The line that comes back after nobody answered its transfer."""
    dialled: asyncio.Future[TwilioLine] | None = None
    """Who waits for the line of a call that we made."""


@dataclass(frozen=True, slots=True)
class _Transfer:
    line: TwilioLine
    answered: asyncio.Future[bool]


class TwilioCalling:
    """Give Twilio orders, and take what it tells about them; the door has checked that it is Twilio."""

    def __init__(
        self,
        rest: TwilioRest,
        *,
        number: str,
        address: Callable[[str], str],
        stream: Callable[[Bearer, float], str],
    ) -> None:
        """Call from our `number`.

        `address` makes the door's own address of a name, `stream` the order to open a media stream with a
        pass for its bearer, good for so many seconds.
        """
        self._rest = rest
        self._number = number
        self._address = address
        self._stream = stream
        self._transfers: dict[str, _Transfer] = {}
        self._dialling: dict[str, asyncio.Future[TwilioLine]] = {}

    async def dial(self, target: str, *, ring_s: float = _RING_S) -> MediaTransport:
        """Call a number or a SIP address and return the line once it was answered; see `core.call_ports.Dialer`.

        Raises `ConfigError` where it is not set who calls, `NotAnsweredError` with the reason.
        """
        if not self._number:
            raise ConfigError("phone.twilio_number is empty: set the number of yours that calls out")
        dialled: asyncio.Future[TwilioLine] = asyncio.get_running_loop().create_future()
        patience_s = ring_s + _GRACE_S
        order = self._stream(Bearer(caller=target, dialled=dialled), patience_s)
        key = secrets.token_urlsafe(24)
        self._dialling[key] = dialled
        call_id = ""
        try:
            told_url = self._address(f"dialled?key={key}")
            call_id = await self._rest.begin(
                target, caller=self._number, twiml=order, ring_s=math.ceil(ring_s), told_url=told_url
            )
            async with asyncio.timeout(patience_s):
                return await dialled
        except NotAnsweredError:
            raise
        except BaseException as error:
            if call_id:
                with suppress(NotAnsweredError):
                    await asyncio.shield(self._rest.end(call_id))
            if isinstance(error, TimeoutError):
                raise NotAnsweredError(f"{target}: it was not answered within {patience_s:.0f} s") from error
            raise
        finally:
            del self._dialling[key]
            dialled.cancel()

    async def put_through(self, line: TwilioLine, target: str) -> bool:
        """Have Twilio dial `target` for a line's caller; return whether somebody answered.

        Raises `NotAnsweredError` where Twilio did not take the order, and the line is as it was.
        """
        key = secrets.token_urlsafe(24)
        answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._transfers[key] = _Transfer(line, answered)
        order = twiml.dial(
            target,
            ring_s=math.ceil(_RING_S),
            answered_url=self._address(f"answered?key={key}"),
            ended_url=self._address(f"ended?key={key}"),
        )
        try:
            await self._rest.order(line.call_id, order)
            async with asyncio.timeout(_RING_S + _GRACE_S):
                return await answered
        except TimeoutError:
            return False
        finally:
            self._transfers.pop(key, None)

    def close(self) -> None:
        """Give up the transfers under way, for nobody will hear what becomes of them."""
        for transfer in self._transfers.values():
            if not transfer.answered.done():
                transfer.answered.set_result(False)

    def answered(self, key: str, told: Mapping[str, str]) -> None:
        """Take note that the far side of a transfer answered."""
        transfer = self._transfers.get(key)
        if transfer and not transfer.answered.done() and told.get("CallStatus") == "in-progress":
            transfer.answered.set_result(True)

    def ended(self, key: str, told: Mapping[str, str]) -> str:
        """Take note that the dialling of a transfer is over; return what the caller's call does next.

        Whom nobody answered comes back to us.
        """
        transfer = self._transfers.get(key)
        if transfer is None or transfer.answered.done():
            return twiml.HANG_UP
        is_done = told.get("DialCallStatus") in ("completed", "answered")
        transfer.answered.set_result(is_done)
        if is_done:
            return twiml.HANG_UP
        return self._stream(Bearer(caller=transfer.line.caller, line=transfer.line), PASS_S)

    def dialled(self, key: str, told: Mapping[str, str]) -> None:
        """Take note of what became of a call that we made."""
        dialled = self._dialling.get(key)
        why = _FAILURES.get(told.get("CallStatus", ""))
        if dialled and not dialled.done() and why:
            dialled.set_exception(NotAnsweredError(f"{told.get('To') or 'the number'}: {why}"))
