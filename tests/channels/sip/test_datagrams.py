"""What the net does to a call, and what strangers send."""

from __future__ import annotations

import asyncio
import logging

import numpy as np
import pytest
from aiortp import RtpPacket
from aiortp.dtmf import DtmfEvent

from channels.phone.codec import decode_ulaw
from channels.phone.sip import transactions
from core.call_ports import LineQuality, MediaTransport
from tests.channels.doors import nobody, parrot
from tests.channels.sip.packets import spoken
from tests.channels.sip.peers import FRAME, door, free_port
from tests.channels.sip.telephone import talks, telephone


class Listener:
    """Take calls and keep what was heard in them."""

    def __init__(self) -> None:
        self.frames: list[np.ndarray] = []
        self.keys: list[str] = []
        self.calls = 0
        self.quality = LineQuality()
        self.over = asyncio.Event()

    async def __call__(self, line: MediaTransport) -> None:
        self.calls += 1
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._press(line))
            async for frame in line.frames_in():
                self.frames.append(frame)
        self.quality = line.quality()
        self.over.set()

    async def _press(self, line: MediaTransport) -> None:
        self.keys += [key async for key in line.dtmf()]

    @property
    def loud_s(self) -> float:
        """Return the seconds in which somebody spoke."""
        return sum(float(np.abs(frame).max()) > 0.05 for frame in self.frames) * 0.02


async def test_a_lost_answer_is_said_again_and_a_repeated_call_is_still_one() -> None:
    listener = Listener()
    async with door(listener) as opened, telephone(opened.port) as phone:
        invite = phone.request("INVITE", body=phone.offer())
        for _ in range(3):
            phone.send(invite)
        first = await phone.hears(200)
        assert bytes(await phone.hears(200)) == bytes(first)  # nobody acknowledged it yet
        phone.send(phone.request("ACK", branch="ack"))
        await asyncio.sleep(0.2)
        phone.hang_up()
        assert (await phone.hears(200)).cseq.method in ("INVITE", "BYE")
        await listener.over.wait()
    assert listener.calls == 1


async def test_an_answer_that_nobody_acknowledges_ends_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "LIFE_S", 1.0)
    async with door(nobody) as opened, telephone(opened.port) as phone:
        phone.send(phone.request("INVITE", body=phone.offer()))
        await phone.hears(method="BYE")


async def test_a_call_that_is_cancelled_at_once_never_begins() -> None:
    async with door(nobody) as opened, telephone(opened.port) as phone:
        phone.send(phone.request("INVITE", body=phone.offer(), branch="same"))
        phone.send(phone.request("CANCEL", branch="same"))
        await phone.hears(487)
        phone.send(phone.request("ACK", branch="same"))
        await asyncio.sleep(0.1)


async def test_a_hang_up_of_a_stranger_or_out_of_order_does_not_end_the_call() -> None:
    async with door(parrot) as opened, telephone(opened.port) as phone:
        await phone.calls()
        ours, phone.tag = phone.tag, "guessed"
        phone.send(phone.request("BYE"))
        await phone.hears(481)
        phone.tag = ours
        phone.send(phone.request("BYE", number=1, branch="old"))
        await phone.hears(500)
        phone.number = 5
        await phone.speak(spoken(5))
        assert await phone.sound(2)


async def test_a_new_offer_that_cannot_be_taken_leaves_the_call_as_it_was() -> None:
    async with door(parrot) as opened, telephone(opened.port) as phone:
        await phone.calls()
        phone.send(phone.request("INVITE", body=phone.offer(formats="18")))
        await phone.hears(488)
        phone.send(phone.request("ACK", branch="INVITE2"))
        phone.send(phone.request("UPDATE"))
        assert (await phone.hears(200)).cseq.method == "UPDATE"
        phone.send(phone.request("REFER"))
        await phone.hears(405)
        await phone.speak(spoken(5))
        assert await phone.sound(3)


async def test_a_call_may_move_to_another_address_and_law_in_the_middle() -> None:
    async with door(parrot) as opened, telephone(opened.port) as phone, telephone(opened.port) as other:
        await phone.calls()
        await phone.speak(spoken(5))
        assert [packet.payload_type for packet in await phone.sound(1)] == [0]
        _, port = other.rtp.get_extra_info("sockname")
        phone.send(phone.request("UPDATE", body=phone.offer(port=port, formats="8")))
        assert "PCMA" in (await phone.hears(200)).text
        other.sound_at = phone.sound_at
        await other.speak(spoken(5, ssrc=8, kind=8))
        assert [packet.payload_type for packet in await other.sound(1)] == [8]


async def test_a_stranger_is_told_once_that_he_may_not_call() -> None:
    settings = {"sip_user": "shop", "sip_password": "secret"}
    async with door(nobody, **settings) as opened, telephone(opened.port) as phone:
        phone.send(phone.request("INVITE", body=phone.offer()))
        await phone.hears(401)
        with pytest.raises(TimeoutError):
            await phone.hears(401, within_s=1.2)


@pytest.mark.parametrize("ms", [10, 30, 60])
async def test_packets_of_other_lengths_with_a_tenth_lost_in_bursts_keep_their_time(ms: int) -> None:
    listener, packets = Listener(), spoken(3_000 // ms, ms=ms)
    lost = {index for index in range(20, len(packets) - 5) if index % 30 < 3}
    async with door(listener) as opened, telephone(opened.port) as phone:
        answer = await phone.calls(more=f"a=ptime:{ms}\r\n")
        assert f"a=ptime:{ms}\r\n" in answer.text
        await phone.speak([each for index, each in enumerate(packets) if index not in lost], ms=ms / 10)
        await asyncio.sleep(0.15)
        phone.hang_up()
        await listener.over.wait()
    assert listener.quality.lost == len(lost)
    assert listener.quality.received == len(packets) - len(lost)
    assert len(listener.frames) * 0.02 == pytest.approx(3.0, abs=0.25)


async def test_the_clerk_speaks_in_packets_of_the_wanted_length_without_a_gap() -> None:
    async def on_call(line: MediaTransport) -> None:
        for _ in range(60):
            await line.send(FRAME)
        assert await line.flush() == 1_200
        await line.hang_up()

    async with door(on_call) as opened, telephone(opened.port) as phone:
        await phone.calls(more="a=ptime:30\r\n")
        packets = await phone.sound(40)
    assert {len(packet.payload) for packet in packets} == {240}
    assert [packet.marker for packet in packets] == [1] + [0] * 39
    assert {(b.timestamp - a.timestamp) & 0xFFFFFFFF for a, b in zip(packets, packets[1:], strict=False)} == {240}
    assert {(b.sequence_number - a.sequence_number) & 0xFFFF for a, b in zip(packets, packets[1:], strict=False)} == {1}
    assert np.abs(decode_ulaw(packets[5].payload)).max() == pytest.approx(8_192, rel=0.1)


async def test_the_law_of_the_caller_is_spoken() -> None:
    async def on_call(line: MediaTransport) -> None:
        await line.send(FRAME)
        await asyncio.sleep(0.1)

    async with door(on_call) as opened, telephone(opened.port) as phone:
        await phone.calls(formats="18 8 0 101")
        assert [packet.payload_type for packet in await phone.sound(1)] == [8]


async def test_a_key_is_pressed_once_however_often_it_is_told() -> None:
    listener = Listener()
    packets: list[RtpPacket] = []
    for press, (event, at) in enumerate([(5, 800), (5, 2_400), (11, 4_000)]):
        for index in range(6):
            told = DtmfEvent(event=event, end=index >= 3, volume=10, duration=160 * min(index + 1, 4))
            packets.append(
                RtpPacket(
                    payload_type=101, sequence_number=press * 6 + index, timestamp=at, ssrc=7, payload=told.serialize()
                )
            )
    async with door(listener) as opened, telephone(opened.port) as phone:
        await phone.calls()
        await phone.speak([each for index, each in enumerate(packets) if index not in (0, 9, 17)], ms=2)
        await asyncio.sleep(0.1)
        phone.hang_up()
        await listener.over.wait()
    assert listener.keys == ["5", "5", "#"]


async def test_the_answer_goes_to_where_the_sound_comes_from_and_strangers_are_not_heard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    listener = Listener()

    async def on_call(line: MediaTransport) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listener(line))
            while not listener.over.is_set():
                await line.send(FRAME)
                await asyncio.sleep(0.02)

    with caplog.at_level(logging.WARNING):
        async with (
            door(on_call) as opened,
            telephone(opened.port) as phone,
            telephone(opened.port, "127.0.0.2") as stranger,
        ):
            await phone.calls(port=9)  # behind NAT: nobody listens at the announced port
            stranger.sound_at = phone.sound_at
            await stranger.speak(spoken(50, ssrc=9), ms=1)
            await asyncio.sleep(0.1)
            assert listener.loud_s == 0
            await phone.speak(spoken(10))
            assert await phone.sound(5)
            phone.hang_up()
            await listener.over.wait()
    assert listener.quality.received == 10
    assert caplog.text.count("is ignored") == 1


async def test_a_change_of_the_source_in_the_middle_loses_nothing() -> None:
    listener = Listener()
    async with door(listener) as opened, telephone(opened.port) as phone:
        await phone.calls()
        await phone.speak([*spoken(25), *spoken(25, ssrc=99, first=7, at=123_456)], ms=4)
        await asyncio.sleep(0.1)
        phone.hang_up()
        await listener.over.wait()
    assert (listener.quality.received, listener.quality.lost) == (50, 0)
    assert listener.loud_s == pytest.approx(1.0, abs=0.05)


async def test_no_packet_ends_a_call() -> None:
    listener, chance = Listener(), np.random.default_rng(20261122)
    whole = spoken(1)[0].serialize()
    junk = [chance.bytes(int(size)) for size in chance.integers(0, 400, 200)]
    junk += [bytes([0x80 | int(flags), int(kind)]) + whole[2:] for flags, kind in chance.integers(0, 64, (100, 2))]
    junk += [bytes([0x80, 200 + index % 8]) + chance.bytes(index) for index in range(60)]
    junk += [whole[:size] for size in range(13)] + [whole[:12] + bytes(60_000)]
    async with door(listener) as opened, telephone(opened.port) as phone:
        await phone.calls()
        await phone.speak(junk, ms=0)
        await asyncio.sleep(0.2)
        before = listener.loud_s
        await phone.speak(spoken(50, ssrc=42), ms=5)
        await asyncio.sleep(0.3)
        phone.hang_up()
        await listener.over.wait()
    assert listener.loud_s - before == pytest.approx(1.0, abs=0.1)


VIA = "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\n"
REST = "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n"


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\r\n\r\n",
        b"\0\0\0\0",
        b"hello",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        bytes(range(256)) * 20,
        b"INVITE sip:a@b SIP/2.0\r\n\r\n",
        f"INVITE sip:a@b SIP/2.0\r\n{VIA}\r\n".encode(),
        f"INVITE sip:a@b SIP/2.0\r\n{VIA}{REST.replace('1 INVITE', 'one INVITE')}\r\n".encode(),
        f"INVITE sip:a@b SIP/2.0\r\n{VIA}{REST}\r\n".encode(),
        f"INVITE sip:a@b SIP/2.0\r\n{VIA.replace('9;', 'port;')}{REST}Contact: <sip:a@b>\r\n\r\n".encode(),
        f"INVITE sip:a@b SIP/2.0\r\n{VIA}{REST}Contact: <sip:a@b>\r\nRequire: magic\r\n\r\n".encode(),
        f"INVITE sip:a@b SIP/2.0\r\n{VIA}{REST}Contact: <sip:a@b>\r\nContent-Type: text/plain\r\n\r\nhi".encode(),
        f"INVITE sip:a@b SIP/2.0\r\n{VIA}{REST}Contact: x\r\nContent-Type: application/sdp\r\n\r\nm=audio x".encode(),
        f"SIP/2.0 999 Odd\r\n{VIA}{REST}\r\n".encode(),
        f"SIP/2.0 two OK\r\n{VIA}{REST}\r\n".encode(),
        f"NOTIFY sip:a@b SIP/2.0\r\n{VIA}{REST.replace('<sip:c@d>', '<sip:c@d>;tag=9')}\r\n".encode(),
        f"MESSAGE sip:a@b SIP/2.0\r\n{VIA}{REST}\r\n".encode(),
    ],
)
async def test_no_datagram_closes_the_door(datagram: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        async with door(parrot) as opened, telephone(opened.port) as stranger:
            stranger.send(datagram)
            await talks(opened.port)
    assert len(caplog.records) <= 1
    assert "fault" not in caplog.text


@pytest.mark.parametrize(
    "sent",
    [
        b"hello\r\n\r\n",
        b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 99999999\r\n\r\n",
        b"x" * 200_000,
        b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 50\r\n\r\nshort",
    ],
)
async def test_no_connection_closes_the_door(sent: bytes) -> None:
    async with door(parrot) as opened:
        reader, writer = await asyncio.open_connection("127.0.0.1", opened.port)
        writer.write(b"\r\n\r\n")
        assert await reader.readexactly(2) == b"\r\n"
        writer.write(sent)
        writer.write_eof()
        async with asyncio.timeout(5):
            try:
                assert await reader.read() == b""
            except ConnectionResetError:
                pass
        writer.close()
        await talks(opened.port)


async def test_closing_the_door_hangs_up_the_open_calls() -> None:
    port = free_port()
    async with telephone(port) as phone:
        async with door(parrot, sip_port=port):
            await phone.calls()
        await phone.hears(method="BYE")
