"""Put through: done only when the far side says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiosipua import SipRequest

from channels.phone.sip import line as sip_line
from core.call_ports import MediaTransport
from tests.channels.sip.packets import spoken
from tests.channels.sip.peers import FRAME, door
from tests.channels.sip.telephone import Telephone, telephone


@dataclass
class Clerk:
    """Put each caller through, and tell what came of it."""

    target: str = "8001"
    done: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def __call__(self, line: MediaTransport) -> None:
        self.done.set_result(await line.transfer(self.target))
        async for _ in line.frames_in():
            await line.send(FRAME)


@asynccontextmanager
async def asked_to_move(clerk: Clerk) -> AsyncIterator[tuple[Telephone, SipRequest]]:
    """Call, and be asked to call somebody else."""
    async with door(clerk) as opened, telephone(opened.port) as phone:
        await phone.calls()
        yield phone, await phone.hears(method="REFER")


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("8001", "<sip:8001@127.0.0.1>"),
        ("sip:li@192.0.2.1;transport=tcp", "<sip:li@192.0.2.1;transport=tcp>"),
        ("li@pbx.example", "<sip:li@pbx.example>"),
        ("tel:+8613800000000", "<tel:+8613800000000>"),
    ],
)
async def test_the_far_side_is_asked_and_its_word_that_somebody_answered_counts(target: str, address: str) -> None:
    clerk = Clerk(target)
    async with asked_to_move(clerk) as (phone, refer):
        assert refer.get_header("Refer-To") == address
        phone.reply(refer, 202)
        phone.tell("SIP/2.0 100 Trying")
        await phone.hears(200)
        phone.tell("SIP/2.0 180 Ringing")
        await phone.hears(200)
        assert not clerk.done.done()
        phone.tell("SIP/2.0 200 OK", "terminated;reason=noresource")
        assert await clerk.done


@pytest.mark.parametrize(
    ("status", "progress", "state"),
    [
        (603, "", ""),
        (202, "SIP/2.0 486 Busy Here", "terminated;reason=noresource"),
        (202, "SIP/2.0 180 Ringing", "terminated;reason=timeout"),
        (202, "", "terminated"),
        (202, "SIP/2.0 two hundred", "terminated"),
    ],
)
async def test_without_that_word_the_caller_stays_and_the_call_goes_on(status: int, progress: str, state: str) -> None:
    clerk = Clerk()
    async with asked_to_move(clerk) as (phone, refer):
        phone.reply(refer, status)
        if state:
            phone.tell(progress, state)
        assert not await clerk.done
        await phone.speak(spoken(5))
        assert await phone.sound(3)


async def test_a_far_side_that_tells_nothing_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sip_line, "_TRANSFER_S", 0.5)
    clerk = Clerk()
    async with asked_to_move(clerk) as (phone, refer):
        phone.reply(refer, 202)
        assert not await clerk.done


async def test_a_caller_who_hangs_up_meanwhile_was_not_put_through() -> None:
    clerk = Clerk()
    async with asked_to_move(clerk) as (phone, refer):
        phone.reply(refer, 202)
        phone.hang_up()
        assert not await clerk.done


@pytest.mark.parametrize("target", ["", "a b", "x>\r\nEvil: 1", "<sip:a>"])
async def test_what_is_no_address_is_not_asked_for(target: str) -> None:
    clerk = Clerk(target)
    async with door(clerk) as opened, telephone(opened.port) as phone:
        await phone.calls()
        assert not await clerk.done
