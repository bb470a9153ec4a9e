"""The widget in a real browser: what a customer sees, does and hears."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from core.types import AttachmentKind
from tests.channels.web.scripted_clerk import ScriptedClerk
from tests.ui.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def enter(page: Page, address: str, language: str = "en") -> None:
    await page.goto(f"{address}/?lang={language}")
    await page.get_by_role("button", name=re.compile("Open the shop|打开客服聊天")).click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def say(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.keyboard.press("Enter")


async def test_a_typed_question_is_answered(page: Page, site: Site, shots: Path) -> None:
    address, _ = await site()
    await enter(page, address)
    await page.screenshot(path=shots / "welcome-en.png")
    await say(page, "where is my order?")
    log = page.get_by_role("log")
    await expect(log).to_contain_text("Your order #W1001 has shipped")
    await expect(log).to_contain_text("Source: order #W1001")
    await page.get_by_role("button", name="Get a person").click()
    await expect(log).to_contain_text("A person was asked to take over")
    await page.screenshot(path=shots / "text-en.png")


async def test_a_reply_is_read_while_it_is_being_made(
    page: Page, site: Site, clerk: ScriptedClerk, shots: Path
) -> None:
    clerk.sure, clerk.pace_s = ("The flask keeps tea hot for six hours.",), 1.5
    address, _ = await site()
    await enter(page, address)
    await say(page, "where is my order?")
    log = page.get_by_role("log")
    await expect(log.locator(".typing")).to_contain_text("hot for six hours")
    await page.screenshot(path=shots / "words-en.png")
    await expect(log).to_contain_text("Your order #W1001 has shipped")
    await expect(log).not_to_contain_text("hot for six hours")


async def test_words_are_shown_as_words_and_never_run(page: Page, site: Site) -> None:
    address, _ = await site()
    await enter(page, address)
    await say(page, "<img src=x onerror=\"document.title='taken'\">")
    await expect(page.get_by_role("log")).to_contain_text("You said: <img src=x")
    assert await page.title() != "taken"


async def test_photos_are_made_smaller_and_recognised(
    page: Page, site: Site, clerk: ScriptedClerk, cup: Path, shots: Path
) -> None:
    address, _ = await site()
    await enter(page, address, "zh")
    await page.locator("input[type=file]").set_input_files([cup, cup])
    await expect(page.get_by_role("button", name="移除这张照片")).to_have_count(2)
    await page.get_by_role("button", name="移除这张照片").first.click()
    await page.screenshot(path=shots / "photo-preview-zh.png")
    await say(page, "这个还有货吗")
    await expect(page.get_by_role("article")).to_contain_text("不锈钢保温杯")
    photo = clerk.asked[0].attachments[0]
    assert (photo.width, photo.height) == (1600, 1200)
    await page.screenshot(path=shots / "photo-zh.png")


@pytest.mark.parametrize(("width", "by_key"), [(1200, False), (360, True)])
async def test_one_of_two_goods_in_a_photo_is_chosen_by_its_card(
    page: Page, site: Site, clerk: ScriptedClerk, cup: Path, shots: Path, width: int, by_key: bool
) -> None:
    await page.set_viewport_size({"width": width, "height": 720})
    address, _ = await site()
    await enter(page, address)
    await page.locator("input[type=file]").set_input_files([cup])
    await expect(page.get_by_role("button", name="Remove this photo")).to_have_count(1)
    await say(page, "which is it?")
    cards = page.get_by_role("article")
    await expect(cards).to_have_count(2)
    assert await cards.locator("img").evaluate_all("each => each.every(one => one.complete && one.naturalWidth > 0)")
    await page.screenshot(path=shots / f"choose-{width}.png")
    choice = page.get_by_role("button", name="This one, Celadon electric kettle (white)")
    if by_key:
        await choice.focus()
        await page.keyboard.press("Enter")
    else:
        await choice.click()
    await expect(page.get_by_role("log")).to_contain_text("You said: product:kettle")
    assert clerk.asked[-1].text == "product:kettle"
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    await page.screenshot(path=shots / f"chosen-{width}.png")


async def test_a_video_is_shown_sent_and_answered_with_what_it_shows(
    page: Page, site: Site, clerk: ScriptedClerk, cup_clip: Path, shots: Path
) -> None:
    address, _ = await site()
    await enter(page, address)
    await page.locator("input[type=file]").set_input_files(cup_clip)
    await expect(page.locator(".preview video")).to_be_visible()
    await say(page, "like this one")
    shown, bubble = page.locator(".said video"), page.locator(".said .bubble")
    await expect(page.get_by_role("article")).to_contain_text("Steel vacuum flask")
    await expect(page.get_by_role("log")).to_contain_text("Heard: where is my order")
    assert await shown.evaluate("(film) => film.duration > 2.5")  # the browser plays what it shows
    inside, around = await shown.bounding_box(), await bubble.bounding_box()
    assert inside and around and inside["width"] < around["width"] < 340 and inside["height"] <= 240
    kinds = [item.kind for item in clerk.asked[0].attachments]
    assert kinds.count(AttachmentKind.AUDIO) == 1 and kinds.count(AttachmentKind.IMAGE) >= 3
    assert len({item.video for item in clerk.asked[0].attachments if item.kind is AttachmentKind.IMAGE}) == 1
    await page.screenshot(path=shots / "video-en.png")
    await page.reload()
    await expect(page.locator(".said .photo img")).to_have_count(1)  # of its frames one stands for it


async def test_a_photo_that_is_still_shrinking_is_waited_for_and_not_overtaken(
    page: Page, site: Site, clerk: ScriptedClerk, cup: Path
) -> None:
    address, _ = await site()
    await enter(page, address)
    await page.evaluate(
        """() => {
          const real = window.createImageBitmap;
          window.createImageBitmap = async (...call) => {
            await new Promise((done) => setTimeout(done, 700));
            return real(...call);
          };
        }"""
    )
    await page.locator("input[type=file]").set_input_files(cup)
    await say(page, "with the photo")
    await say(page, "afterwards")
    await expect(page.get_by_role("log")).to_contain_text("You said: afterwards")
    assert [(message.text, len(message.attachments)) for message in clerk.asked] == [
        ("with the photo", 1),
        ("afterwards", 0),
    ]


async def test_a_pasted_and_a_dropped_photo_are_added(page: Page, site: Site) -> None:
    address, _ = await site()
    await enter(page, address)
    await page.evaluate(
        """async () => {
          const root = document.querySelector('#zhanggui').shadowRoot;
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = 40;
          const blob = await new Promise((done) => canvas.toBlob(done));
          const files = () => {
            const data = new DataTransfer();
            data.items.add(new File([blob], 'cup.png', { type: 'image/png' }));
            return data;
          };
          root.querySelector('textarea').dispatchEvent(
            new ClipboardEvent('paste', { clipboardData: files(), bubbles: true, cancelable: true }));
          root.querySelector('.panel').dispatchEvent(
            new DragEvent('drop', { dataTransfer: files(), bubbles: true, cancelable: true }));
        }"""
    )
    await expect(page.get_by_role("button", name="Remove this photo")).to_have_count(2)


async def test_a_file_that_is_no_photo_is_told_about(page: Page, site: Site, tmp_path: Path) -> None:
    address, _ = await site()
    await enter(page, address)
    program = tmp_path / "photo.png"
    program.write_bytes(b"MZ this is a program")
    await page.locator("input[type=file]").set_input_files(program)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("log")).to_contain_text("This file is no photo")
    await say(page, "hello")
    await expect(page.get_by_role("log")).to_contain_text("You said: hello")


async def test_a_voice_message_is_heard_and_answered_aloud(
    page: Page, site: Site, clerk: ScriptedClerk, shots: Path
) -> None:
    address, _ = await site()
    await enter(page, address)
    await page.get_by_role("button", name="Spoken replies: off").click()
    await page.get_by_role("button", name="Record a voice message").click()
    await expect(page.get_by_role("timer")).to_have_text("0:01")
    await page.screenshot(path=shots / "recording-en.png")
    await page.get_by_role("button", name="Stop and send the recording").click()
    log = page.get_by_role("log")
    await expect(log).to_contain_text("Heard: where is my order")
    await expect(page.get_by_role("button", name="Pause")).to_be_visible()  # the reply plays
    message = clerk.asked[0]
    assert message.wants_speech
    assert message.attachments[0].kind is AttachmentKind.AUDIO
    assert (message.attachments[0].duration_s or 0) > 0.8
    await page.screenshot(path=shots / "voice-en.png")


async def test_the_conversation_is_there_again_after_a_reload(page: Page, site: Site) -> None:
    address, _ = await site()
    await enter(page, address)
    await say(page, "my order please")
    log = page.get_by_role("log")
    await expect(log).to_contain_text("has shipped")
    for number in range(8):
        await say(page, f"line {number}")
    await expect(log).to_contain_text("You said: line 7")
    await page.reload()  # it was open, so it is open again, at the end of the talk
    await expect(log).to_contain_text("my order please")
    await expect(log.locator("> :first-child")).to_contain_text("I am the shop's clerk")
    await expect(log.locator(".welcome button")).to_have_count(0)  # what may be asked first was offered then
    await expect(page.get_by_text("You said: line 7")).to_be_in_viewport()
    await say(page, "thanks")
    await expect(log).to_contain_text("You said: thanks")


async def test_a_phone_finds_the_end_of_the_talk_again_and_no_old_answer_counts_as_new(
    browser: Browser, site: Site
) -> None:
    address, _ = await site()
    context = await browser.new_context(viewport={"width": 390, "height": 700}, is_mobile=True, has_touch=True)
    page = await context.new_page()
    await enter(page, address)
    for number in range(10):
        await say(page, f"line {number}")
    await expect(page.get_by_role("log")).to_contain_text("You said: line 9")
    await page.reload()
    launcher = page.get_by_role("button", name="Open the shop's chat", exact=True)
    await page.wait_for_timeout(800)
    await expect(launcher).to_be_visible()  # its name would tell of new messages
    await launcher.click()
    await expect(page.get_by_text("You said: line 9")).to_be_in_viewport()
    await context.close()


async def test_a_button_shows_its_label_and_says_its_value(
    page: Page, site: Site, clerk: ScriptedClerk, cup: Path
) -> None:
    address, _ = await site()
    await enter(page, address)
    await page.locator("input[type=file]").set_input_files(cup)
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_role("button", name="Is it in stock?").click()
    said = page.locator(".said").last
    await expect(said).to_contain_text("Is it in stock?")
    await expect(page.get_by_role("log")).to_contain_text("You said: stock:SKU-1001")
    assert clerk.asked[-1].text == "stock:SKU-1001"
    await page.reload()
    await expect(page.get_by_role("log")).to_contain_text("You said: stock:SKU-1001")
    await expect(said).to_contain_text("Is it in stock?")


async def test_two_photos_stand_side_by_side(page: Page, site: Site, cup: Path) -> None:
    address, _ = await site()
    await enter(page, address)
    await page.locator("input[type=file]").set_input_files([cup, cup])
    await page.get_by_role("button", name="Send", exact=True).click()
    photos = page.locator(".said .photo img")
    await expect(photos).to_have_count(2)
    first, second, bubble = await page.locator(".said .bubble").evaluate(
        "(bubble) => [...bubble.querySelectorAll('img'), bubble].map((one) => one.getBoundingClientRect().toJSON())"
    )
    assert first["y"] == second["y"]
    assert bubble["width"] < 2 * first["width"] + 40


async def test_two_pages_of_one_customer_show_the_same(page: Page, site: Site) -> None:
    address, _ = await site()
    await enter(page, address)
    await say(page, "first")
    await expect(page.get_by_role("log")).to_contain_text("You said: first")
    second = await page.context.new_page()
    await second.goto(f"{address}/?lang=en")
    await expect(second.get_by_role("log")).to_contain_text("You said: first")
    await say(page, "and second")
    await expect(second.get_by_role("log")).to_contain_text("You said: and second")
    await expect(second.get_by_text("You said: and second")).to_have_count(1)


async def test_a_message_written_while_the_shop_is_away_is_sent_once(
    page: Page, site: Site, clerk: ScriptedClerk, shots: Path
) -> None:
    address, runner = await site()
    await enter(page, address)
    await say(page, "one")
    await expect(page.get_by_role("log")).to_contain_text("You said: one")
    await runner.cleanup()
    await say(page, "two")
    await expect(page.get_by_role("log")).to_contain_text("Will be sent when the network is back")
    await page.screenshot(path=shots / "offline-en.png")
    await site(int(address.rpartition(":")[2]))
    await expect(page.get_by_role("log")).to_contain_text("You said: two", timeout=20_000)
    await expect(page.get_by_text("Connecting again")).to_be_hidden(timeout=20_000)
    assert [message.text for message in clerk.asked] == ["one", "two"]


async def test_a_lost_answer_is_not_asked_for_twice(page: Page, site: Site, clerk: ScriptedClerk) -> None:
    address, _ = await site()
    await enter(page, address)
    await page.evaluate(
        """() => {
          const real = window.fetch;
          let lost = false;
          window.fetch = async (...call) => {
            const answer = await real(...call);
            if (lost || !String(call[0]).endsWith('/messages')) return answer;
            lost = true;
            throw new TypeError('the line broke after the message arrived');
          };
        }"""
    )
    await say(page, "once")
    await expect(page.get_by_text("You said: once")).to_have_count(1)
    await page.wait_for_timeout(2500)
    await expect(page.get_by_text("You said: once")).to_have_count(1)
    assert len(clerk.asked) == 1


async def test_the_keyboard_alone_is_enough(page: Page, site: Site) -> None:
    address, _ = await site()
    await page.goto(f"{address}/?lang=en")
    launcher = page.get_by_role("button", name="Open the shop's chat")
    await launcher.wait_for()
    for _ in range(4):
        await page.keyboard.press("Tab")
        if await launcher.evaluate("(button) => button.getRootNode().activeElement === button"):
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("my order")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("please")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("has shipped")
    for _ in range(30):  # once around: the focus never leaves the dialog
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.id") == "zhanggui"
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(launcher).to_be_focused()


async def test_the_language_can_be_changed(page: Page, site: Site, shots: Path) -> None:
    address, _ = await site()
    await enter(page, address, "zh")
    await expect(page.get_by_role("textbox")).to_have_attribute("placeholder", "输入消息…")
    await page.screenshot(path=shots / "welcome-zh.png")
    await page.get_by_role("button", name="Switch to English").click()
    await expect(page.get_by_role("textbox")).to_have_attribute("placeholder", "Type a message…")
    await page.goto(f"{address}/?lang=zh")
    await expect(page.get_by_role("textbox")).to_have_attribute("placeholder", "Type a message…")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_it_on_the_whole_screen(
    browser: Browser, site: Site, shots: Path, cup: Path, scheme: str
) -> None:
    address, _ = await site()
    context = await browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = await context.new_page()
    await enter(page, address, "zh")
    await page.locator("input[type=file]").set_input_files(cup)
    await say(page, "这个有货吗")
    await expect(page.get_by_role("article")).to_be_visible()
    await say(page, "我的订单到哪了")
    await expect(page.get_by_role("log")).to_contain_text("已经发货")
    box = await page.get_by_role("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    await page.wait_for_timeout(500)
    await page.screenshot(path=shots / f"mobile-{scheme}.png")
    await context.close()
