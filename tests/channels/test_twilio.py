"""The Twilio door: signatures, TwiML, and Media Streams by a simulator that nobody here wrote."""

from __future__ import annotations

import asyncio
import base64
import logging
import re
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import numpy as np
import pytest
from streamdouble import api, scenario
from streamdouble.session import SessionConfig

from channels.phone.codec import decode_ulaw, encode_ulaw
from channels.phone.twilio_auth import Passes, signature
from channels.phone.twilio_door import TwilioDoor
from core.call_ports import MediaTransport
from core.errors import ConfigError
from tests.channels.doors import OnCall, nobody, open_door, parrot

TOKEN = "12345"
PUBLIC = "https://shop.example.com/twilio/voice"
FORM = {"CallSid": "CA1", "From": "+14158675309", "To": "+18005551212", "Digits": ""}
TONE = (8_000 * np.sin(2 * np.pi * 400 * np.arange(8_000) / 8_000)).astype(np.int16)
QUICK = SessionConfig(response_timeout_s=3, quiet_period_s=0.3, max_drain_s=5)


def door(on_call: OnCall, max_lines: int = 4, **options: Any) -> AbstractAsyncContextManager[TwilioDoor]:
    options = {"auth_token": TOKEN, "public_url": PUBLIC} | options
    closed = TwilioDoor("127.0.0.1", 0, on_call=on_call, max_lines=max_lines, **options)
    return open_door(closed, within_s=30, settle_s=0.05)


def unsigned(on_call: OnCall, max_lines: int = 4) -> Any:
    return door(on_call, max_lines, auth_token="", public_url="", unsigned=True)


def media(opened: TwilioDoor) -> str:
    return f"ws://127.0.0.1:{opened.port}/twilio/media"


async def ring(opened: TwilioDoor, token: str = TOKEN, url: str = PUBLIC) -> tuple[int, str]:
    """Call the webhook as Twilio does."""
    headers = {"X-Twilio-Signature": signature(url, FORM.items(), token)}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"http://127.0.0.1:{opened.port}/twilio/voice", data=FORM, headers=headers) as response,
    ):
        return response.status, await response.text()


def frames(samples: np.ndarray) -> list[bytes]:
    data = encode_ulaw(samples)
    return [data[start : start + 160] for start in range(0, len(data) - 159, 160)]


def test_the_signature_is_the_one_of_twilios_own_documentation() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature(url, fields.items(), "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_pass_opens_once_and_a_guess_never() -> None:
    passes = Passes()
    key = passes.issue("+1")
    assert passes.redeem("guess") is None
    assert passes.redeem("") is None
    assert passes.redeem(key) == "+1"
    assert passes.redeem(key) is None


@pytest.mark.parametrize(
    ("host", "options", "told"),
    [
        ("127.0.0.1", {"auth_token": ""}, "twilio_auth_token"),
        ("0.0.0.0", {"auth_token": "", "unsigned": True}, "loopback"),  # noqa: S104 - refusing it is the test
        ("shop.example.com", {"auth_token": "", "unsigned": True}, "loopback"),
    ],
)
def test_a_door_that_strangers_could_open_is_not_built(host: str, options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        TwilioDoor(host, 0, on_call=nobody, max_lines=1, **options)


async def test_the_webhook_answers_a_signed_call_with_a_stream_and_refuses_others() -> None:
    async with door(nobody) as opened:
        status, twiml = await ring(opened)
        assert status == 200
        assert '<Stream url="wss://shop.example.com/twilio/media">' in twiml
        assert re.search(r'<Parameter name="pass" value="[\w-]{30,}"/>', twiml)
        assert (await ring(opened, token="wrong"))[0] == 403
        assert (await ring(opened, url="https://evil.example.com/"))[0] == 403
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"http://127.0.0.1:{opened.port}/twilio/voice", data=FORM) as response,
        ):
            assert response.status == 403


@pytest.mark.peer
async def test_a_call_from_webhook_to_hang_up_carries_sound_both_ways() -> None:
    calls: list[MediaTransport] = []

    async def on_call(line: MediaTransport) -> None:
        calls.append(line)
        await parrot(line)

    async with door(on_call) as opened:
        _, twiml = await ring(opened)
        key = re.search(r'value="([^"]+)"', twiml)[1]  # type: ignore[index]  # no match fails the test
        config = SessionConfig(response_timeout_s=3, quiet_period_s=0.3, max_drain_s=5, custom_parameters={"pass": key})
        report = await api.call(media(opened), frames=frames(TONE), config=config)
        again = await api.call(media(opened), frames=frames(TONE[:1_600]), config=config)
    assert report.violations == []
    assert report.passed
    heard = decode_ulaw(report.audio_received)
    assert (np.abs(heard) > 1_000).sum() > 6_500
    assert np.abs(heard.astype(int)).max() == pytest.approx(8_000, rel=0.1)
    assert [line.caller for line in calls] == ["+14158675309"]
    assert calls[0].call_id.startswith("CA")
    assert not again.spoke, "a pass must not open twice"


@pytest.mark.peer
async def test_a_stream_without_a_pass_is_closed() -> None:
    async with door(nobody) as opened:
        report = await api.call(media(opened), frames=frames(TONE), config=QUICK)
    assert report.result.closed_by == "agent"
    assert not report.spoke


@pytest.mark.peer
async def test_marks_come_back_when_played_and_silence_is_not_sent() -> None:
    order: list[str] = []

    async def on_call(line: MediaTransport) -> None:
        loud, hush = np.full(320, 0.2, dtype=np.float32), np.zeros(320, dtype=np.float32)
        for _ in range(20):
            await line.send(loud)
        for _ in range(200):
            await line.send(hush)
        await line.mark("a")
        order.append("marked")
        await line.played("a")
        order.append("played")
        await line.mark("b")
        assert await line.flush() == 0
        await line.played("b")
        await line.played("never-set")
        order.append("flushed")

    async with unsigned(on_call) as opened:
        report = await api.call(media(opened), frames=frames(np.zeros(16_000, dtype=np.int16)), config=QUICK)
    assert order == ["marked", "played", "flushed"]
    assert report.violations == []
    assert len(report.result.marks_received) == 4  # two of the session, two of the line's own after 200 ms each
    assert report.result.clears_received == 1
    assert report.result.media_frames_received == 25


@pytest.mark.peer
async def test_an_interruption_with_ten_seconds_queued_tells_what_was_played() -> None:
    told: list[float] = []

    async def on_call(line: MediaTransport) -> None:
        await line.mark("begin")
        for _ in range(500):
            await line.send(np.full(320, 0.2, dtype=np.float32))
        await line.mark("end")
        await asyncio.sleep(2.0)
        told.append(await line.flush())
        await asyncio.wait_for(line.played("end"), 1)

    async with unsigned(on_call) as opened:
        hush = frames(np.zeros(40_000, dtype=np.int16))
        report = await api.call(media(opened), frames=hush, config=QUICK)
    events = report.result.events
    began = next(event.at for event in events if event.kind == "media_received")
    cleared = next(event.at for event in events if event.kind == "clear_received")
    assert report.result.media_frames_received == 500
    assert report.result.clears_received == 1
    assert told[0] == pytest.approx((cleared - began) * 1000, abs=150)
    assert told[0] < 4_000


@pytest.mark.peer
async def test_keys_arrive_and_an_abrupt_hang_up_ends_the_call() -> None:
    keys: list[str] = []
    over = asyncio.Event()

    async def on_call(line: MediaTransport) -> None:
        keys.extend([key async for key in line.dtmf()])
        async for _ in line.frames_in():
            pass
        over.set()

    script = scenario.Scenario("keys", [scenario.Dtmf("12#"), scenario.Wait(0.1), scenario.Hangup()])
    async with unsigned(on_call) as opened:
        await api.run_scenario(media(opened), script, config=QUICK)
        await over.wait()
    assert keys == ["1", "2", "#"]


START = {
    "event": "start",
    "sequenceNumber": "1",
    "streamSid": "MZ1",
    "start": {"streamSid": "MZ1", "callSid": "CA1", "customParameters": {}},
}
BAD = [
    "not json",
    "[]",
    '"text"',
    "{}",
    '{"event": 5}',
    '{"event": "media"}',
    '{"event": "media", "media": "x"}',
    '{"event": "media", "media": {"payload": "***"}}',
    '{"event": "media", "media": {"payload": 7}}',
    '{"event": "dtmf", "dtmf": {"digit": "99"}}',
    '{"event": "mark", "mark": null}',
    '{"event": "something new"}',
    '{"event": "stop", "streamSid": "MZ-of-another-call"}',
    '{"event": "dtmf", "streamSid": "MZ-of-another-call", "dtmf": {"digit": "1"}}',
    '{"event": "start", "streamSid": "MZ1", "start": {"streamSid": "MZ1", "callSid": "CA2"}}',
    "[" * 60_000,
]


async def test_malformed_messages_are_skipped_and_the_call_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async with (
        unsigned(parrot) as opened,
        aiohttp.ClientSession() as http,
        http.ws_connect(media(opened)) as socket,
    ):
        for text in BAD:
            await socket.send_str(text)
        await socket.send_json(START)
        with caplog.at_level(logging.WARNING):
            for text in BAD:
                await socket.send_str(text)
            await socket.send_bytes(b"\x00")
            for payload in frames(TONE[:3_200]):
                await socket.send_json(
                    {"event": "media", "media": {"track": "inbound", "payload": base64.b64encode(payload).decode()}}
                )
            answer = await socket.receive_json(timeout=5)
    assert answer["event"] == "media"
    assert answer["streamSid"] == "MZ1"
    assert len(base64.b64decode(answer["media"]["payload"])) == 160
    assert "not a JSON object" in caplog.text


async def test_a_flood_of_malformed_messages_ends_the_call_and_the_door_stays_open() -> None:
    async with unsigned(parrot) as opened, aiohttp.ClientSession() as http:
        async with http.ws_connect(media(opened)) as socket:
            await socket.send_json(START)
            for _ in range(60):
                await socket.send_str("not json")
            assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
        report = await api.call(media(opened), frames=frames(TONE[:3_200]), config=QUICK)
        assert report.spoke


async def test_calls_beyond_the_limit_are_closed_and_a_fault_is_one_calls_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def boom(line: MediaTransport) -> None:
        raise RuntimeError("boom")

    async with unsigned(parrot, max_lines=1) as opened, aiohttp.ClientSession() as http:
        async with http.ws_connect(media(opened)), http.ws_connect(media(opened)) as second:
            assert (await second.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    async with unsigned(boom) as opened, aiohttp.ClientSession() as http:
        async with http.ws_connect(media(opened)) as socket:
            await socket.send_json(START)
            assert (await socket.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE
    assert "ended by a fault" in caplog.text
