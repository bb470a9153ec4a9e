"""From RTP packets in order to sound without holes."""

from __future__ import annotations

import logging

import numpy as np
from aiortp import PcmConcealer, RtpPacket

from channels.phone.codec import Int16, decode_alaw, decode_ulaw
from channels.phone.sip.arrivals import CLOCK_HZ, signed
from channels.phone.sip.offer import CODECS, COMFORT_NOISE, Media

log = logging.getLogger(__name__)

_DECODE = {"PCMU": decode_ulaw, "PCMA": decode_alaw}
_FADE_MS = 60
_MADE_UP = CLOCK_HZ // 5
"""Samples of the longest hole that is filled here; a line that is quiet for longer is filled by the inlet."""
_LONGEST = CLOCK_HZ // 2
"""Bytes of the longest packet that a telephone would send."""
_NOTHING: Int16 = np.zeros(0, dtype=np.int16)


class Hearing:
    """Make sound of packets; what was lost is made up."""

    def __init__(self, call_id: str) -> None:
        """Listen to the call that the log names `call_id`."""
        self._call_id = call_id
        self._laws = {number: _DECODE[name] for name, number in CODECS.items()}
        self._silent_types = {COMFORT_NOISE}
        self._concealer = PcmConcealer(CLOCK_HZ, _FADE_MS)
        self._ssrc: int | None = None
        self._number = self._until = 0
        self._told: set[int] = set()
        self.heard = 0
        """Packets of sound."""

    def agree(self, media: Media) -> None:
        """Know the payload types that were agreed on; both laws are understood under their own in any case."""
        self._laws[media.payload_type] = _DECODE[media.codec]
        if media.key_type is not None:
            self._silent_types.add(media.key_type)

    def __call__(self, packet: RtpPacket) -> Int16:
        """Return the sound of the next packet, 16 bits at 8 kHz, with what was missing before it."""
        is_next = packet.ssrc == self._ssrc and packet.sequence_number == (self._number + 1) & 0xFFFF
        is_same = packet.ssrc == self._ssrc
        self._number, self._ssrc = packet.sequence_number, packet.ssrc
        if packet.payload_type in self._silent_types:
            return _NOTHING
        law = self._laws.get(packet.payload_type)
        if law is None or not packet.payload or len(packet.payload) > _LONGEST:
            self._wonder(packet)
            return _NOTHING
        sound = law(packet.payload)
        missing = signed(packet.timestamp - self._until, 32) if is_same else 0
        self._until = (packet.timestamp + len(sound)) & 0xFFFFFFFF
        self.heard += 1
        before = self._filling(missing, is_pause=is_next) if 0 < missing <= _MADE_UP else _NOTHING
        self._concealer.update(sound.tobytes())
        return np.concatenate([before, sound]) if before.size else sound

    def _filling(self, samples: int, *, is_pause: bool) -> Int16:
        """Return silence where the sender paused, and where packets were lost the last sound, fading."""
        if is_pause:
            return np.zeros(samples, dtype=np.int16)
        return np.frombuffer(self._concealer.conceal(samples), dtype=np.int16)

    def _wonder(self, packet: RtpPacket) -> None:
        if packet.payload_type not in self._told:
            self._told.add(packet.payload_type)
            log.warning(
                "call %s: packets of payload type %d with %d bytes are not sound that was agreed on; ignored",
                self._call_id,
                packet.payload_type,
                len(packet.payload),
            )
