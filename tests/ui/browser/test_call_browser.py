"""The button "call us" in a real browser: what a customer presses, hears and is told."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from aiohttp import web
from playwright.async_api import Page, async_playwright, expect

from channels.phone.codec import Resampler
from channels.phone.webrtc_door import WebRtcDoor
from channels.web import House, make_app
from core.call_ports import MediaTransport
from core.config import Backends, Web
from core.registry import build
from tests.channels.web.scripted_clerk import ScriptedClerk
from tests.ui.browser.conftest import _QUIET
from voice.call import CallSession
from voice.call.conversation import House as CallHouse
from voice.call.conversation import Manners
from voice.call.phrases import Phrasebook
from voice.speaker import Speaker, build_speaker

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
OnCall = Callable[[MediaTransport], Awaitable[None]]

_PEERS = """
window.peers = [];
const Real = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Real {
  constructor(...given) { super(...given); window.peers.push(this); }
};
"""
_ENERGY = """async () => {
  for (const one of (await window.peers.at(-1).getStats()).values())
    if (one.type === 'inbound-rtp' && one.kind === 'audio') return one.totalAudioEnergy || 0;
  return 0;
}"""
LOUD = (0.3 * np.sin(2 * np.pi * 300 * np.arange(320) / 16_000)).astype(np.float32)


@asynccontextmanager
async def shop(clerk: ScriptedClerk, on_call: OnCall, max_lines: int = 4) -> AsyncIterator[str]:
    door = WebRtcDoor(on_call=on_call, max_lines=max_lines)
    running = asyncio.create_task(door.run())
    house = House(settings=Web(), clerk=clerk, secret_key=b"k" * 32, telephone=door)
    runner = web.AppRunner(make_app(house), shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await runner.cleanup()


@asynccontextmanager
async def visitor(microphone: Path) -> AsyncIterator[Page]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("Chromium is not installed: apt install chromium")
    arguments = [*_QUIET, f"--use-file-for-fake-audio-capture={microphone}"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=arguments)
        context = await browser.new_context(viewport={"width": 1200, "height": 800}, permissions=["microphone"])
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.add_init_script(_PEERS)
        try:
            yield page
        finally:
            await browser.close()
        assert errors == []


async def ring(page: Page, address: str, language: str = "en") -> None:
    await page.goto(f"{address}/?lang={language}")
    await page.get_by_role("button", name=re.compile("Open the shop|打开客服聊天")).click()
    await page.get_by_role("button", name=re.compile("^(Call us|打电话)$")).click()


async def talk(line: MediaTransport) -> None:
    async for _ in line.frames_in():
        await line.send(LOUD)


async def test_a_call_lasts_until_the_customer_hangs_up_and_keys_arrive(
    clerk: ScriptedClerk, tone: Path, shots: Path
) -> None:
    keys: list[str] = []
    heard: list[np.ndarray] = []
    over = asyncio.Event()

    async def on_call(line: MediaTransport) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(_collect(line, keys))
            async for frame in line.frames_in():
                heard.append(frame)
                await line.send(LOUD)
        over.set()

    async with shop(clerk, on_call) as address, visitor(tone) as page:
        await ring(page, address, "zh")
        bar = page.get_by_role("group", name="打电话")
        await expect(bar).to_contain_text(re.compile(r"0:0[1-9]"))
        assert await page.evaluate(_ENERGY) > 0.001
        await bar.get_by_role("button", name="拨号键").click()
        await bar.get_by_role("button", name="5", exact=True).click()
        await bar.get_by_role("button", name="#", exact=True).click()
        await page.screenshot(path=shots / "call-zh.png")
        await bar.get_by_role("button", name="静音").click()
        await expect(bar.get_by_role("button", name="取消静音")).to_be_visible()
        await asyncio.sleep(1.0)
        muted = np.concatenate(heard[-15:])
        await bar.get_by_role("button", name="挂断").click()
        await expect(page.get_by_role("status")).to_contain_text("通话结束")
        await expect(page.get_by_role("button", name="打电话")).to_be_visible()
        async with asyncio.timeout(15):
            await over.wait()
    assert keys == ["5", "#"]
    assert np.abs(np.concatenate(heard)).max() > 0.1
    assert np.abs(muted).max() < 0.01


async def _collect(line: MediaTransport, keys: list[str]) -> None:
    keys.extend([key async for key in line.dtmf()])


async def test_when_the_clerk_hangs_up_the_page_says_so_and_may_call_again(clerk: ScriptedClerk, tone: Path) -> None:
    async def on_call(line: MediaTransport) -> None:
        async with asyncio.timeout(1.5):
            await talk(line)

    async with shop(clerk, on_call) as address, visitor(tone) as page:
        await ring(page, address)
        await expect(page.get_by_role("status")).to_contain_text("Call ended 0:0")
        await page.get_by_role("button", name="Call us").click()
        await expect(page.get_by_role("group", name="Call us")).to_contain_text("0:01")


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_header_is_whole_beside_the_button(
    clerk: ScriptedClerk, tone: Path, shots: Path, width: int, language: str
) -> None:
    async with shop(clerk, talk) as address, visitor(tone) as page:
        await page.set_viewport_size({"width": width, "height": 700})
        await page.goto(f"{address}/?lang={language}")
        await page.get_by_role("button", name=re.compile("Open the shop|打开客服聊天")).click()
        await expect(page.get_by_role("button", name=re.compile("^(Call us|打电话)$"))).to_be_visible()
        for part in ("#zhanggui header", "#zhanggui header .who p"):
            cut = await page.locator(part).evaluate(
                "(one) => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight]"
            )
            assert max(cut) <= 0
        await page.screenshot(path=shots / f"header-{language}-{width}.png")


_REFUSING = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{name}'));"


@pytest.mark.parametrize(
    ("script", "zh", "en"),
    [
        (_REFUSING.format(name="NotAllowedError"), "麦克风没有被允许", "was not allowed"),
        (_REFUSING.format(name="NotFoundError"), "没有找到麦克风", "No microphone was found"),
        (_REFUSING.format(name="NotReadableError"), "别的程序占用", "Another program"),
        ("Object.defineProperty(window, 'isSecureContext', { value: false });", "https", "https"),
    ],
)
async def test_who_cannot_call_is_told_why(clerk: ScriptedClerk, tone: Path, script: str, zh: str, en: str) -> None:
    async with shop(clerk, talk) as address, visitor(tone) as page:
        await page.add_init_script(script)
        for language, words in (("zh", zh), ("en", en)):
            await ring(page, address, language)
            await expect(page.get_by_role("status")).to_contain_text(words)
            await page.evaluate("localStorage.clear()")


_STREAM_COMES_LATE = """
const Real = WebSocket;
window.WebSocket = class extends Real {
  set onopen(told) {
    super.onopen = (event) => setTimeout(() => { told(event); console.info('the stream came'); }, 1000);
  }
};
"""


async def test_a_shop_whose_lines_are_busy_says_so(clerk: ScriptedClerk, tone: Path) -> None:
    async with shop(clerk, talk, max_lines=0) as address, visitor(tone) as page:
        await page.add_init_script(_STREAM_COMES_LATE)
        busy = page.get_by_role("status")
        async with page.expect_console_message(lambda said: said.text == "the stream came"):
            await ring(page, address)
            await expect(busy).to_contain_text("All our lines are busy")
        await expect(busy).to_contain_text("All our lines are busy")  # what the stream says of itself does not hide it


async def test_a_shop_that_takes_no_calls_shows_no_button(page: Page, site: Any) -> None:
    address, _ = await site()
    await page.goto(f"{address}/?lang=en")
    await page.get_by_role("button", name="Open the shop").click()
    await expect(page.get_by_role("textbox")).to_be_visible()
    await expect(page.get_by_role("button", name="Call us")).to_have_count(0)


@pytest.mark.models
@pytest.mark.timeout(240)
async def test_a_spoken_question_is_answered_aloud_and_written_down(
    clerk: ScriptedClerk, models: Path, tmp_path: Path, shots: Path
) -> None:
    backends = Backends()
    speaker = build_speaker(backends, models)
    question = tmp_path / "question.wav"
    await _write_question(speaker, question)
    house = CallHouse(
        clerk=clerk,
        recognizer=build("asr", backends.asr, models),
        activity=build("vad", backends.vad, models),
        phrasebook=Phrasebook(speaker),
        language="en",
        greeting="Hello.",
        manners=Manners(filler_s=60, give_up_s=90, silence_s=60),
    )
    calls = CallSession(house)
    await calls.prepare()
    async with shop(clerk, calls.hold) as address, visitor(question) as page:
        await ring(page, address)
        await expect(page.get_by_role("group", name="Call us")).to_contain_text(re.compile(r"0:0[1-9]"), timeout=60_000)
        greeted = await page.evaluate(_ENERGY)
        assert greeted > 0.0005
        log = page.get_by_role("log")
        await expect(log).to_contain_text("Your order #W1001 has shipped", timeout=120_000)
        await expect(log).to_contain_text(re.compile("when will my order arrive", re.I))
        await page.wait_for_timeout(2_500)
        await page.screenshot(path=shots / "call-en.png")
        assert await page.evaluate(_ENERGY) > 1.5 * greeted
    [conversation] = clerk.conversations.values()
    assert "order" in conversation[0].message.text.lower()
    assert conversation[0].message.channel == "phone"


async def _write_question(speaker: Speaker, file: Path) -> None:
    pieces = [piece async for piece in speaker.speak("When will my order arrive?", "en", rate_hz=16_000)]
    hush = np.zeros(16_000 * 5, dtype=np.float32)
    sound = Resampler(16_000, 48_000)(np.concatenate([hush, *pieces, hush, hush]))
    await asyncio.to_thread(soundfile.write, file, sound, 48_000, subtype="PCM_16")  # which the browser plays in a loop


@pytest.mark.parametrize(("state", "words"), [("failed", "did not get through"), ("connected", "connection was lost")])
async def test_a_call_that_the_network_ends_is_told_once(
    clerk: ScriptedClerk, tone: Path, state: str, words: str
) -> None:
    async with shop(clerk, talk) as address, visitor(tone) as page:
        if state == "failed":
            await page.add_init_script("RTCPeerConnection.prototype.setRemoteDescription = async () => {};")
        await ring(page, address)
        bar = page.get_by_role("group", name="Call us")
        await expect(bar).to_contain_text("Calling" if state == "failed" else "0:01")
        while not await page.evaluate("window.peers.length"):  # noqa: ASYNC110 - the test only looks
            await asyncio.sleep(0.05)
        await page.evaluate(
            """() => {
              const peer = window.peers.at(-1);
              Object.defineProperty(peer, 'connectionState', { value: 'failed' });
              peer.onconnectionstatechange();
              peer.onconnectionstatechange();
            }"""
        )
        await expect(page.get_by_role("status")).to_contain_text(words)
        await expect(bar).to_be_hidden()
        await expect(page.get_by_role("button", name="Call us")).to_be_visible()
