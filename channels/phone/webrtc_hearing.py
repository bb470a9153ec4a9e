"""What a browser sends over a network that loses packets, made into sound without holes.

The library's own buffer stops the sound after a loss until 16 packets wait, throws some of them away, and stays
full from then on (aiortc 1.14). Here, as on other lines (`sip.arrivals`), what is next is passed on at once.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

import numpy as np
from aiortc import RTCRtpReceiver
from aiortc.rtp import RtpPacket
from aiortp import PcmConcealer
from av import AudioFrame

from channels.phone.codec import RATE_HZ, Int16, Resampler, to_float
from channels.phone.inlet import GAP_S
from channels.phone.sip.arrivals import Arrivals, signed
from core.ports import Pcm

log = logging.getLogger(__name__)

_BUFFER, _TAKE = "_RTCRtpReceiver__jitter_buffer", "_handle_rtp_packet"
"""The receiver's parts that are replaced; the library has no public way to set its buffer (1.14)."""
_FADE_MS = 60
_LONGEST_HOLE_S = 1.0
"""After a longer one, of a page that slept or began anew, the sound just goes on."""


@dataclass(slots=True)
class _Encoded:
    """What the library's decoder takes: the sound of one packet."""

    data: bytes
    timestamp: int


class _NoBuffer:
    """Stands in for the library's buffer: a packet of sound is whole by itself, and they come in order."""

    def add(self, packet: RtpPacket) -> tuple[bool, _Encoded | None]:
        """Return that no picture is to be asked for, and what to decode; an empty packet would end the decoder."""
        data: bytes = packet._data  # type: ignore[attr-defined]  # the payload, as the library unpacked it
        return False, _Encoded(data, packet.timestamp) if data else None


def put_in_order(receiver: RTCRtpReceiver) -> Arrivals:
    """Let packets reach the receiver's decoder in order, each as soon as it can; return the count of them.

    A packet that is missing is waited for until one comes 80 ms (`sip.arrivals.WAIT_S`) after the first behind it.
    A receiver whose parts are named otherwise is left as it is; the count stays zero then.
    """
    arrivals = Arrivals()
    if not (hasattr(receiver, _BUFFER) and hasattr(receiver, _TAKE)):
        log.warning("this version of aiortc has another buffer; after a lost packet sound may come late")
        return arrivals
    take = getattr(receiver, _TAKE)

    async def take_in_order(packet: RtpPacket, arrival_time_ms: int) -> None:
        ready = arrivals.take(packet, time.monotonic())  # type: ignore[arg-type]  # another class, the same numbers
        for each in ready:
            await take(each, arrival_time_ms=arrival_time_ms)

    setattr(receiver, _BUFFER, _NoBuffer())
    setattr(receiver, _TAKE, take_in_order)
    return arrivals


class Hearing:
    """Make sound at 16 kHz of decoded frames; what was lost is made up and keeps its place."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._rate_hz = 0
        self._until = 0
        """Where the last frame ended, in samples of the sender's clock."""
        self._heard_s = 0.0
        self._ahead_s = 0.0
        """Silence that stood in for sound that came after all; holes are filled by so much less."""

    def __call__(self, frame: AudioFrame, now_s: float) -> Pcm:
        """Return the sound of the next frame, float32 mono at 16 kHz, with what was missing before it.

        `now_s` is when it came. The last sound fades within 60 ms and silence follows; a hole of more than 1 s
        is left out.
        """
        # One channel is enough: the library decodes Opus to two.
        sound = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0].astype(np.int16)
        start = frame.pts or 0
        if frame.sample_rate != self._rate_hz:
            self._rate_hz = frame.sample_rate
            self._listen = Resampler(self._rate_hz, RATE_HZ)
            self._concealer = PcmConcealer(self._rate_hz, _FADE_MS)
        elif missing := self._missing(start, now_s - self._heard_s):
            made_up: Int16 = np.frombuffer(self._concealer.conceal(missing), dtype=np.int16)
            sound = np.concatenate([made_up, sound])
        self._concealer.update(sound[-frame.samples :].tobytes())
        self._until, self._heard_s = start + frame.samples, now_s
        return self._listen(to_float(sound))

    def _missing(self, start: int, quiet_s: float) -> int:
        """Return how many samples to make up before `start`, less what silence stood in for already."""
        # A line that was quiet for longer was filled by the inlet, for all that time.
        stood_in_s = quiet_s if quiet_s > GAP_S else 0.0
        missing_s = max(0, signed(start - self._until, 32)) / self._rate_hz - stood_in_s - self._ahead_s
        self._ahead_s = min(max(0.0, -missing_s), _LONGEST_HOLE_S)
        return round(missing_s * self._rate_hz) if 0 < missing_s <= _LONGEST_HOLE_S else 0
