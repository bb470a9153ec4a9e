"""Customers talk to the clerk through a Bot API server that nobody here wrote."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.dialogue.outcome import Bubble, Outcome
from core.types import AttachmentKind, Button, ButtonsPart, CardPart, Message, Part, Session, TextPart
from tests.channels.telegram.bot_api import BotApi, until
from tests.channels.telegram.conftest import photo, voice_note
from tests.channels.telegram.small_house import House, small_house
from tests.core.conftest import Echo
from tests.perception.films import BLUE, HEIGHT, PER_S, RED, WIDTH, animation, film, scene

pytestmark = pytest.mark.peer


def saying(*parts: Part) -> Echo:
    """Return a dialogue that answers "show" with `parts` and echoes the rest."""

    def make(message: Message, session: Session) -> Outcome:
        said = parts if message.text == "show" else (TextPart(text=f"you said {message.text}"),)
        return Outcome(session=session, bubbles=(Bubble(parts=said),), language="en", outcome="answered")

    return Echo(make=make)


async def test_text_is_answered_in_its_chat(api: BotApi, house: House) -> None:
    await api.send(7, text="where is my order", language="zh-hans")
    await api.send(8, text="hello")
    assert await api.text(7) == "you said where is my order"
    assert await api.text(8) == "you said hello"
    (turn,) = await house.turns_of(7)
    assert (turn.message.channel, turn.message.sender_id, turn.message.locale) == ("telegram", "7", "zh")


async def test_a_photo_with_words_comes_through_the_door(api: BotApi, house: House) -> None:
    await api.send(photo=await api.photo(photo()), caption="how much is this?")
    assert await api.text() == "you said how much is this?"
    (attachment,) = house.turns[0].message.attachments
    assert (attachment.kind, attachment.width, attachment.height) == (AttachmentKind.IMAGE, 64, 48)
    assert (await house.blobs.get(attachment.sha256)).startswith(b"\xff\xd8")


async def test_a_picture_sent_as_a_file_is_a_photo_too(api: BotApi, house: House) -> None:
    await api.send(document={**await api.upload(photo()), "mime_type": "image/jpeg"})
    await api.heard()
    assert house.turns[0].message.attachments[0].kind is AttachmentKind.IMAGE


@pytest.mark.parametrize("kind", ["video", "video_note", "animation", "document", "photo as a document"])
async def test_every_kind_of_film_is_seen_and_heard(api: BotApi, house: House, kind: str) -> None:
    data = film([scene(RED)] * PER_S + [scene(BLUE)] * PER_S, sound=np.sin(np.arange(32_000) / 5))
    shape = {"width": WIDTH, "height": HEIGHT, "length": HEIGHT, "duration": 2}
    mime = "image/jpeg" if kind == "photo as a document" else "video/mp4"
    await api.send(**{kind.split()[-1]: {**await api.upload(data), **shape, "mime_type": mime}})
    await api.heard()
    *frames, sound = house.turns[0].message.attachments
    assert len(frames) >= 3 and {one.kind for one in frames} == {AttachmentKind.IMAGE}
    assert sound.kind is AttachmentKind.AUDIO and sound.duration_s == pytest.approx(2, abs=0.2)
    assert len({one.video for one in (*frames, sound)}) == 1


async def test_stickers_are_seen_still_moving_or_drawn(api: BotApi, house: House) -> None:
    still = {**await api.upload(animation([scene(RED)], "WEBP"))}
    moving = {**await api.upload(film([scene(RED)] * PER_S, container="webm", codec="libvpx-vp9"))}
    drawn = {"file_id": "t", "file_unique_id": "t", "thumbnail": {**still, "width": WIDTH, "height": HEIGHT}}
    for file, is_animated, is_video in ((still, False, False), (moving, False, True), (drawn, True, False)):
        shape = {"width": WIDTH, "height": HEIGHT, "type": "regular"}
        await api.send(sticker={**file, **shape, "is_animated": is_animated, "is_video": is_video})
    await api.heard(count=3)
    for turn in house.turns:
        assert turn.message.attachments and all(one.kind is AttachmentKind.IMAGE for one in turn.message.attachments)


async def test_an_album_is_one_message_and_keeps_its_place_before_later_words(api: BotApi, house: House) -> None:
    await api.album([photo("red"), photo("green"), photo("blue")], caption="these three")
    await api.send(text="do you have them?")
    await api.heard(count=2)
    first, second = await house.turns_of()
    assert first.message.text == "these three"
    assert len({attachment.sha256 for attachment in first.message.attachments}) == 3
    assert second.message.text == "do you have them?"


async def test_a_voice_note_is_a_recording(api: BotApi, house: House) -> None:
    await api.send(voice={**await api.upload(voice_note(0.6)), "duration": 1, "mime_type": "audio/ogg"})
    await api.heard()
    (attachment,) = house.turns[0].message.attachments
    assert attachment.kind is AttachmentKind.AUDIO
    assert attachment.duration_s == pytest.approx(0.6, abs=0.05)


async def test_a_card_has_its_picture_and_a_pressed_button_says_its_value(api: BotApi, tmp_path: Path) -> None:
    long_value = "I would like to buy the " + "very " * 20 + "large kettle"
    buttons = (Button(label="买这个", value="buy K1"), Button(label="The large one", value=long_value))
    echo = saying(TextPart(text="Here it is"), CardPart(title="Kettle", fields=(("Price", "¥99"),), buttons=buttons))
    async with small_house(api, tmp_path, echo) as house:
        sha256 = await house.blobs.put(photo("blue"))
        card = CardPart(title="Kettle", fields=(("Price", "¥99"),), image_sha256=sha256, buttons=buttons)
        echo.make = saying(TextPart(text="Here it is"), card).make
        await api.send(text="show")
        words, shown = await api.heard(count=2)
        assert words["text"] == "Here it is"
        assert shown["caption"] == "Kettle\nPrice: ¥99"
        assert await api.file(shown["photo"][0]["file_id"]) == photo("blue")
        await api.press(shown, "买这个", language="zh")
        assert await api.text() == "you said buy K1"
        await api.press(shown, "The large one")
        assert await api.text() == f"you said {long_value}"
        assert [turn.message.locale for turn in house.turns] == ["en", "zh", "en"]
        assert len(await api.calls("answerCallbackQuery")) == 2


async def test_pictures_to_choose_from_come_as_an_album_with_a_button_for_each(api: BotApi, tmp_path: Path) -> None:
    echo = saying(TextPart(text=""))
    async with small_house(api, tmp_path, echo) as house:
        cards = [
            CardPart(
                title=name,
                image_sha256=await house.blobs.put(photo(name)),
                buttons=(Button(label="This one", value=f"product:{name}"),),
            )
            for name in ("red", "blue")
        ]
        echo.make = saying(TextPart(text="Which one is it?"), *cards).make
        await api.send(text="show")
        words, first, second, choice = await api.heard(count=4)
        assert words["text"] == "Which one is it?"
        assert [first["caption"], second["caption"]] == ["1. red", "2. blue"]
        assert await api.file(second["photo"][0]["file_id"]) == photo("blue")
        assert len(await api.calls("sendMediaGroup")) == 1
        await api.press(choice, "2. blue")
        assert await api.text() == "you said product:blue"


async def test_buttons_stand_below_the_words(api: BotApi, tmp_path: Path) -> None:
    echo = saying(ButtonsPart(buttons=(Button(label="Yes", value="yes"),)), TextPart(text="Shall I?"))
    async with small_house(api, tmp_path, echo):
        await api.send(text="show")
        (sent,) = await api.heard()
        assert sent["text"] == "Shall I?"
        assert sent["reply_markup"]["inline_keyboard"][0][0]["text"] == "Yes"


async def test_what_is_too_long_for_telegram_arrives_whole(api: BotApi, tmp_path: Path) -> None:
    lines = "\n".join(f"line {number} 🫖" for number in range(1000))
    async with small_house(api, tmp_path) as house:
        card = CardPart(title="T" * 3000, image_sha256=await house.blobs.put(photo()))
        house.echo.make = saying(TextPart(text=lines), card).make
        await api.send(text="show")
        got = await api.heard(count=5)
        words = [message["text"] for message in got if "text" in message]
        assert "\n".join(words[:-1]) == lines
        assert "photo" in got[-2] and words[-1] == "T" * 3000


async def test_typing_is_shown_before_a_slow_reply(api: BotApi, tmp_path: Path) -> None:
    hold = asyncio.Event()
    async with small_house(api, tmp_path, Echo(hold=hold)):
        await api.send(text="hello")
        await until(lambda: api.calls("sendChatAction"))
        assert not await api.calls("sendMessage")
        assert (await api.calls("sendChatAction"))[0]["params"] == {"chat_id": "7", "action": "typing"}
        hold.set()
        assert await api.text() == "you said hello"


async def test_voice_and_text_choose_how_the_clerk_answers(api: BotApi, tmp_path: Path) -> None:
    async with small_house(api, tmp_path):
        await api.send(text="/voice", language="zh")
        assert "语音" in await api.text()
        await api.send(text="hello")
        words, note = await api.heard(count=2)
        assert words["text"] == "you said hello"
        ogg = await api.file(note["voice"]["file_id"])
        samples, rate = soundfile.read(io.BytesIO(ogg))
        assert soundfile.info(io.BytesIO(ogg)).subtype == "OPUS"
        assert len(samples) / rate == pytest.approx(1.0, abs=0.05) and abs(samples).max() > 0.1
    async with small_house(api, tmp_path):
        await api.send(text="still spoken?")  # the choice outlives a restart
        assert "voice" in (await api.heard(count=2))[1]
        await api.send(text="/text")
        assert "in writing" in await api.text()
        await api.send(text="and now?")
        await api.send(text="/help")
        assert ["text" in message for message in await api.heard(count=2)] == [True, True]


async def test_commands_are_explained_and_unknown_ones_are_words(api: BotApi, house: House) -> None:
    await api.send(text="/start")
    assert "/voice" in await api.text()
    await api.send(text="/help@ClerkBot", language="zh-hans")
    assert "掌柜" in await api.text()
    await api.send(text="/order W123")
    assert await api.text() == "you said order W123"
    assert [turn.message.text for turn in house.turns] == ["order W123"]


async def test_groups_and_edits_are_not_for_the_clerk(api: BotApi, house: House) -> None:
    await api.send(-100, kind="supergroup", text="not for you")
    edited = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "changed"}
    await api.raw(edited_message=edited)
    await api.send(text="for you")
    assert await api.text() == "you said for you"
    assert [turn.message.text for turn in house.turns] == ["for you"]
    assert {call["params"]["chat_id"] for call in await api.calls("sendMessage")} == {"7"}


async def test_a_customer_who_blocked_the_bot_holds_up_nobody(api: BotApi, house: House) -> None:
    await api.fail("sendMessage", 403, "Forbidden: bot was blocked by the user", chat_id=7, times=1)
    await api.send(7, text="and gone")
    await until(house.turns_of)
    await api.send(8, text="hello")
    assert await api.text(8) == "you said hello"
    await api.send(7, text="back again")
    assert await api.text(7) == "you said back again"
    await until(house.all_is_delivered)


async def test_telegram_may_ask_for_a_pause(api: BotApi, house: House) -> None:
    clock = asyncio.get_running_loop().time
    await api.fail("sendMessage", 429, "Too Many Requests: retry after 1", parameters={"retry_after": 1})
    begun = clock()
    await api.send(text="hello")
    assert await api.text() == "you said hello"
    assert clock() - begun >= 1


async def test_a_reply_that_broke_off_goes_on_where_it_stopped(api: BotApi, tmp_path: Path) -> None:
    async with small_house(api, tmp_path) as house:
        card = CardPart(title="Kettle", image_sha256=await house.blobs.put(photo()))
        house.echo.make = saying(TextPart(text="first"), card, TextPart(text="last")).make
        await api.fail("sendPhoto", 502, "Bad Gateway")
        await api.send(text="show")
        got = await api.heard(count=3)
        assert [message.get("text") or message["caption"] for message in got] == ["first", "Kettle", "last"]


async def test_a_picture_that_telegram_refuses_leaves_its_words(api: BotApi, tmp_path: Path) -> None:
    async with small_house(api, tmp_path) as house:
        refused = CardPart(title="Kettle", image_sha256=await house.blobs.put(photo()))
        lost = replace(refused, title="Lamp", image_sha256="0" * 64)
        house.echo.make = saying(refused, lost).make
        await api.fail("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
        await api.send(text="show")
        assert [message["text"] for message in await api.heard(count=2)] == ["Kettle", "Lamp"]
