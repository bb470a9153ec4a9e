"""Sound without holes, to the sample."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from aiortp import RtpPacket

from channels.phone.codec import encode_alaw
from channels.phone.sip.hearing import Hearing
from tests.channels.sip.packets import TALK, as_heard, spoken


def sound(packets: list[RtpPacket]) -> np.ndarray:
    hearing = Hearing("c")
    return np.concatenate([hearing(packet) for packet in packets])


@pytest.mark.parametrize("ms", [10, 20, 30, 60])
def test_packets_of_any_length_are_heard_to_the_sample(ms: int) -> None:
    assert np.array_equal(sound(spoken(50, ms=ms)), as_heard(TALK[: 50 * 8 * ms]))


@pytest.mark.parametrize("lost", [1, 3, 8])
def test_what_was_lost_is_made_up_fading_and_everything_after_it_is_in_its_place(lost: int) -> None:
    packets = spoken(40)
    heard = sound(packets[:10] + packets[10 + lost :])
    assert heard.size == 40 * 160
    hole = heard[1_600 : 1_600 + lost * 160]
    assert np.array_equal(heard[1_600 + lost * 160 :], as_heard(TALK[1_600 + lost * 160 : 6_400]))
    assert np.abs(hole[:80]).max() > 3_000
    assert not hole[480:].any()


def test_a_pause_of_the_sender_is_silence_and_not_made_up() -> None:
    before, after = spoken(5), spoken(5, first=65_535, at=2**32 - 800 + 5 * 160 + 800)
    heard = sound(before + after)
    assert heard.size == 10 * 160 + 800
    assert not heard[800:1_600].any()


def test_a_long_pause_is_left_to_the_inlet_which_filled_it_as_it_passed() -> None:
    assert sound(spoken(5) + spoken(5, first=65_535, at=90_000)).size == 10 * 160


def test_comfort_noise_is_silence_and_takes_no_place_among_the_lost() -> None:
    first, second = spoken(2)
    second.sequence_number += 1
    noise = RtpPacket(payload_type=13, sequence_number=65_531, timestamp=second.timestamp, ssrc=7, payload=b"\x46")
    assert np.array_equal(sound([first, noise, second]), as_heard(TALK[:320]))


def test_a_wrong_payload_type_is_ignored_with_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert sound([*spoken(10, kind=96), *spoken(3, first=4)]).size == 480
    assert len(caplog.records) == 1
    assert "payload type 96" in caplog.text


def test_a_telephone_may_change_its_law_in_the_middle() -> None:
    packets = spoken(4)
    for packet, start in zip(packets[2:], (320, 480), strict=True):
        packet.payload_type, packet.payload = 8, encode_alaw(TALK[start : start + 160])
    heard = sound(packets)
    assert np.abs(heard.astype(int) - TALK[:640]).max() < 300
