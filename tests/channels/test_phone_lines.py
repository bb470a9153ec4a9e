"""All lines as one channel."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime
from types import MappingProxyType

import pytest
from pydantic import SecretStr

from channels.phone import PhoneLines
from core.call_ports import MediaTransport
from core.config import Phone
from core.errors import ConfigError
from core.types import Message, Percept, Reply, TextPart, Turn, Understanding


async def nobody(line: MediaTransport) -> None:
    raise AssertionError("no call was expected")


def lines(**settings: object) -> PhoneLines:
    ports = {"audiosocket_port": 0, "sip_port": 0, "twilio_port": 0}
    return PhoneLines(Phone.model_validate(ports | settings), on_call=nobody)


async def test_both_doors_open_and_close_together() -> None:
    before = asyncio.all_tasks()
    phone = lines(twilio_auth_token=SecretStr("t"))
    running = asyncio.create_task(phone.run())
    assert phone.twilio is not None
    async with asyncio.timeout(5):
        await phone.audiosocket.ready.wait()
        await phone.twilio.ready.wait()
        assert phone.sip is not None
        await phone.sip.ready.wait()
    assert phone.audiosocket.port != phone.twilio.port
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not phone.audiosocket.ready.is_set()
    assert asyncio.all_tasks() <= before


def test_without_a_token_there_is_no_twilio_door() -> None:
    assert lines().twilio is None


def test_unsigned_calls_from_the_network_are_refused_before_anything_listens() -> None:
    with pytest.raises(ConfigError, match="twilio_host must be a loopback"):
        lines(twilio_unsigned=True, twilio_host="192.0.2.1")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"sip_user": "shop"}, "a user and a password go together"),
        ({"sip_password": SecretStr("x")}, "a user and a password go together"),
        ({"rtp_first_port": 20_000, "rtp_last_port": 20_000}, "rtp_last_port = 20000: must be above"),
    ],
)
def test_settings_of_sip_that_do_not_fit_together_are_refused(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        lines(**settings)


@pytest.mark.parametrize("door", ["audiosocket", "sip", "twilio"])
async def test_a_port_in_use_is_named(door: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        phone = lines(twilio_auth_token=SecretStr("t"), **{f"{door}_port": port})
        with pytest.raises(ConfigError, match=f"phone.{door}_port = {port}"):
            async with asyncio.timeout(10):
                await phone.run()


async def test_a_reply_needs_no_delivery_for_the_call_has_spoken_it() -> None:
    message = Message(
        id="m",
        channel="phone",
        external_id="c:1",
        conversation_id="phone:c",
        sender_id="",
        received_at=datetime.now(UTC),
        trace_id="t",
    )
    reply = Reply(id="r", turn_id="t", seq=0, parts=(TextPart(text="Hello."),), language="en")
    turn = Turn(
        id="t",
        message=message,
        percept=Percept(message_id="m"),
        understanding=Understanding(commands=()),
        actions=(),
        replies=(reply,),
        timings=MappingProxyType({}),
        outcome="answered",
    )
    phone = lines()
    assert phone.name == "phone"
    await phone.deliver(turn, reply)
