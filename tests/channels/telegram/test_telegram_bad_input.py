"""Whatever a customer sends, the answer helps and the next message works."""

from __future__ import annotations

import asyncio
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from core.types import Message
from tests.channels.telegram.bot_api import BotApi
from tests.channels.telegram.conftest import photo
from tests.channels.telegram.small_house import House, small_house
from tests.perception.films import HEIGHT, RED, WIDTH, film, scene

pytestmark = pytest.mark.peer


async def told(api: BotApi, house: House, **content: Any) -> str:
    """Send something bad, then something good; return what was said about the bad one."""
    await api.send(**content)
    notice = await api.text()
    await api.send(text="and this?")
    assert await api.text() == "you said and this?"
    assert [turn.message.text for turn in house.turns] == ["and this?"]
    return notice


async def test_a_long_text_is_asked_for_in_pieces(api: BotApi, house: House) -> None:
    assert "4000" in await told(api, house, text="很长" * 2001, language="en")


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": {"file_id": "s", "file_unique_id": "s", "width": 9, "height": 9, "is_animated": True,
                     "is_video": False, "type": "regular"}},
        {"location": {"latitude": 31.2, "longitude": 121.5}},
        {"contact": {"phone_number": "13800138000", "first_name": "Chen"}},
        {"text": "/"},
        {"text": " \n "},
    ],
    ids=["an animation of vectors", "location", "contact", "a bare slash", "blank"],
)  # fmt: skip
async def test_what_a_clerk_cannot_read_is_told(api: BotApi, house: House, content: dict[str, Any]) -> None:
    assert (
        await told(api, house, language="zh-hans", **content) == "这种消息我还看不懂。请发文字、照片、视频或语音给我。"
    )


async def test_a_document_that_is_no_media_is_refused(api: BotApi, house: House) -> None:
    document = {**await api.upload(b"%PDF-1.7"), "mime_type": "application/pdf"}
    assert "JPEG" in await told(api, house, document=document, caption="my invoice")


async def test_a_photo_that_is_none_is_refused_in_the_customers_own_language(api: BotApi, house: House) -> None:
    said = await told(api, house, photo=await api.photo(b"MZ" + os.urandom(500)), caption="这个多少钱")
    assert said == "这个文件不是图片，请直接发照片。"


async def test_a_damaged_photo_is_asked_for_again(api: BotApi, house: House) -> None:
    assert "damaged" in await told(api, house, photo=await api.photo(photo()[:200]))


async def test_a_video_of_minutes_is_asked_for_in_part(api: BotApi, house: House) -> None:
    data = film([scene(RED, seed=number % 2) for number in range(70)], per_s=1)
    video = {**await api.upload(data), "width": WIDTH, "height": HEIGHT, "duration": 70}
    assert (
        await told(api, house, video=video, language="zh")
        == "视频太长了，请截取一分钟以内的一段，或者拍一张照片发给我。"
    )


async def test_a_huge_picture_is_refused(api: BotApi, house: House) -> None:
    file = io.BytesIO()
    Image.new("1", (6000, 6000)).save(file, "PNG")
    assert "pixels" in await told(api, house, document={**await api.upload(file.getvalue()), "mime_type": "image/png"})


async def test_a_voice_note_without_sound_is_refused(api: BotApi, house: House) -> None:
    voice = {**await api.upload(b"OggS" + bytes(200)), "duration": 1}
    assert "damaged" in await told(api, house, voice=voice)


async def test_a_recording_of_many_minutes_is_refused(api: BotApi, house: House) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(8000 * 301), 8000, format="WAV", subtype="PCM_U8")
    assert "too long" in await told(api, house, audio={**await api.upload(file.getvalue()), "duration": 301})


async def test_a_large_file_is_refused_before_it_is_fetched(api: BotApi, house: House) -> None:
    document = {**await api.upload(bytes(25 * 2**20)), "mime_type": "audio/mpeg"}
    assert "too large" in await told(api, house, document=document)
    assert not await api.calls("getFile")


async def test_a_large_file_of_unknown_size_is_refused_by_the_server(api: BotApi, house: House) -> None:
    document = {**await api.upload(bytes(25 * 2**20)), "mime_type": "audio/mpeg", "file_size": None}
    assert "too large" in await told(api, house, document=document)


async def test_a_file_that_telegram_lost_is_asked_for_again(api: BotApi, house: House) -> None:
    lost = {"file_id": "gone", "file_unique_id": "gone", "width": 9, "height": 9}
    assert "send it again" in await told(api, house, photo=[lost])


async def test_a_hiccup_while_a_file_is_fetched_costs_nothing(api: BotApi, house: House) -> None:
    await api.fail("getFile", 502, "Bad Gateway", times=2)
    await api.send(photo=await api.photo(photo()), caption="here")
    assert await api.text() == "you said here"


async def test_an_album_with_one_bad_picture_is_asked_for_again(api: BotApi, house: House) -> None:
    await api.album([photo(), b"no photo"])
    assert "not a picture" in await api.text()
    assert house.turns == []


async def test_an_update_that_cannot_be_read_holds_up_nobody(api: BotApi, house: House) -> None:
    await api.raw(message={"chat": 5})
    await api.raw(message="nonsense")
    await api.raw(callback_query={"id": "1"})
    await api.raw(something_new={})
    await api.send(text="hello")
    assert await api.text() == "you said hello"


async def test_half_a_character_is_kept_as_a_question_mark(api: BotApi, house: House) -> None:
    await api.line.post(
        "/test/raw",
        content=b'{"message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "a\\ud83dz",'
        b' "from": {"id": 7, "is_bot": false, "first_name": "Chen"}}}',
        headers={"content-type": "application/json"},
    )
    assert await api.text() == "you said a?z"


async def test_a_message_that_can_never_be_recorded_is_told_and_passed_over(
    api: BotApi, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = house.journal.accept

    async def picky(message: Message) -> bool:
        if message.text == "poison":
            raise ValueError("no database keeps this")
        return await accept(message)

    monkeypatch.setattr(house.journal, "accept", picky)
    assert "send it again" in await told(api, house, text="poison")


async def test_a_full_mailbox_is_told(api: BotApi, tmp_path: Path) -> None:
    async with small_house(api, tmp_path) as house:
        house.echo.hold = asyncio.Event()
        for number in range(22):
            await api.send(text=f"number {number}", language="zh")
        assert "请稍等" in await api.text()
        house.echo.hold.set()
        heard = [one["text"] for one in await api.heard(count=20)]
        assert [text for text in heard if text.startswith("you said")][0] == "you said number 0"
