"""Headless Chromium, and a shop with the widget to visit."""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import struct
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from aiohttp import web
from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page, async_playwright, expect

from channels.web import House, make_app
from core.config import Web
from tests.channels.web.scripted_clerk import ScriptedClerk
from tests.perception.films import film

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Return where screenshots go: ZHANGGUI_SCREENSHOTS, or a folder that pytest clears away."""
    folder = Path(os.environ.get("ZHANGGUI_SCREENSHOTS", tmp_path / "shots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a recording that the browser's made-up microphone plays."""
    file = tmp_path_factory.mktemp("microphone") / "tone.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(
            b"".join(
                struct.pack("<h", int(9000 * math.sin(index * math.tau * 440 / 48_000))) for index in range(48_000)
            )
        )
    return file


@pytest.fixture
def cup(tmp_path: Path) -> Path:
    """Return a photo larger than what the widget sends."""
    file = tmp_path / "cup.png"
    picture = Image.new("RGB", (2400, 1800), "#f4f1ec")
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((900, 300, 1500, 1600), 90, fill="#2f5d8a")
    pen.rounded_rectangle((980, 180, 1420, 380), 40, fill="#22313f")
    picture.save(file)
    return file


@pytest.fixture
def cup_clip(tmp_path: Path, cup: Path) -> Path:
    """Return three seconds of a camera that comes nearer to the cup, with a tone for what is said."""
    picture = Image.open(cup)
    near = [picture.crop((9 * at, 7 * at, 2400 - 9 * at, 1800 - 7 * at)).resize((640, 480)) for at in range(30)]
    sound = np.sin(np.arange(48_000) * math.tau * 440 / 16_000) * 0.3
    file = tmp_path / "cup.mp4"
    file.write_bytes(film([np.asarray(each) for each in near], sound=sound))
    return file


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser(tone: Path) -> AsyncIterator[Browser]:
    """Return headless Chromium with a made-up microphone."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("Chromium is not installed: apt install chromium")
    async with async_playwright() as playwright:
        arguments = [*_QUIET, f"--use-file-for-fake-audio-capture={tone}"]
        browser = await playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Return a page on a desktop that fails the test when its scripts fail or when it calls outside."""
    context = await browser.new_context(viewport={"width": 1200, "height": 800}, permissions=["microphone"])
    page = await context.new_page()
    errors: list[str] = []
    # Gradio's own client aborts its event stream when a page closes, and does not catch what that throws.
    page.on("pageerror", lambda error: "signal is aborted" in str(error) or errors.append(str(error)))
    page.on("request", lambda request: _inside(request.url) or errors.append(f"called outside: {request.url}"))
    yield page
    await context.close()
    assert errors == []


def _inside(url: str) -> bool:
    return url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "blob:", "data:"))


@pytest_asyncio.fixture(loop_scope="module")
async def clerk(tmp_path: Path, tone: Path, cup: Path) -> ScriptedClerk:
    clerk = ScriptedClerk(tmp_path / "blobs", pace_s=0.05)
    clerk.spoken = await clerk.blobs.put(await asyncio.to_thread(tone.read_bytes))
    clerk.picture = await clerk.blobs.put(await asyncio.to_thread(cup.read_bytes))
    return clerk


Site = Callable[..., Awaitable[tuple[str, web.AppRunner]]]


@pytest_asyncio.fixture(loop_scope="module")
async def site(clerk: ScriptedClerk) -> AsyncIterator[Site]:
    """Return a function that opens the shop (again on the same port, if given) and returns its address."""
    async with AsyncExitStack() as stack:

        async def open_shop(port: int = 0) -> tuple[str, web.AppRunner]:
            house = House(settings=Web(), clerk=clerk, secret_key=b"k" * 32)
            runner = web.AppRunner(make_app(house), shutdown_timeout=0.2)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
            return f"http://127.0.0.1:{runner.addresses[0][1]}", runner

        yield open_shop
