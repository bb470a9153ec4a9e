"""Calls from a browser: the same library plays the browser here; tests/ui/browser has a real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from fractions import Fraction

import numpy as np
import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

from channels.phone.codec import to_int16
from channels.phone.webrtc_door import WebRtcDoor
from core.call_ports import MediaTransport
from core.errors import BusyError, MediaError
from tests.channels.doors import OnCall, nobody

TONE = (0.25 * np.sin(2 * np.pi * 450 * np.arange(960) / 48_000)).astype(np.float32)
LOUD = np.full(320, 0.2, dtype=np.float32)


class Microphone(MediaStreamTrack):
    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.frames = 0

    async def recv(self) -> AudioFrame:
        await asyncio.sleep(0.02)
        frame = AudioFrame.from_ndarray(np.repeat(to_int16(TONE), 2)[None, :], format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, self.frames * 960, Fraction(1, 48_000)
        self.frames += 1
        return frame


class Page:
    """A page in a browser."""

    def __init__(self, microphone: MediaStreamTrack | None = None) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.peer.addTrack(microphone or Microphone())
        self.keys = self.peer.createDataChannel("keys")
        self.open = asyncio.Event()
        self.closed = asyncio.Event()
        self.heard: list[np.ndarray] = []
        self.listening: asyncio.Task[None] | None = None
        self.keys.on("open", self.open.set)
        self.keys.on("close", self.closed.set)
        self.peer.on("track", self._listen)

    def _listen(self, track: MediaStreamTrack) -> None:
        self.listening = asyncio.create_task(self._hear(track))

    async def _hear(self, track: MediaStreamTrack) -> None:
        try:
            while True:
                frame = await track.recv()
                assert isinstance(frame, AudioFrame)
                self.heard.append(frame.to_ndarray().reshape(-1, 2)[:, 0])
        except MediaStreamError:
            pass

    async def offer(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return str(self.peer.localDescription.sdp)

    async def call(self, door: WebRtcDoor, conversation_id: str = "c1") -> None:
        answer = await door.answer(conversation_id, await self.offer())
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))

    async def leave(self) -> None:
        await self.peer.close()
        if self.listening:
            await self.listening


@asynccontextmanager
async def door(on_call: OnCall, max_lines: int = 4) -> AsyncIterator[WebRtcDoor]:
    before = asyncio.all_tasks()
    opened = WebRtcDoor(on_call=on_call, max_lines=max_lines)
    running = asyncio.create_task(opened.run())
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        try:
            yield opened
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    for _ in range(20):
        await asyncio.sleep(0.05)
        if asyncio.all_tasks() <= before:
            return
    raise AssertionError(f"left running: {asyncio.all_tasks() - before}")


async def test_sound_and_keys_are_carried_both_ways_and_the_line_names_its_conversation() -> None:
    came: list[np.ndarray] = []
    keys: list[str] = []
    lines: list[MediaTransport] = []

    async def on_call(line: MediaTransport) -> None:
        lines.append(line)
        async with asyncio.TaskGroup() as both:
            both.create_task(_watch(line, keys))
            async for frame in line.frames_in():
                came.append(frame)
                await line.send(frame)
                if len(came) == 110:
                    await line.mark("a")
                    await line.played("a")
                    for _ in range(5):
                        await line.send(LOUD)
                    await asyncio.sleep(0.1)
                    assert await line.flush() == 100

    page = Page()
    async with door(on_call) as opened:
        await page.call(opened)
        await page.open.wait()
        page.keys.send("5")
        page.keys.send("not a key")
        while len(came) < 130:  # noqa: ASYNC110 - the test only looks
            await asyncio.sleep(0.05)
        await page.leave()
        while opened._lines:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert all(frame.shape == (320,) for frame in came)
    spectrum = np.abs(np.fft.rfft(np.concatenate(came[50:100])))
    assert spectrum.argmax() == pytest.approx(450, abs=3)
    assert np.abs(np.concatenate(came[50:100])).max() == pytest.approx(0.25, rel=0.2)
    assert np.abs(np.concatenate(page.heard[50:100]).astype(int)).max() == pytest.approx(0.25 * 32_768, rel=0.2)
    assert keys == ["5"]
    assert (lines[0].call_id, lines[0].conversation_id) == ("c1", "c1")  # type: ignore[attr-defined]
    assert lines[0].quality().received > 50
    assert lines[0].quality().lost == 0


async def _watch(line: MediaTransport, keys: list[str]) -> None:
    keys.extend([key async for key in line.dtmf()])


async def test_when_the_clerk_hangs_up_the_browser_is_told() -> None:
    async def on_call(line: MediaTransport) -> None:
        await line.send(LOUD)

    page = Page()
    async with door(on_call) as opened:
        await page.call(opened)
        await page.closed.wait()
        await page.leave()


async def test_a_fault_of_the_house_ends_its_own_call_only(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[str] = []

    async def on_call(line: MediaTransport) -> None:
        calls.append(line.call_id)
        raise RuntimeError("boom")

    first, second = Page(), Page()
    async with door(on_call) as opened:
        for page in (first, second):
            await page.call(opened, f"c{len(calls)}")
            await page.closed.wait()
            await page.leave()
    assert calls == ["c0", "c1"]
    assert "ended by a fault" in caplog.text


async def test_a_page_that_is_loaded_again_takes_the_place_of_the_old_one() -> None:
    ended: list[int] = []

    async def on_call(line: MediaTransport) -> None:
        async for _ in line.frames_in():
            pass
        ended.append(1)

    old, new = Page(), Page()
    async with door(on_call, max_lines=1) as opened:
        await old.call(opened)
        await old.open.wait()
        with pytest.raises(BusyError):
            await new.call(opened, "another conversation")
        again = Page()
        await again.call(opened)
        await old.closed.wait()
        await again.open.wait()
        assert len(ended) == 1
        for page in (old, new, again):
            await page.leave()


async def test_a_page_that_is_loaded_again_twice_at_once_has_one_call() -> None:
    async def on_call(line: MediaTransport) -> None:
        async for _ in line.frames_in():
            pass

    old, first, last = Page(), Page(), Page()
    async with door(on_call, max_lines=1) as opened:
        await old.call(opened)
        await old.open.wait()
        await asyncio.gather(first.call(opened), last.call(opened), return_exceptions=True)
        await old.closed.wait()
        await last.open.wait()
        assert len(opened._lines) == 1
        assert len(opened._calls._tasks) == 1  # type: ignore[union-attr]  # what is held, whatever is on the list
        for page in (old, first, last):
            await page.leave()


async def test_a_browser_that_never_comes_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("channels.phone.webrtc_door._CONNECT_S", 0.3)
    page = Page()
    async with door(nobody) as opened:
        await opened.answer("c1", await page.offer())
        await page.peer.close()
        while opened._lines:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert "could not be reached" in caplog.text


VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:2\r\na=rtpmap:96 VP8/90000\r\na=sendrecv\r\n"
FLOOD = "".join(f"a=candidate:{n} 1 udp 1 10.0.0.1 {1000 + n} typ host\r\n" for n in range(100))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sdp: "",
        lambda sdp: "v=0",
        lambda sdp: "\x00" * 50,
        lambda sdp: sdp[: len(sdp) // 3],
        lambda sdp: sdp.replace("m=audio", "m=text"),
        lambda sdp: sdp + VIDEO,
        lambda sdp: sdp + FLOOD,
        lambda sdp: sdp.replace("a=fingerprint", "a=finger"),
        lambda sdp: sdp.replace("opus", "mp3").replace("PCMU", "x").replace("PCMA", "y").replace("G722", "z"),
        lambda sdp: sdp.replace("a=ice-ufrag", "a=ice"),
        lambda sdp: sdp.replace("a=setup:actpass", "a=setup:sideways"),
    ],
)
async def test_an_offer_that_is_none_is_refused_and_the_door_stays_open(spoil: Callable[[str], str]) -> None:
    page = Page()
    async with door(nobody) as opened:
        with pytest.raises(MediaError):
            await opened.answer("c1", spoil(await page.offer()))
        assert opened._lines == {}
        await page.leave()
