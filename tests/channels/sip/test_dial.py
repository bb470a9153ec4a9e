"""Calls that we make."""

from __future__ import annotations

import asyncio
import time

import pytest

from channels.phone.sip import dial as sip_dial
from core.errors import NotAnsweredError
from tests.channels.doors import nobody
from tests.channels.sip.packets import spoken
from tests.channels.sip.peers import FRAME, door, free_port
from tests.channels.sip.telephone import Telephone, telephone


def address(phone: Telephone) -> str:
    host, port = phone.sip.get_extra_info("sockname")
    return f"sip:li@{host}:{port}"


async def test_who_answers_hears_us_and_is_heard_until_he_hangs_up() -> None:
    async with door(nobody) as opened, telephone(opened.port) as phone:
        dialling = asyncio.create_task(opened.dial(address(phone), ring_s=10))
        invite = await phone.hears(method="INVITE")
        phone.reply(invite, 180)
        phone.reply(invite, 200, phone.offer(formats="8 101"))
        line = await dialling
        ack = await phone.hears(method="ACK")
        assert ack.cseq.seq == invite.cseq.seq
        phone.reply(invite, 200, phone.offer(formats="8 101"))  # our ACK was lost
        assert bytes(await phone.hears(method="ACK")) == bytes(ack)
        phone.sound_at = ("127.0.0.1", int(invite.text.split("m=audio ")[1].split()[0]))
        await line.send(FRAME)
        assert [packet.payload_type for packet in await phone.sound(1)] == [8]
        await phone.speak(spoken(5))
        assert (await anext(line.frames_in())).any()
        assert line.caller == "li"
        await line.hang_up()
        await phone.hears(method="BYE")


async def test_who_answers_in_the_moment_that_we_give_up_is_hung_up_on() -> None:
    async with door(nobody) as opened, telephone(opened.port) as phone:
        dialling = asyncio.create_task(opened.dial(address(phone), ring_s=1))
        invite = await phone.hears(method="INVITE")
        phone.reply(invite, 180)
        await phone.hears(method="CANCEL")
        phone.reply(invite, 200, phone.offer())
        await phone.hears(method="ACK")
        await phone.hears(method="BYE")
        with pytest.raises(NotAnsweredError, match="nobody answered within 1 s"):
            await dialling


async def test_a_telephone_that_wakes_up_after_we_gave_up_does_not_ring_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sip_dial, "_GIVE_UP_S", 0.1)
    async with door(nobody) as opened, telephone(opened.port) as phone:
        with pytest.raises(NotAnsweredError):
            await opened.dial(address(phone), ring_s=0.2)
        phone.reply(await phone.hears(method="INVITE"), 180)
        await phone.hears(method="CANCEL")


async def test_an_answer_without_sound_that_we_speak_is_no_answer() -> None:
    async with door(nobody) as opened, telephone(opened.port) as phone:
        dialling = asyncio.create_task(opened.dial(address(phone), ring_s=10))
        phone.reply(await phone.hears(method="INVITE"), 200, phone.offer(formats="18"))
        await phone.hears(method="BYE")
        with pytest.raises(NotAnsweredError, match="no line of sound in G.711"):
            await dialling


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("8001", "8001: a number needs a provider"),
        ("(020) 8001-23", "020800123: a number needs a provider"),
        ("", "no such address"),
        ("a b", "no such address"),
        ("sip:a@no-such-host.invalid", "no such address"),
        ("sips:a@127.0.0.1", "TLS"),
        (f"sip:a@127.0.0.1:{free_port()};transport=tcp", "no such address"),
    ],
)
async def test_what_cannot_be_called_is_told_at_once(target: str, why: str) -> None:
    began = time.monotonic()
    async with door(nobody) as opened:
        with pytest.raises(NotAnsweredError, match=why):
            await opened.dial(target, ring_s=30)
    assert time.monotonic() - began < 20


async def test_a_call_that_nobody_waits_for_any_more_stops_ringing() -> None:
    async with door(nobody) as opened, telephone(opened.port) as phone:
        dialling = asyncio.create_task(opened.dial(address(phone), ring_s=30))
        invite = await phone.hears(method="INVITE")
        phone.reply(invite, 180)
        await asyncio.sleep(0.1)
        dialling.cancel()
        await phone.hears(method="CANCEL")
        phone.reply(invite, 487)
        await phone.hears(method="ACK")
