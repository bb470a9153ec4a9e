"""RTP packets as they come, put in order and counted (RFC 3550).

Who listens is a model, not an ear: it needs every sample in its place, not at its time. So a packet that is
next is passed on at once, however unevenly they come, and only where one is missing those after it wait.
"""

from __future__ import annotations

from aiortp import RtpPacket

CLOCK_HZ = 8_000
WAIT_S = 0.08
"""How long packets wait for one before them: 60 ms of jitter, and the machine's own."""
_MOST_WAITING = 50
_DROPOUT, _MISORDER = 3_000, 100
"""Numbers that are further ahead or behind are those of a sender that began anew (RFC 3550, A.1)."""


def signed(difference: int, bits: int) -> int:
    """Return a difference of numbers that wrap around at `bits`."""
    half = 1 << (bits - 1)
    return ((difference + half) & ((1 << bits) - 1)) - half


class Arrivals:
    """Put the packets of one far side in order."""

    def __init__(self) -> None:
        """Begin with whatever source sends first."""
        self.ssrc: int | None = None
        self.lost = 0
        """Packets that never came or came too late."""
        self.gaps = 0
        """Runs of them in a row."""
        self.reordered = 0
        self.jitter = 0.0
        """In units of the clock."""
        self._base = self._highest = self._next = 0
        self._arrived = self._arrived_before = self._expected_before = 0
        self._restart: int | None = None
        self._transit: int | None = None
        self._timestamp: int | None = None
        self._waiting: dict[int, tuple[RtpPacket, float]] = {}

    def take(self, packet: RtpPacket, now_s: float) -> list[RtpPacket]:
        """Return what can be passed on now that `packet` came, in order."""
        ready: list[RtpPacket] = []
        if packet.ssrc != self.ssrc:
            ready = self._begin(packet)
        number = self._extended(packet, ready)
        if number is None:
            return ready
        self._arrived += 1
        self._measure(packet, now_s)
        if number < self._highest:
            self.reordered += 1
        self._highest = max(self._highest, number)
        if number >= self._next:
            self._waiting.setdefault(number, (packet, now_s))
        return ready + self.overdue(now_s)

    def overdue(self, now_s: float) -> list[RtpPacket]:
        """Return what need not wait any longer for the packets before it; those are lost."""
        ready: list[RtpPacket] = []
        while self._waiting:
            if self._next not in self._waiting:
                if now_s < (self.due_s or 0) and len(self._waiting) < _MOST_WAITING:
                    break
                first = min(self._waiting)
                self.lost += first - self._next
                self.gaps += 1
                self._next = first
            ready.append(self._waiting.pop(self._next)[0])
            self._next += 1
        return ready

    @property
    def due_s(self) -> float | None:
        """Return when `overdue` has something to give, None while nothing waits."""
        return min(since for _, since in self._waiting.values()) + WAIT_S if self._waiting else None

    def report(self) -> tuple[int, int, int]:
        """Return what a receiver report tells: the part lost since the last (of 256), all lost, the highest number."""
        expected = self._highest - self._base + 1 if self.ssrc is not None else 0
        expected_lately = expected - self._expected_before
        lost_lately = expected_lately - (self._arrived - self._arrived_before)
        self._expected_before, self._arrived_before = expected, self._arrived
        fraction = min(255, max(0, lost_lately) * 256 // expected_lately) if expected_lately > 0 else 0
        return fraction, max(0, expected - self._arrived), self._highest & 0xFFFFFFFF

    def _begin(self, packet: RtpPacket) -> list[RtpPacket]:
        """Begin anew with a source; what waited of the last one is passed on."""
        left = [self._waiting[number][0] for number in sorted(self._waiting)]
        self._waiting.clear()
        self.ssrc = packet.ssrc
        self._base = self._highest = self._next = packet.sequence_number
        self._arrived = self._arrived_before = self._expected_before = 0
        self._restart = self._transit = self._timestamp = None
        return left

    def _extended(self, packet: RtpPacket, ready: list[RtpPacket]) -> int | None:
        """Return the number of a packet with the times that it wrapped around; None for one that is passed over."""
        ahead = signed(packet.sequence_number - self._highest, 16)
        if -_MISORDER <= ahead < _DROPOUT:
            self._restart = None
            return self._highest + ahead
        if packet.sequence_number != self._restart:
            self._restart = (packet.sequence_number + 1) & 0xFFFF
            return None
        ready += self._begin(packet)
        return self._highest

    def _measure(self, packet: RtpPacket, now_s: float) -> None:
        if packet.timestamp == self._timestamp:
            return  # the packets of a key all bear the time of its beginning
        transit = round(now_s * CLOCK_HZ) - packet.timestamp
        if self._transit is not None:
            self.jitter += (abs(signed(transit - self._transit, 32)) - self.jitter) / 16
        self._transit, self._timestamp = transit, packet.timestamp
