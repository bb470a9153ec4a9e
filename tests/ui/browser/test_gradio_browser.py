"""The demonstration page in a real browser."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.ui.browser.conftest import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("default"),  # Gradio itself uses deprecated parts of pandas
]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(site: Site) -> AsyncIterator[str]:
    from ui.gradio_page import serve_on  # seconds to import, so only where it is used

    api, _ = await site()
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(serve_on(listener, api))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


async def ask(page: Page, text: str) -> None:
    """Type and press Enter, again if need be: a page that is still waking up may miss the first time."""
    box = page.get_by_role("textbox").first
    for _ in range(8):
        await box.fill("")  # or the second time would change nothing, and a page that missed the first would not see it
        await box.fill(text)
        await page.keyboard.press("Enter")
        with contextlib.suppress(AssertionError):
            await expect(page.get_by_role("log")).to_contain_text(text[:50], timeout=10_000)
            return


async def test_a_question_shows_what_was_understood_and_done(demo: str, page: Page, shots: Path) -> None:
    await page.goto(demo)
    await ask(page, "where is my order, get me a person")
    chat = page.get_by_role("log")
    await expect(chat).to_contain_text("Your order #W1001 has shipped", timeout=60_000)
    await expect(page.locator(".zg-panel")).to_have_count(5)
    panels = page.locator(".zg-panel")
    await expect(panels.nth(2)).to_contain_text("logistics_query")
    await expect(panels.nth(3)).to_contain_text("transfer_to_human_agents")
    await expect(panels.nth(4)).to_contain_text("ms")
    await page.get_by_role("button", name="Track it").click()
    await expect(chat).to_contain_text("You said: Track it", timeout=60_000)
    await page.get_by_text("English", exact=True).click()
    await expect(panels.nth(0)).to_contain_text("Heard")
    await page.screenshot(path=shots / "gradio-text.png")


async def test_a_photo_shows_what_was_seen(demo: str, page: Page, cup: Path, shots: Path) -> None:
    await page.goto(demo)
    await page.locator("input[type=file]").first.set_input_files(cup)
    await expect(page.locator(".thumbnail-item").first).to_be_visible()
    await ask(page, "这个有货吗")
    await expect(page.get_by_role("log")).to_contain_text("不锈钢保温杯", timeout=60_000)
    await expect(page.locator(".zg-panel").nth(1)).to_contain_text("SKU-1001")
    await expect(page.locator(".zg-panel").nth(1)).to_contain_text("就是它")
    await page.get_by_role("button", name="Is it in stock?").click()  # its value is for the clerk, not for the eye
    await expect(page.get_by_role("log")).to_contain_text("stock:SKU-1001", timeout=60_000)
    await expect(page.locator(".message.user").last).to_contain_text("Is it in stock?")
    await page.screenshot(path=shots / "gradio-photo.png")


async def test_a_video_shows_what_was_seen_and_heard(demo: str, page: Page, cup_clip: Path, shots: Path) -> None:
    await page.goto(demo)
    await page.locator("input[type=file]").first.set_input_files(cup_clip)
    await ask(page, "like this one")
    await expect(page.get_by_role("log")).to_contain_text("vacuum flask", timeout=60_000)
    await expect(page.locator(".zg-panel").nth(0)).to_contain_text("where is my order")  # what is said in it
    await expect(page.locator(".zg-panel").nth(1)).to_contain_text("SKU-1001")
    shown = await page.get_by_role("log").locator("video").bounding_box()
    assert shown and 0 < shown["height"] <= 180  # the answer stays in sight
    await page.screenshot(path=shots / "gradio-video.png")


async def test_a_recording_shows_what_was_heard_and_is_answered_aloud(demo: str, page: Page, shots: Path) -> None:
    await page.goto(demo)
    await page.get_by_text("English", exact=True).click()
    await page.get_by_label("Speak the replies").check()
    await page.screenshot(path=shots / "gradio-start.png")
    await page.get_by_role("button", name="Record audio").click()
    await page.get_by_role("button", name="Start recording").click()
    await page.wait_for_timeout(1500)
    await page.get_by_role("button", name="Stop recording").click()
    await page.get_by_role("button", name="Attach audio").click()
    await expect(page.get_by_role("button", name="Attach audio")).to_be_hidden()
    await page.get_by_role("button", name="Submit").click()
    await expect(page.locator(".zg-panel").first).to_contain_text("where is my order", timeout=60_000)
    await expect(page.get_by_text("The clerk's voice")).to_be_visible()
    await page.screenshot(path=shots / "gradio-voice.png")


async def test_a_refusal_is_told_in_the_readers_language(demo: str, page: Page) -> None:
    await page.goto(demo)
    await ask(page, "字" * 5000)
    await expect(page.get_by_role("log")).to_contain_text("这条消息太长了", timeout=60_000)
    await ask(page, "你好")
    await expect(page.get_by_role("log")).to_contain_text("您说：你好", timeout=60_000)
