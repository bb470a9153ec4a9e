"""Calls from a browser over a network that loses packets, delays them and puts them out of order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCRtpReceiver
from aiortc.rtp import RtpPacket, is_rtcp
from av import AudioFrame

from channels.phone.codec import to_int16
from channels.phone.webrtc_hearing import Hearing, put_in_order
from core.call_ports import LineQuality, MediaTransport
from tests.channels.test_webrtc import Page, door

FRAMES = 200
"""What is said: 4 s."""
WINDOW = 25
"""Frames (0.5 s) of what was heard that are looked for in what was said."""
SOUND_FROM = 25
"""The first packets are never lost: a browser is heard once it is connected, not before."""


def _noise() -> np.ndarray:
    """Noise at 48 kHz in the band of a telephone, never twice the same: its sound tells its place."""
    spectrum = np.fft.rfft(np.random.default_rng(7).standard_normal(FRAMES * 960))
    heights = np.fft.rfftfreq(FRAMES * 960, 1 / 48_000)
    spectrum[(heights < 300) | (heights > 3400)] = 0
    sound = np.fft.irfft(spectrum)
    return (sound * 0.1 / sound.std()).astype(np.float32)


SAID = _noise()
SAID_AT_16_KHZ = SAID.reshape(-1, 3).mean(axis=1)

Fate = Callable[[int], float | None]
"""Of the n-th packet of sound: the seconds that it takes, None for never."""


def pairs_lost(number: int) -> float | None:
    return None if number > SOUND_FROM and number % 40 in (0, 1) else 0.0


def pairs_lost_and_the_rest_out_of_order(number: int) -> float | None:
    return None if pairs_lost(number) is None else number * 23 % 61 / 1000


def held_up_and_let_go_at_once(number: int) -> float | None:
    return (80 - number) * 0.02 if 72 <= number < 80 else 0.0


class Speaker(MediaStreamTrack):
    """Says `SAID` frame by frame, on time, and notes when."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.at_s: list[float] = []
        self.over = asyncio.Event()

    async def recv(self) -> AudioFrame:
        number = len(self.at_s)
        if number == FRAMES:
            self.over.set()
            await asyncio.Event().wait()
        if self.at_s:
            await asyncio.sleep(self.at_s[0] + number * 0.02 - time.monotonic())
        self.at_s.append(time.monotonic())
        return decoded(to_int16(SAID[number * 960 : (number + 1) * 960]), number * 960)


def decoded(samples: np.ndarray, pts: int, rate_hz: int = 48_000) -> AudioFrame:
    frame = AudioFrame.from_ndarray(np.repeat(samples, 2)[None, :], format="s16", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = rate_hz, pts, Fraction(1, rate_hz)
    return frame


def spoil(peer: RTCPeerConnection, fate: Fate) -> None:
    """Put a bad network between a peer and whom it talks to."""
    transport = peer.getSenders()[0].transport
    send = transport._send_rtp
    late: set[asyncio.Task[None]] = set()
    sent = 0

    async def send_late(data: bytes, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        await send(data)

    async def send_perhaps(data: bytes) -> None:
        nonlocal sent
        if is_rtcp(data):
            return await send(data)
        sent += 1
        if delay_s := fate(sent):
            late.add(asyncio.create_task(send_late(data, delay_s)))
        elif delay_s is not None:
            await send(data)

    transport._send_rtp = send_perhaps  # type: ignore[method-assign]


@dataclass
class Heard:
    """What came of `SAID`."""

    frames: int
    shifts_ms: list[float]
    """How much later than said each half second stands in what was heard."""
    delays_ms: list[float]
    """How long after it was said the end of each half second was heard."""
    quality: LineQuality


async def hear(fate: Fate) -> Heard:
    came: list[np.ndarray] = []
    at_s: list[float] = []
    lines: list[MediaTransport] = []

    async def on_call(line: MediaTransport) -> None:
        lines.append(line)
        async for frame in line.frames_in():
            came.append(frame)
            at_s.append(time.monotonic())

    speaker = Speaker()
    page = Page(speaker)
    spoil(page.peer, fate)
    async with door(on_call) as opened:
        await page.call(opened)
        await speaker.over.wait()
        await asyncio.sleep(0.15)
        heard = Heard(len(came), [], [], lines[0].quality())
        await page.leave()
        while opened._lines:  # noqa: ASYNC110 - the test only looks
            await asyncio.sleep(0.05)
    for first in range(0, heard.frames - WINDOW, 5):
        place, likeness = find(np.concatenate(came[first : first + WINDOW]))
        if likeness > 0.5:
            last = round(place / 320) + WINDOW - 1
            heard.shifts_ms.append(first * 20 - place / 16)
            heard.delays_ms.append(1000 * (at_s[first + WINDOW - 1] - speaker.at_s[min(last, FRAMES - 1)]))
    return heard


def find(part: np.ndarray) -> tuple[int, float]:
    """Return the sample of what was said where `part` begins, and how alike they are (1: the same)."""
    size = 2 * SAID_AT_16_KHZ.size
    alike = np.fft.irfft(np.fft.rfft(SAID_AT_16_KHZ, size) * np.conj(np.fft.rfft(part, size)))
    place = int(alike[: SAID_AT_16_KHZ.size].argmax())
    there = SAID_AT_16_KHZ[place : place + part.size]
    return place, float(alike[place] / (np.linalg.norm(part) * np.linalg.norm(there) + 1e-9))


@pytest.mark.parametrize(("fate", "lost"), [(pairs_lost, 8), (pairs_lost_and_the_rest_out_of_order, 8)])
async def test_sound_that_was_lost_keeps_its_place_and_adds_no_delay(fate: Fate, lost: int) -> None:
    heard = await hear(fate)
    assert heard.frames == pytest.approx(FRAMES, abs=5)
    assert max(heard.shifts_ms) - min(heard.shifts_ms) < 100
    assert len(heard.shifts_ms) > 30
    assert np.median(heard.delays_ms[-10:]) < 150
    assert 0 < heard.quality.lost <= lost
    assert 0 < heard.quality.gaps < heard.quality.lost
    assert (heard.quality.reordered > 20) == (fate is not pairs_lost)


async def test_packets_that_come_late_and_all_at_once_add_no_lasting_delay() -> None:
    heard = await hear(held_up_and_let_go_at_once)
    assert heard.frames == pytest.approx(FRAMES, abs=15)  # silence stood in while nothing came
    assert np.median(heard.delays_ms[-10:]) < 100
    assert heard.quality.lost == 0


LOUD = np.full(960, 8_000, dtype=np.int16)
FRAME_S = 0.02


@pytest.fixture
def hearing() -> Hearing:
    begun = Hearing()
    begun(decoded(LOUD, 0), 100.0)
    return begun


def test_a_hole_is_filled_with_the_last_sound_which_fades(hearing: Hearing) -> None:
    sound = hearing(decoded(LOUD, 6 * 960), 100.0 + 6 * FRAME_S)
    assert sound.size == 6 * 320
    assert sound[:100].min() > 0.15
    assert np.abs(sound[1100:1500]).max() < 0.01
    assert sound[-200:].min() > 0.2
    assert hearing(decoded(LOUD, 7 * 960), 100.0 + 7 * FRAME_S).size == 320


def test_a_hole_for_which_silence_stood_in_is_not_filled_again(hearing: Hearing) -> None:
    assert hearing(decoded(LOUD, 20 * 960), 100.0 + 25 * FRAME_S).size == 320


def test_what_silence_stood_in_for_too_long_is_taken_off_the_next_hole(hearing: Hearing) -> None:
    hearing(decoded(LOUD, 960), 100.0 + 15 * FRAME_S)
    assert hearing(decoded(LOUD, 20 * 960), 100.0 + 20 * FRAME_S).size == pytest.approx((1 + 18 - 15) * 320, abs=2)
    assert hearing(decoded(LOUD, 23 * 960), 100.0 + 23 * FRAME_S).size == 3 * 320


@pytest.mark.parametrize("pts", [60 * 960, -5 * 960, 0, 1 << 32, (1 << 32) - 48_000, 1 << 40])
def test_a_clock_that_jumps_far_or_back_is_followed(hearing: Hearing, pts: int) -> None:
    assert hearing(decoded(LOUD, pts), 100.0 + FRAME_S).size == 320


def test_a_clock_that_wraps_around_leaves_no_hole(hearing: Hearing) -> None:
    hearing(decoded(LOUD, (1 << 32) - 960), 100.02)
    assert hearing(decoded(LOUD, 960), 100.06).size == 640


def test_another_codec_in_the_middle_of_a_call_is_heard_at_its_own_rate(hearing: Hearing) -> None:
    sounds = [hearing(decoded(LOUD[:160], number * 160, 8_000), 100.0) for number in (0, 1, 3)]
    assert sum(sound.size for sound in sounds) == pytest.approx(4 * 320, abs=20)


class Decoder:
    """A receiver of another version of the library."""

    def __init__(self) -> None:
        self.took: list[int] = []

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        self.took.append(packet.sequence_number)


class Buffering(Decoder):
    """A receiver as of aiortc 1.14."""

    def __init__(self) -> None:
        super().__init__()
        setattr(self, "_RTCRtpReceiver__jitter_buffer", None)  # noqa: B010 - else it would be this class's own


async def feed(receiver: Decoder, *numbers: int) -> list[int]:
    for number in numbers:
        await receiver._handle_rtp_packet(RtpPacket(sequence_number=number, timestamp=number * 960), arrival_time_ms=0)
    return receiver.took


async def test_packets_reach_the_decoder_in_order_and_each_once() -> None:
    receiver = Buffering()
    arrivals = put_in_order(receiver)  # type: ignore[arg-type]
    assert await feed(receiver, 65_534, 65_535, 1, 1, 2, 0, 0, 3) == [65_534, 65_535, 0, 1, 2, 3]
    assert (arrivals.lost, arrivals.reordered > 0) == (0, True)


async def test_a_receiver_that_is_built_otherwise_is_left_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Decoder()
    put_in_order(receiver)  # type: ignore[arg-type]
    assert await feed(receiver, 1, 3, 2) == [1, 3, 2]
    assert "may come late" in caplog.text


async def test_an_empty_packet_is_not_given_to_the_decoder_which_would_end() -> None:
    peer = RTCPeerConnection()
    peer.addTransceiver("audio")
    receiver: RTCRtpReceiver = peer.getReceivers()[0]
    put_in_order(receiver)
    buffer = receiver._RTCRtpReceiver__jitter_buffer  # type: ignore[attr-defined]
    empty, full = RtpPacket(timestamp=1), RtpPacket(timestamp=2)
    empty._data, full._data = b"", b"sound"  # type: ignore[attr-defined]
    assert buffer.add(empty) == (False, None)
    assert (buffer.add(full)[1].data, buffer.add(full)[1].timestamp) == (b"sound", 2)
    await peer.close()
