"""The caller's sound on its way through the network: packets of G.711, and a buffer that plays them out."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import ceil
from typing import Literal

import numpy as np

from channels.phone.codec import Int16, decode_alaw, decode_ulaw, encode_alaw, encode_ulaw
from core.call_ports import LineQuality
from ui.phone_trial.network import Network

Law = Literal["ulaw", "alaw"]
RATE_HZ = 8_000
FRAME = 160
"""Samples of one frame: 20 ms at 8 kHz."""
_FRAME_MS = 20
_PER_MS = 8

_LAWS: dict[Law, tuple[Callable[[Int16], bytes], Callable[[bytes], Int16]]] = {
    "ulaw": (encode_ulaw, decode_ulaw),
    "alaw": (encode_alaw, decode_alaw),
}


def through(law: Law, samples: Int16) -> Int16:
    """Return samples as they are after G.711."""
    encode, decode = _LAWS[law]
    return decode(encode(samples))


class Uplink:
    """Carry 20 ms in and 20 ms out, `latency_ms` later; silence stands where a packet did not come in time."""

    def __init__(self, network: Network, *, law: Law = "ulaw", seed: int = 0) -> None:
        """Begin with nothing sent; the same `seed` loses the same packets."""
        self._network = network
        self._law = law
        self._delays = network.delays(random.Random(seed))  # noqa: S311 - a simulation, no secret
        whole_ms = (ceil(network.packet_ms / _FRAME_MS) - 1) * _FRAME_MS
        self.latency_ms = whole_ms + ceil(network.slowest_ms / _FRAME_MS) * _FRAME_MS
        """Of the whole way: filling a packet, and waiting for the late ones."""
        self._rest: Int16 = np.zeros(0, dtype=np.int16)
        self._sent = 0
        self._now_ms = 0
        self._under_way: list[tuple[float, int, Int16]] = []
        self._arrived: dict[int, Int16] = {}
        self._newest = self._played = -1
        self._received = self._lost = self._reordered = 0
        self._jitter_ms = 0.0
        self._last_delay: float | None = None

    def carry(self, frame: Int16) -> Int16:
        """Take the next 160 samples and return those that the far side plays at this moment."""
        self._now_ms += _FRAME_MS
        self._send(frame)
        self._arrive()
        end = (self._now_ms - self.latency_ms) * _PER_MS
        return self._play(end - FRAME, end)

    def quality(self) -> LineQuality:
        """Return what the receiver would report."""
        return LineQuality(
            received=self._received, lost=self._lost, reordered=self._reordered, jitter_ms=self._jitter_ms
        )

    def _send(self, frame: Int16) -> None:
        self._rest = np.concatenate([self._rest, frame])
        size = self._network.packet_ms * _PER_MS
        while self._rest.size >= size:
            delay = next(self._delays)
            if delay is not None:
                packet = through(self._law, self._rest[:size])
                self._under_way.append((self._now_ms + delay, self._sent, packet))
            self._rest = self._rest[size:]
            self._sent += 1

    def _arrive(self) -> None:
        here = sorted(one for one in self._under_way if one[0] <= self._now_ms)
        self._under_way = [one for one in self._under_way if one[0] > self._now_ms]
        for at_ms, number, packet in here:
            transit = at_ms - (number + 1) * self._network.packet_ms
            if self._last_delay is not None:
                self._jitter_ms += (abs(transit - self._last_delay) - self._jitter_ms) / 16  # RFC 3550, 6.4.1
            self._last_delay = transit
            self._reordered += number < self._newest
            self._newest = max(self._newest, number)
            if number > self._played:
                self._arrived[number] = packet

    def _play(self, begin: int, end: int) -> Int16:
        out = np.zeros(FRAME, dtype=np.int16)
        size = self._network.packet_ms * _PER_MS
        for number in range(max(0, begin // size), max(0, -(-end // size))):
            if number > self._played:
                self._played = number
                self._received += number in self._arrived
                self._lost += number not in self._arrived
            packet = self._arrived.get(number)
            if packet is not None:
                first, last = max(begin, number * size), min(end, (number + 1) * size)
                out[first - begin : last - begin] = packet[first - number * size : last - number * size]
            if (number + 1) * size <= end:
                self._arrived.pop(number, None)
        return out
