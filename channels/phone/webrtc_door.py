"""The door for calls from a browser: an offer comes in, an answer goes out, and then there is a line."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import SessionDescription

from channels.phone.hold import hold
from channels.phone.webrtc import WebRtcLine
from core.call_ports import MediaTransport
from core.errors import BusyError, MediaError

log = logging.getLogger(__name__)

_CONNECT_S = 20.0
_CANDIDATES = 40
"""Addresses in one offer; each is knocked at, and nobody's browser has so many."""


class WebRtcDoor:
    """Answer calls from browsers, one at a time for each conversation."""

    def __init__(
        self, *, on_call: Callable[[MediaTransport], Awaitable[None]], max_lines: int, stun: Sequence[str] = ()
    ) -> None:
        """Hold at most `max_lines` calls; `stun` servers tell our address where it is translated."""
        self._on_call = on_call
        self._max_lines = max_lines
        self.stun = tuple(stun)
        """What the browser asks too."""
        self._lines: dict[str, WebRtcLine] = {}
        self._calls: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Hold calls until cancelled; open calls are hung up then."""
        async with asyncio.TaskGroup() as self._calls:
            try:
                await asyncio.Event().wait()
            finally:
                self._calls = None

    async def answer(self, conversation_id: str, offer: str) -> str:
        """Return the answer to a browser's offer, both as SDP; the call begins when it is connected.

        Another call of the same conversation ends: it is one customer, whose page was loaded again. Raises
        `BusyError` beyond capacity, `MediaError` for an offer that is not one of a call.
        """
        if self._calls is None or len(self._lines.keys() - {conversation_id}) >= self._max_lines:
            raise BusyError("all lines are in use")
        _check(offer)
        before = self._lines.get(conversation_id)
        servers = [RTCIceServer(urls=list(self.stun))] if self.stun else []
        peer = RTCPeerConnection(RTCConfiguration(iceServers=servers))  # without this it would ask one of Google's
        line = self._lines[conversation_id] = WebRtcLine(peer, conversation_id)
        try:
            if before:
                await before.hang_up()
            await peer.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
            await peer.setLocalDescription(await peer.createAnswer())
            self._calls.create_task(self._hold(line))
        except Exception as error:  # whatever the library makes of a stranger's words
            self._forget(line)
            await line.hang_up()
            log.warning("an offer of a call was refused (%s: %s)", type(error).__name__, error)
            raise MediaError("bad_offer", "the offer cannot be answered") from error
        return str(peer.localDescription.sdp)

    async def _hold(self, line: WebRtcLine) -> None:
        try:
            async with asyncio.timeout(_CONNECT_S):
                await line.connected.wait()
            if not line.is_over:
                await hold(line, self._on_call)
        except TimeoutError:
            log.warning("call %s ended: the browser could not be reached", line.call_id)
        finally:
            self._forget(line)
            await line.hang_up()

    def _forget(self, line: WebRtcLine) -> None:
        if self._lines.get(line.conversation_id) is line:
            del self._lines[line.conversation_id]


def _check(offer: str) -> None:
    """Refuse what is not an offer of one call: pictures, several voices, floods of addresses."""
    try:
        media = SessionDescription.parse(offer).media
    except Exception as error:  # the parser raises whatever it stumbles over
        raise MediaError("bad_offer", "the offer is not SDP") from error
    kinds = [one.kind for one in media]
    if kinds.count("audio") != 1 or set(kinds) > {"audio", "application"} or len(kinds) > 2:
        raise MediaError("bad_offer", "the offer must hold one audio stream, and at most a data channel beside it")
    if any(one.dtls is None or not one.dtls.fingerprints for one in media):
        raise MediaError("bad_offer", "the offer has no fingerprint, so nobody can tell who comes")
    if sum(len(one.ice_candidates) for one in media) > _CANDIDATES:
        raise MediaError("bad_offer", f"the offer holds more than {_CANDIDATES} addresses")
