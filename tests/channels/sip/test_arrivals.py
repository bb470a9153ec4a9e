"""Packets in order, and what was lost counted."""

from __future__ import annotations

import numpy as np
import pytest
from aiortp import RtpPacket

from channels.phone.sip.arrivals import CLOCK_HZ, WAIT_S, Arrivals
from tests.channels.sip.packets import spoken


def played(arrivals: Arrivals, came: list[tuple[float, RtpPacket]]) -> list[RtpPacket]:
    ready = [packet for at, each in sorted(came, key=lambda pair: pair[0]) for packet in arrivals.take(each, at)]
    return ready + arrivals.overdue(1_000_000)


def on_time(packets: list[RtpPacket], *, ms: int = 20, since: float = 0.0) -> list[tuple[float, RtpPacket]]:
    return [(since + index * ms / 1000, packet) for index, packet in enumerate(packets)]


@pytest.mark.parametrize("ms", [10, 20, 30])
def test_packets_in_order_are_passed_on_at_once_across_the_wrap(ms: int) -> None:
    arrivals, packets = Arrivals(), spoken(40, ms=ms)
    for at, packet in on_time(packets, ms=ms):
        assert arrivals.take(packet, at) == [packet]
    assert (arrivals.lost, arrivals.reordered, arrivals.jitter) == (0, 0, 0)
    assert arrivals.report() == (0, 0, (65_530 + 39) & 0xFFFFFFFF)


def test_sixty_milliseconds_of_jitter_lose_nothing() -> None:
    chance, packets = np.random.default_rng(5), spoken(500)
    came = [(at + chance.uniform(0, 0.06), packet) for at, packet in on_time(packets)]
    arrivals = Arrivals()
    assert played(arrivals, came) == packets
    assert arrivals.lost == 0
    assert arrivals.reordered > 50
    assert 10 < arrivals.jitter * 1000 / CLOCK_HZ < 30  # two uniform delays differ by 20 ms on average


def test_bursts_of_loss_are_counted_and_the_rest_goes_on_after_a_moment() -> None:
    packets = spoken(300)
    lost = {index for begin in (20, 100, 101, 250) for index in range(begin, begin + 5)}
    arrivals = Arrivals()
    came = [pair for index, pair in enumerate(on_time(packets)) if index not in lost]
    assert played(arrivals, came) == [packet for index, packet in enumerate(packets) if index not in lost]
    assert arrivals.lost == len(lost)
    assert arrivals.gaps == sum(number - 1 not in lost for number in lost)
    assert arrivals.report()[1] == len(lost)


def test_a_lost_packet_holds_those_after_it_no_longer_than_said() -> None:
    arrivals, packets = Arrivals(), spoken(12)
    waits: list[float] = []
    for index, (at, packet) in enumerate(on_time(packets)):
        if index != 3 and arrivals.take(packet, at) and index > 3:
            waits.append(at - 0.08)
    assert waits[0] == pytest.approx(WAIT_S)


def test_a_packet_that_comes_too_late_is_not_played_and_one_that_comes_twice_only_once() -> None:
    arrivals, packets = Arrivals(), spoken(20)
    came = on_time(packets)
    came[4] = (1.0, packets[4])
    assert played(arrivals, [*came, came[7], came[7]]) == [*packets[:4], *packets[5:]]
    assert (arrivals.lost, arrivals.reordered) == (1, 1)


def test_a_new_source_goes_on_where_the_old_one_ended_and_nothing_of_either_is_lost() -> None:
    old, new = spoken(10), spoken(10, ssrc=8, first=100, at=5)
    arrivals = Arrivals()
    came = on_time(old) + on_time(new, since=0.2)
    del came[8]  # the last one of the old source waits for one that never comes
    assert played(arrivals, came) == [*old[:8], old[9], *new]


def test_a_sender_that_begins_anew_is_followed_and_a_single_stray_number_is_not() -> None:
    old, new = spoken(10), spoken(10, first=20_000)
    arrivals = Arrivals()
    came = on_time([*old[:5], spoken(1, first=40_000)[0], *old[5:], *new])
    assert played(arrivals, came) == [*old, *new[1:]]
    assert arrivals.lost == 0
