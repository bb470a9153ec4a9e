"""The sound of one call: RTP and RTCP over two ports (RFC 3550)."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import time
from collections.abc import Sequence
from contextlib import suppress

from aiortp import RtcpPacket, RtcpRrPacket, RtcpSdesPacket, RtcpSrPacket, RtpPacket, is_rtcp
from aiortp.dtmf import DtmfEvent
from aiortp.packet import RtcpReceiverInfo, RtcpSenderInfo, RtcpSourceInfo

from channels.phone.codec import RATE_HZ, Resampler, encode_alaw, encode_ulaw, to_float, to_int16
from channels.phone.inlet import Inlet
from channels.phone.sip.arrivals import CLOCK_HZ, Arrivals
from channels.phone.sip.hearing import Hearing
from channels.phone.sip.offer import Media
from core.call_ports import LineQuality
from core.ports import Pcm

log = logging.getLogger(__name__)

_ENCODE = {"PCMU": encode_ulaw, "PCMA": encode_alaw}
_FIRST_REPORT_S, _REPORT_S = 1.0, 5.0
_GAP_S = 0.2
"""A pause in what is sent, after which the timestamp shows the time that passed."""
_1900_S = 2_208_988_800
_SDES_CNAME = 1
_LAST_KEY = 15


def open_ports(host: str, first: int, last: int) -> tuple[socket.socket, socket.socket]:
    """Return sockets on a free even port of a range and the one above; raises `OSError` where none is free."""
    even = range(first + first % 2, last, 2)
    begin = secrets.randbelow(len(even)) if even else 0
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for index in range(len(even)):
        port = even[(begin + index) % len(even)]
        pair = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(2)]
        try:
            for offset, each in enumerate(pair):
                each.bind((host, port + offset))
                each.setblocking(False)
            return pair[0], pair[1]
        except OSError:
            for each in pair:
                each.close()
    raise OSError(f"no pair of ports is free from {first} to {last}")


class _Port(asyncio.DatagramProtocol):
    def __init__(self, stream: RtpStream) -> None:
        self._stream = stream

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        self._stream.take(data, (address[0], address[1]))

    def error_received(self, error: Exception) -> None:
        """Go on: the far side is not there yet, or not any more, and its hang-up tells so."""


class RtpStream:
    """Sound of one call, both ways."""

    def __init__(self, inlet: Inlet, call_id: str) -> None:
        """Put what is heard into `inlet`."""
        self._inlet = inlet
        self._call_id = call_id
        self._loop = asyncio.get_running_loop()
        self._rtp: asyncio.DatagramTransport | None = None
        self._rtcp: asyncio.DatagramTransport | None = None
        self._media: Media | None = None
        self._plausible: frozenset[str] = frozenset()
        self._to: tuple[str, int] | None = None
        self._rtcp_to: tuple[str, int] | None = None
        self._arrivals = Arrivals()
        self._hearing = Hearing(call_id)
        self._listen = Resampler(CLOCK_HZ, RATE_HZ)
        self._talk = Resampler(RATE_HZ, CLOCK_HZ)
        self._overdue: asyncio.TimerHandle | None = None
        self._reporting: asyncio.TimerHandle | None = None
        self._last_key: tuple[int, int] | None = None
        self._ssrc = secrets.randbits(32)
        self._number = secrets.randbits(15)
        self._timestamp = secrets.randbits(32)
        self._unsent = b""
        self._is_onset = True
        self._sent_at: float | None = None
        self._sent = self._sent_bytes = 0
        self._far_report: tuple[int, float] | None = None
        self._round_trip_s = 0.0
        self._stranger = ""
        self.port = 0

    async def open(self, host: str, first: int, last: int) -> None:
        """Listen on ports of a range; raises `OSError` where none is free."""
        rtp, rtcp = open_ports(host, first, last)
        self.port = rtp.getsockname()[1]
        try:
            self._rtp, _ = await self._loop.create_datagram_endpoint(lambda: _Port(self), sock=rtp)
        except BaseException:
            rtcp.close()
            raise
        self._rtcp, _ = await self._loop.create_datagram_endpoint(lambda: _Port(self), sock=rtcp)
        self._reporting = self._loop.call_later(_FIRST_REPORT_S, self._report)

    def agree(self, media: Media, signalling_host: str) -> None:
        """Send to where the far side said; its sound may come from there or from where it signals."""
        self._media = media
        self._plausible = frozenset({media.host, signalling_host})
        self._hearing.agree(media)
        self._to, self._rtcp_to = (media.host, media.port), (media.host, media.rtcp_port)

    def close(self) -> None:
        """Close the ports; safe to call twice."""
        for timer in (self._overdue, self._reporting):
            if timer:
                timer.cancel()
        for port in (self._rtp, self._rtcp):
            if port:
                port.close()

    def send(self, frame: Pcm) -> None:
        """Send 20 ms of sound in packets of the length that the far side wants."""
        if self._media is None or self._rtp is None or self._rtp.is_closing():
            return
        now = self._loop.time()
        if self._sent_at is not None and now - self._sent_at > _GAP_S:
            self._timestamp += round((now - self._sent_at) * CLOCK_HZ)
            self._unsent = b""
            self._is_onset = True
        self._sent_at = now
        self._unsent += _ENCODE[self._media.codec](to_int16(self._talk(frame)))
        size = self._media.ptime_ms * CLOCK_HZ // 1000
        while len(self._unsent) >= size:
            self._send_packet(self._unsent[:size])
            self._unsent = self._unsent[size:]

    def quality(self) -> LineQuality:
        """Return how the far side's sound came so far."""
        return LineQuality(
            received=self._hearing.heard,
            lost=self._arrivals.lost,
            gaps=self._arrivals.gaps,
            reordered=self._arrivals.reordered,
            jitter_ms=self._arrivals.jitter * 1000 / CLOCK_HZ,
            round_trip_ms=self._round_trip_s * 1000,
        )

    def take(self, data: bytes, source: tuple[str, int]) -> None:
        """Take a datagram in; what is malformed or comes from a stranger is dropped."""
        if source[0] not in self._plausible:
            if self._media and self._stranger != source[0]:
                self._stranger = source[0]
                log.warning("call %s: sound from %s, who is not the caller, is ignored", self._call_id, source[0])
            return
        try:
            if is_rtcp(data):
                self._take_report(RtcpPacket.parse(data), source)
            else:
                self._take_packet(RtpPacket.parse(data), source)
        except (ValueError, IndexError) as error:
            log.debug("call %s: a malformed packet was dropped: %s", self._call_id, error)
        except Exception as error:  # the parsers tell of short packets in several ways (struct.error, KeyError)
            log.debug("call %s: a packet was dropped: %r", self._call_id, error)

    def _take_packet(self, packet: RtpPacket, source: tuple[str, int]) -> None:
        self._to = source  # behind NAT the announced port is not the one that is open
        if self._media and packet.payload_type == self._media.key_type:
            self._take_key(packet)
        self._pass_on(self._arrivals.take(packet, self._loop.time()))

    def _take_key(self, packet: RtpPacket) -> None:
        """Take a key at its first packet: all the others of it bear the same timestamp."""
        event = DtmfEvent.parse(packet.payload)
        if event.event <= _LAST_KEY and (packet.ssrc, packet.timestamp) != self._last_key:
            self._last_key = packet.ssrc, packet.timestamp
            self._inlet.press(event.digit)

    def _pass_on(self, packets: list[RtpPacket]) -> None:
        for packet in packets:
            sound = self._hearing(packet)
            if sound.size:
                self._inlet.put(self._listen(to_float(sound)))
        if self._overdue:
            self._overdue.cancel()
        due_s = self._arrivals.due_s
        self._overdue = self._loop.call_at(due_s, self._give_up_waiting) if due_s is not None else None

    def _give_up_waiting(self) -> None:
        self._overdue = None
        self._pass_on(self._arrivals.overdue(self._loop.time()))

    def _send_packet(self, payload: bytes) -> None:
        if self._media is None or self._rtp is None:
            return
        packet = RtpPacket(
            payload_type=self._media.payload_type,
            marker=int(self._is_onset),
            sequence_number=self._number & 0xFFFF,
            timestamp=self._timestamp & 0xFFFFFFFF,
            ssrc=self._ssrc,
            payload=payload,
        )
        self._is_onset = False
        self._number += 1
        self._timestamp += len(payload)
        self._sent += 1
        self._sent_bytes += len(payload)
        self._rtp.sendto(packet.serialize(), self._to)

    def _report(self) -> None:
        self._reporting = self._loop.call_later(_REPORT_S, self._report)
        if self._rtcp is None or self._rtcp_to is None:
            return
        name = RtcpSdesPacket(chunks=[RtcpSourceInfo(ssrc=self._ssrc, items=[(_SDES_CNAME, b"zhanggui")])])
        told = RtcpSenderInfo(
            ntp_timestamp=int((time.time() + _1900_S) * 2**32),
            rtp_timestamp=self._timestamp & 0xFFFFFFFF,
            packet_count=self._sent & 0xFFFFFFFF,
            octet_count=self._sent_bytes & 0xFFFFFFFF,
        )
        report = RtcpSrPacket(ssrc=self._ssrc, sender_info=told, reports=self._reception())
        self._rtcp.sendto(bytes(report) + bytes(name), self._rtcp_to)

    def _reception(self) -> list[RtcpReceiverInfo]:
        if self._arrivals.ssrc is None:
            return []
        fraction, lost, highest = self._arrivals.report()
        middle, came_at = self._far_report or (0, 0.0)
        since = round((self._loop.time() - came_at) * 65_536) if self._far_report else 0
        return [
            RtcpReceiverInfo(
                ssrc=self._arrivals.ssrc,
                fraction_lost=fraction,
                packets_lost=min(lost, 0x7FFFFF),
                highest_sequence=highest,
                jitter=int(self._arrivals.jitter),
                lsr=middle,
                dlsr=since & 0xFFFFFFFF,
            )
        ]

    def _take_report(self, packets: Sequence[object], source: tuple[str, int]) -> None:
        self._rtcp_to = source
        for packet in packets:
            if isinstance(packet, RtcpSrPacket):
                self._far_report = (packet.sender_info.ntp_timestamp >> 16) & 0xFFFFFFFF, self._loop.time()
            if isinstance(packet, RtcpSrPacket | RtcpRrPacket):
                for report in packet.reports:
                    if report.ssrc == self._ssrc and report.lsr:
                        self._measure_round_trip(report)

    def _measure_round_trip(self, report: RtcpReceiverInfo) -> None:
        """Take the time since our report less the time that the far side kept it (RFC 3550, section 6.4.1)."""
        now = (int((time.time() + _1900_S) * 65_536)) & 0xFFFFFFFF
        round_trip = (now - report.lsr - report.dlsr) & 0xFFFFFFFF
        with suppress(OverflowError):
            self._round_trip_s = round_trip / 65_536 if round_trip < 65_536 * 60 else self._round_trip_s
