"""Calls that Twilio makes for us, with a double of its REST API, its callbacks and its media streams."""

from __future__ import annotations

import asyncio
import base64
import itertools
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import aiohttp
import numpy as np
import pytest
from aiohttp import web

from channels.phone.codec import encode_ulaw
from channels.phone.twilio_auth import signature
from channels.phone.twilio_door import TwilioDoor
from channels.phone.twilio_rest import TwilioRest
from core.call_ports import MediaTransport
from core.errors import ConfigError, NotAnsweredError
from tests.channels.doors import OnCall

SID, TOKEN, NUMBER = "AC1", "12345", "+18005551212"
LOUD = np.full(320, 0.2, dtype=np.float32)
SOUND = base64.b64encode(encode_ulaw(np.full(160, 4_000, dtype=np.int16))).decode()


@dataclass
class Call:
    """One call at Twilio: it follows TwiML until that ends."""

    twilio: Twilio
    sid: str
    caller: str
    heard: int = 0
    streams: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    following: asyncio.Task[None] | None = None

    def follow(self, twiml: str) -> None:
        if self.following:
            self.following.cancel()
        self.following = self.twilio.tasks.create_task(self._follow(twiml))

    async def _follow(self, twiml: str) -> None:
        order = ElementTree.fromstring(twiml)[0]  # noqa: S314 - our own words
        if order.tag == "Connect":
            await self._stream(order[0])
        elif order.tag == "Dial":
            self.follow_later(await self._dial(order))
            return
        self.over.set()

    def follow_later(self, twiml: str) -> None:
        self.following = None
        self.follow(twiml)

    async def _stream(self, stream: ElementTree.Element) -> None:
        parameters = {one.attrib["name"]: one.attrib["value"] for one in stream}
        self.streams += 1
        stream_id = f"MZ{self.sid}{self.streams}"
        start = {"streamSid": stream_id, "callSid": self.sid, "customParameters": parameters}
        async with self.twilio.http.ws_connect(stream.attrib["url"]) as media:
            await media.send_json({"event": "connected", "protocol": "Call"})
            await media.send_json({"event": "start", "streamSid": stream_id, "start": start})
            sound = {"event": "media", "streamSid": stream_id, "media": {"track": "inbound", "payload": SOUND}}
            try:
                await media.send_json(sound)
                async for message in media:
                    told = message.json()
                    assert told["streamSid"] == stream_id
                    self.heard += told["event"] == "media"
            except asyncio.CancelledError:
                await media.send_json({"event": "stop", "streamSid": stream_id})
                raise

    async def _dial(self, dial: ElementTree.Element) -> str:
        [leg] = dial
        outcome = self.twilio.phonebook[leg.text or ""]
        self.twilio.dialled.append((leg.tag, leg.text or ""))
        if outcome == "answered":
            assert leg.attrib["statusCallbackEvent"] == "answered"
            told = {"CallSid": "CAleg", "ParentCallSid": self.sid, "CallStatus": "in-progress"}
            await self.twilio.tell(leg.attrib["statusCallback"], told)
            await self.twilio.agent_is_done.wait()
            outcome = "completed"
        if outcome == "forever":
            await asyncio.Event().wait()
        form = {"CallSid": self.sid, "CallStatus": "in-progress", "DialCallStatus": outcome}
        return await self.twilio.tell(dial.attrib["action"], form)


@dataclass
class Twilio:
    """What of Twilio our door talks to."""

    http: aiohttp.ClientSession
    tasks: asyncio.TaskGroup
    phonebook: dict[str, str]
    calls: dict[str, Call] = field(default_factory=dict)
    dialled: list[tuple[str, str]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    agent_is_done: asyncio.Event = field(default_factory=asyncio.Event)
    token: str = TOKEN

    async def tell(self, url: str, form: dict[str, str]) -> str:
        headers = {"X-Twilio-Signature": signature(url, form.items(), self.token)}
        async with self.http.post(url, data=form, headers=headers) as response:
            assert response.status in (200, 204), await response.text()
            return await response.text()

    async def ring(self, url: str) -> Call:
        """Have somebody call us."""
        call = self.calls["CA1"] = Call(self, "CA1", "+14158675309")
        call.follow(await self.tell(url, {"CallSid": "CA1", "From": call.caller, "To": NUMBER}))
        return call

    async def begin(self, request: web.Request) -> web.Response:
        """POST /Calls.json."""
        form = dict(await request.post())
        self.asked.append(form)
        if request.headers.get("Authorization") != f"Basic {base64.b64encode(f'{SID}:{TOKEN}'.encode()).decode()}":
            return web.json_response({"code": 20003, "message": "Authenticate", "status": 401}, status=401)
        outcome = self.phonebook.get(str(form["To"]))
        if outcome is None:
            told = {
                "code": 21211,
                "message": f"The 'To' number {form['To']} is not a valid phone number.",
                "status": 400,
            }
            return web.json_response(told, status=400)
        sid = f"CA{len(self.calls) + 1}"
        self.calls[sid] = Call(self, sid, str(form["To"]))
        if outcome == "answered":
            self.calls[sid].follow(str(form["Twiml"]))
        elif outcome != "forever":
            told = {"CallSid": sid, "To": str(form["To"]), "CallStatus": outcome}
            self.tasks.create_task(self.tell(str(form["StatusCallback"]), told))
        return web.json_response({"sid": sid, "status": "queued"}, status=201)

    async def change(self, request: web.Request) -> web.Response:
        """POST /Calls/{sid}.json."""
        form = await request.post()
        call = self.calls.get(request.match_info["sid"])
        if call is None:
            return web.json_response({"code": 20404, "message": "not found", "status": 404}, status=404)
        if "Twiml" in form:
            call.follow(str(form["Twiml"]))
        else:
            if call.following:
                call.following.cancel()
            call.over.set()
        return web.json_response({"sid": call.sid})


@asynccontextmanager
async def world(on_call: OnCall, phonebook: dict[str, str], **options: Any) -> AsyncIterator[tuple[TwilioDoor, Twilio]]:
    """Open a door, and Twilio beside it."""
    before = asyncio.all_tasks()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with asyncio.timeout(30), aiohttp.ClientSession() as http:
        async with asyncio.TaskGroup() as tasks:
            twilio = Twilio(http, tasks, phonebook)
            app = web.Application()
            accounts = f"/2010-04-01/Accounts/{SID}"
            app.router.add_post(f"{accounts}/Calls.json", twilio.begin)
            app.router.add_post(f"{accounts}/Calls/{{sid}}.json", twilio.change)
            runner = web.AppRunner(app, shutdown_timeout=0.2)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            api = f"http://127.0.0.1:{runner.addresses[0][1]}"
            options = {"rest": TwilioRest(account_sid=SID, token=TOKEN, api=api), "number": NUMBER} | options
            address = f"http://127.0.0.1:{port}/twilio/voice"
            opened = TwilioDoor(
                "127.0.0.1", port, on_call=on_call, max_lines=2, auth_token=TOKEN, public_url=address, **options
            )
            running = tasks.create_task(opened.run())
            await opened.ready.wait()
            yield opened, twilio
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            for call in twilio.calls.values():
                if call.following:
                    call.following.cancel()
            await runner.cleanup()
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() <= before


def voice(opened: TwilioDoor) -> str:
    return f"http://127.0.0.1:{opened.port}/twilio/voice"


async def nobody(line: MediaTransport) -> None:
    raise AssertionError("no call was expected")


async def frames(line: MediaTransport, count: int) -> None:
    async for _ in line.frames_in():
        count -= 1
        if not count:
            return


@pytest.mark.parametrize(
    ("target", "noun"), [("+15551234", "Number"), ("sip:desk@example.com;transport=tls?a=1&b=2", "Sip")]
)
async def test_a_caller_is_put_through_when_and_only_when_somebody_answered(target: str, noun: str) -> None:
    told: list[bool] = []

    async def on_call(line: MediaTransport) -> None:
        told.append(await line.transfer(target))

    async with world(on_call, {target: "answered"}) as (opened, twilio):
        call = await twilio.ring(voice(opened))
        while not told:  # noqa: ASYNC110 - the test only looks
            await asyncio.sleep(0.02)
        assert told == [True]
        await asyncio.sleep(0.1)
        assert not call.over.is_set()  # our hanging up did not end the talk of the two
        twilio.agent_is_done.set()
        await call.over.wait()
    assert twilio.dialled == [(noun, target)]
    assert call.streams == 1


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed", "canceled"])
async def test_whom_nobody_answers_comes_back_to_the_same_call(outcome: str) -> None:
    told: list[bool] = []
    heard_before = itertools.count()

    async def on_call(line: MediaTransport) -> None:
        next(heard_before)
        await frames(line, 1)
        told.append(await line.transfer("+15551234"))
        for _ in range(10):
            await line.send(LOUD)
        await line.mark("a")
        await frames(line, 20)

    async with world(on_call, {"+15551234": outcome}) as (opened, twilio):
        call = await twilio.ring(voice(opened))
        await call.over.wait()
    assert told == [False]
    assert call.streams == 2
    assert call.heard >= 10
    assert next(heard_before) == 1, "the house held one call, not two"


async def test_a_transfer_that_twilio_refuses_leaves_the_call_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    told: list[bool] = []

    async def on_call(line: MediaTransport) -> None:
        told.append(await line.transfer("+15551234"))
        for _ in range(10):
            await line.send(LOUD)
        await frames(line, 20)

    async with world(on_call, {}) as (opened, twilio):
        twilio.calls.clear()
        call = await twilio.ring(voice(opened))
        twilio.calls.clear()  # Twilio knows nothing of it
        await call.over.wait()
    assert told == [False]
    assert (call.streams, call.heard) == (1, 10)
    assert "not found (status 404, code 20404)" in caplog.text


async def test_without_an_account_nobody_is_put_through(caplog: pytest.LogCaptureFixture) -> None:
    told: list[bool] = []

    async def on_call(line: MediaTransport) -> None:
        told.append(await line.transfer("+15551234"))

    async with world(on_call, {}, rest=None) as (opened, twilio):
        await (await twilio.ring(voice(opened))).over.wait()
        async with twilio.http.post(voice(opened).replace("voice", "answered"), data={}) as response:
            assert response.status == 403
    assert told == [False]
    assert "twilio_account_sid" in caplog.text


async def test_a_transfer_that_nobody_tells_the_end_of_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.phone.twilio_calling._RING_S", 0.2)
    monkeypatch.setattr("channels.phone.twilio_calling._GRACE_S", 0.2)
    monkeypatch.setattr("channels.phone.twilio._RETURN_S", 0.2)
    told: list[bool] = []

    async def on_call(line: MediaTransport) -> None:
        told.append(await line.transfer("+15551234"))
        async for _ in line.frames_in():
            pass
        told.append(True)

    async with world(on_call, {"+15551234": "forever"}) as (opened, twilio):
        await twilio.ring(voice(opened))
        while len(told) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert told == [False, True]


async def test_a_callback_that_twilio_did_not_sign_answers_nothing() -> None:
    told: list[bool] = []

    async def on_call(line: MediaTransport) -> None:
        told.append(await line.transfer("+15551234"))

    async with world(on_call, {"+15551234": "forever"}) as (opened, twilio):
        await twilio.ring(voice(opened))
        while not twilio.dialled:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        calling = opened.calling
        assert calling
        [key] = calling._transfers
        for name in ("answered", "ended"):
            url = voice(opened).replace("voice", f"{name}?key={key}")
            form = {"CallStatus": "in-progress", "DialCallStatus": "completed"}
            for headers in ({}, {"X-Twilio-Signature": signature(url, form.items(), "wrong")}):
                async with twilio.http.post(url, data=form, headers=headers) as response:
                    assert response.status == 403
            assert await twilio.tell(url.replace(key, "guess"), form) in ("", _hang_up())
        assert not calling._transfers[key].answered.done()
        assert told == []
    assert told == [False]  # the house closed


def _hang_up() -> str:
    return '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'


async def test_a_call_out_gives_the_line_of_who_answered() -> None:
    async with world(nobody, {"+86100": "answered"}) as (opened, twilio):
        assert opened.calling
        line = await opened.calling.dial("+86100", ring_s=20)
        assert line.caller == "+86100"
        await frames(line, 1)
        for _ in range(10):
            await line.send(LOUD)
        await asyncio.sleep(0.2)
        await line.hang_up()
        await twilio.calls["CA1"].over.wait()
        assert twilio.calls["CA1"].heard == 10
    [asked] = twilio.asked
    assert (asked["From"], asked["Timeout"]) == (NUMBER, "20")


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        ("busy", "the line is busy"),
        ("no-answer", "nobody answered"),
        ("failed", "no such number"),
        ("canceled", "cancelled"),
        (None, "not a valid phone number"),
    ],
)
async def test_a_call_out_that_nobody_answers_says_why(outcome: str | None, why: str) -> None:
    async with world(nobody, {"+86100": outcome} if outcome else {}) as (opened, _):
        assert opened.calling
        with pytest.raises(NotAnsweredError, match=why):
            await opened.calling.dial("+86100")
        assert opened.calling._dialling == {}


async def test_a_call_out_that_is_given_up_is_ended_at_twilio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.phone.twilio_calling._GRACE_S", 0.2)
    async with world(nobody, {"+86100": "forever"}) as (opened, twilio):
        assert opened.calling
        with pytest.raises(NotAnsweredError, match="not answered within"):
            await opened.calling.dial("+86100", ring_s=0.2)
        assert twilio.calls["CA1"].over.is_set()
        dialling = asyncio.create_task(opened.calling.dial("+86100"))
        while "CA2" not in twilio.calls:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        dialling.cancel()
        await asyncio.gather(dialling, return_exceptions=True)
        assert twilio.calls["CA2"].over.is_set()


async def test_an_account_that_is_refused_or_not_reached_is_told() -> None:
    wrong = TwilioRest(account_sid=SID, token="wrong", api="http://127.0.0.1:9")
    async with world(nobody, {}, rest=wrong) as (opened, twilio):
        assert opened.calling
        with pytest.raises(NotAnsweredError, match="cannot be reached"):
            await opened.calling.dial("+86100")
        assert "wrong" not in repr(wrong)
    async with world(nobody, {}, number="") as (opened, twilio):
        assert opened.calling
        with pytest.raises(ConfigError, match="twilio_number"):
            await opened.calling.dial("+86100")
        assert twilio.asked == []
