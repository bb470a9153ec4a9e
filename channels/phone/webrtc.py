"""One call from a browser: WebRTC, sound as Opus, keys over a data channel.

Source: https://aiortc.readthedocs.io and https://www.w3.org/TR/webrtc/.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from fractions import Fraction

import numpy as np
from aiortc import MediaStreamTrack, RTCDataChannel, RTCPeerConnection, RTCRtpReceiver, RTCRtpSender
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from channels.phone.codec import FRAME, RATE_HZ, Resampler, to_int16
from channels.phone.inlet import Inlet
from channels.phone.webrtc_hearing import Hearing, put_in_order
from core.call_ports import LineQuality
from core.ports import Pcm

log = logging.getLogger(__name__)

_OPUS_HZ = 48_000
_FRAME_MS = FRAME * 1000 / RATE_HZ
_AHEAD = 50
"""Frames (1 s) that may wait where the network does not take them."""
_TAIL_S = 0.3
"""What a browser still holds of our last words when the last packet is sent."""
_MEASURE_EACH = 50
"""Frames (1 s) between two looks at the line's quality."""


class _Voice(MediaStreamTrack):
    """What the caller hears: the sender draws a frame whenever there is one, so the session paces it."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.waiting: asyncio.Queue[Pcm | str] = asyncio.Queue(maxsize=_AHEAD)
        self.marks: dict[str, asyncio.Event] = {}
        self.sent_ms = 0.0
        """Since the last mark."""
        self._resample = Resampler(RATE_HZ, _OPUS_HZ)
        self._pts = 0

    async def recv(self) -> AudioFrame:
        while isinstance(item := await self.waiting.get(), str):
            self.sent_ms = 0.0
            self.reach(item)
        self.sent_ms += _FRAME_MS
        samples = to_int16(self._resample(item))
        # From one channel the library would make two of 0.7 of the loudness.
        frame = AudioFrame.from_ndarray(np.repeat(samples, 2)[None, :], format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = _OPUS_HZ, self._pts, Fraction(1, _OPUS_HZ)
        self._pts += samples.size
        return frame

    def reach(self, name: str) -> None:
        if reached := self.marks.pop(name, None):
            reached.set()

    def drop(self) -> float:
        """Forget what waits; return what was sent since the last mark, in milliseconds."""
        while not self.waiting.empty():
            self.waiting.get_nowait()
        for name in tuple(self.marks):
            self.reach(name)
        sent_ms, self.sent_ms = self.sent_ms, 0.0
        return sent_ms


class WebRtcLine:
    """One call's line from a browser (a `core.call_ports.MediaTransport`)."""

    caller = ""
    """A browser has no number."""

    def __init__(self, peer: RTCPeerConnection, conversation_id: str) -> None:
        """Take over a peer before its offer is set."""
        self._peer = peer
        self._conversation_id = conversation_id
        self._inlet = Inlet()
        self._voice = _Voice()
        self._sender: RTCRtpSender = peer.addTrack(self._voice)
        self._receiver: RTCRtpReceiver = peer.getReceivers()[0]
        self._arrivals = put_in_order(self._receiver)
        self._quality = LineQuality()
        self._parting: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        """Set when sound can flow, and when it never will: see `is_over`."""
        peer.on("connectionstatechange", self._changed)
        peer.on("datachannel", self._open_keys)

    @property
    def call_id(self) -> str:
        """Return the conversation that the call belongs to."""
        return self._conversation_id

    @property
    def conversation_id(self) -> str:
        """Return the conversation that the call belongs to: what is said is said in it."""
        return self._conversation_id

    @property
    def is_over(self) -> bool:
        """Return whether the connection failed or was closed."""
        return self._peer.connectionState in ("failed", "closed")

    def _changed(self) -> None:
        if self._peer.connectionState == "connected" or self.is_over:
            self.connected.set()
        if self.is_over:
            self._inlet.close()

    def _open_keys(self, channel: RTCDataChannel) -> None:
        channel.on("message", lambda key: self._inlet.press(str(key)))

    async def pump(self) -> None:
        """Read what the browser's microphone sends until the call ends."""
        hear = Hearing()
        frames = 0
        try:
            while True:
                frame = await self._receiver.track.recv()
                assert isinstance(frame, AudioFrame)  # noqa: S101 - an audio track has no other
                self._inlet.put(hear(frame, time.monotonic()))
                frames += 1
                if frames % _MEASURE_EACH == 0:
                    await self._measure(frame.sample_rate)
        except MediaStreamError:
            pass
        finally:
            self._inlet.close()
            self._voice.drop()

    async def _measure(self, rate_hz: int) -> None:
        heard = await self._receiver.getStats()
        told = await self._sender.getStats()
        came = next((one for one in heard.values() if one.type == "inbound-rtp"), None)
        back = next((one for one in told.values() if one.type == "remote-inbound-rtp"), None)
        if came:
            self._quality = LineQuality(
                received=came.packetsReceived,
                lost=max(0, came.packetsLost),
                gaps=self._arrivals.gaps,
                reordered=self._arrivals.reordered,
                jitter_ms=came.jitter * 1000 / rate_hz,
                round_trip_ms=(back.roundTripTime or 0.0) * 1000 if back else 0.0,
            )

    def frames_in(self) -> AsyncIterator[Pcm]:
        """Yield what the caller says, a frame each 20 ms, until the line closes."""
        return self._inlet.frames()

    def dtmf(self) -> AsyncIterator[str]:
        """Yield keys pressed."""
        return self._inlet.keys()

    async def send(self, frame: Pcm) -> None:
        """Send one frame."""
        if not self.is_over:
            await self._voice.waiting.put(frame)

    async def mark(self, name: str) -> None:
        """Note the end of what was sent so far; a browser says nothing about what it played."""
        if not self.is_over:
            self._voice.marks[name] = asyncio.Event()
            await self._voice.waiting.put(name)

    async def played(self, name: str) -> None:
        """Wait until all before the mark was sent, or flushed; a browser plays it within moments."""
        if reached := self._voice.marks.get(name):
            await reached.wait()

    async def flush(self) -> float:
        """Drop what was not sent yet; return the milliseconds sent since the last mark."""
        return self._voice.drop()

    async def transfer(self, target: str) -> bool:
        """Return False: nobody can be dialled for a browser, and nothing is pretended."""
        return False

    def quality(self) -> LineQuality:
        """Return what came and what did not, of the last whole second."""
        return self._quality

    async def hang_up(self) -> None:
        """End the call; safe to call twice. The last words are let out first."""
        # Who waits for it may be cancelled, and half of it would leave sockets open.
        self._parting = self._parting or asyncio.create_task(self._part())
        await asyncio.shield(self._parting)

    async def _part(self) -> None:
        if not self.is_over and self.connected.is_set():
            await asyncio.sleep(_TAIL_S)
        self._inlet.close()
        await self._peer.close()
