"""The whole house with its real models and the demo shop: every way in, in both languages."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import soundfile
from aiohttp import ClientSession, FormData

from channels.phone import PhoneLines
from channels.phone.codec import Resampler, to_float, to_int16
from core.config import Phone, Settings, Web, load
from core.types import CardPart, SpeechPart, Turn
from tests.channels.conftest import dial  # noqa: F401 - a fixture of the phone tests
from ui.admin import StoreViews
from ui.app import Application, assemble
from ui.house import call_session, web_channel
from ui.terminal import Terminal

pytestmark = [
    pytest.mark.models,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(900),  # the first one waits for the looks at the catalogue
]
PHOTOS = Path(__file__).parents[1] / "photos"


@pytest.fixture(scope="module")
def settings(models: Path, demo_looks: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load(
        photos={"looks": demo_looks},
        data_dir=tmp_path_factory.mktemp("data"),
        models={"folder": models},
        web=Web(port=0),
        phone=Phone(enabled=True, audiosocket_port=0, sip_port=0, language="en"),
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(settings: Settings) -> AsyncIterator[Application]:
    async with assemble(settings) as app:
        assert app.finder is not None
        await app.finder.ready()
        yield app


@pytest.fixture
def terminal(house: Application) -> Terminal:
    return Terminal(engine=house.engine)


def said(turn: Turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


async def spoken(house: Application, text: str, language: str) -> bytes:
    assert house.speaker is not None
    return await house.speaker.to_wav(text, language)


async def heard(house: Application, wav: bytes, language: str) -> str:
    assert house.recognizer is not None
    samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    return (await house.recognizer.transcribe(Resampler(rate, 16_000)(samples), language=language)).text


async def test_an_order_is_found_in_chinese_after_a_proof_of_identity(house: Application, terminal: Terminal) -> None:
    asked = await terminal.say("我的订单什么时候到？")
    assert asked.outcome == "asked"
    assert "邮箱" in said(asked)
    assert "W391" not in said(asked)
    listed = await terminal.say("chen.jing@example.com")
    numbers = re.findall(r"#W\d{7}", said(listed))
    assert len(numbers) >= 3
    shown = await terminal.say("第二个")
    order = await house.shop.order(numbers[1])
    assert order is not None
    assert numbers[1] in said(shown)
    for parcel in order.fulfilments:
        assert parcel.tracking_ids[0] in said(shown)


async def test_an_order_is_found_in_english_in_one_message(terminal: Terminal) -> None:
    turn = await terminal.say("Where is my order? I'm maria.sousa99@example.com")
    assert "Maria" in said(turn)
    assert turn.understanding.language == "en"


async def test_nobody_sees_the_order_of_somebody_else(house: Application, terminal: Terminal) -> None:
    maria = await house.shop.customer_by_email("maria.sousa99@example.com")
    assert maria is not None
    turn = await terminal.say(f"chen.jing@example.com 查一下订单 {maria.orders[-1]}")
    order = await house.shop.order(maria.orders[-1])
    assert order is not None
    for parcel in order.fulfilments:
        assert parcel.tracking_ids[0] not in said(turn)
    for item in order.items:
        assert item.name not in said(turn)


async def test_a_photo_finds_its_product_and_the_caption_is_answered(house: Application, terminal: Terminal) -> None:
    turn = await terminal.say("how much is this?", images=(PHOTOS / "ceramic-mug-0.jpg",))
    assert {match.product_id for match in turn.percept.matches[:1]} == {"ceramic-mug"}
    mug = await house.shop.product("ceramic-mug")
    assert mug is not None
    prices = {f"{variant.price:.2f}" for variant in mug.variants.values()}
    assert any(price in said(turn) for price in prices)
    cards = [part for reply in turn.replies for part in reply.parts if isinstance(part, CardPart)]
    assert cards
    assert await house.engine.blobs.get(cards[0].image_sha256)


async def test_a_thing_that_is_not_sold_is_not_called_a_product(terminal: Terminal) -> None:
    turn = await terminal.say("这个有卖吗", images=(PHOTOS / "unsold-guitar-0.jpg",))
    assert all(match.decision != "match" for match in turn.percept.matches)


@pytest.mark.parametrize(
    ("language", "question", "product"),
    [("zh", "请问保温杯多少钱？", "保温杯"), ("en", "How much are the running shoes?", "running shoes")],
)
async def test_a_voice_note_is_heard_answered_and_answered_aloud(
    house: Application, terminal: Terminal, tmp_path: Path, language: str, question: str, product: str
) -> None:
    note = tmp_path / "note.wav"
    note.write_bytes(await spoken(house, question, language))
    turn = await terminal.say("", audio=note, wants_speech=True)
    assert turn.percept.transcript is not None
    assert turn.percept.transcript.language == language
    assert product in said(turn).lower()
    assert "¥" in said(turn)
    speech = [part for reply in turn.replies for part in reply.parts if isinstance(part, SpeechPart)]
    wav = await house.engine.blobs.get(speech[0].attachment.sha256)
    answer = await heard(house, wav, language)
    prices = set(re.findall(r"¥(\d+)", said(turn)))
    assert prices <= set(re.findall(r"\d+", answer)), answer  # names are misheard by a base model, prices are not


async def test_a_real_recording_is_heard_and_honestly_not_understood(terminal: Terminal, shared_data: Path) -> None:
    turn = await terminal.say("", audio=shared_data / "speech" / "en" / "jfk.wav")
    assert turn.percept.transcript is not None
    assert "ask not what your country" in turn.percept.transcript.text.lower()
    assert turn.understanding.language == "en"
    assert turn.outcome == "unknown"


async def test_fifty_conversations_at_once_are_not_mixed_up(house: Application) -> None:
    people = {"chen.jing@example.com": "W39127", "maria.sousa99@example.com": "W51203"}

    async def talk(number: int) -> None:
        email, orders = list(people.items())[number % 2]
        terminal = Terminal(engine=house.engine)
        await terminal.say("where is my order?" if number % 2 else "我的订单到哪了")
        words = said(await terminal.say(email))
        assert orders in words
        assert not any(other in words for other in people.values() if other != orders)

    await asyncio.gather(*(talk(number) for number in range(50)))


async def test_the_http_api_takes_text_photo_and_voice_and_gives_media_back(house: Application) -> None:
    channel = await web_channel(house)
    serving = asyncio.create_task(channel.run())
    try:
        async with ClientSession(await channel.address()) as client:
            await _talk_over_http(client, house)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def _talk_over_http(client: ClientSession, house: Application) -> None:
    opened = await (await client.post("/v1/conversations", json={"locale": "zh"})).json()
    path = f"/v1/conversations/{opened['conversation_id']}/messages"
    bearer = {"Authorization": f"Bearer {opened['token']}"}
    form = FormData({"id": "1", "text": "这个多少钱", "speak": "true"})
    form.add_field("image", (PHOTOS / "ceramic-mug-0.jpg").read_bytes(), filename="x.jpg", content_type="image/jpeg")
    answer = await client.post(path, data=form, headers=bearer)
    turn = await answer.json()
    assert answer.status == 200
    assert turn["matches"][0]["product_id"] == "ceramic-mug"
    assert turn["replies"][0]["language"] == "zh"
    sound = next(reply["audio_url"] for reply in turn["replies"] if reply.get("audio_url"))
    assert (await (await client.get(sound)).read())[:4] == b"RIFF"
    card = next(card for reply in turn["replies"] for card in reply["cards"])
    assert (await client.get(card["image_url"])).headers["Content-Type"] == "image/jpeg"
    note = FormData({"id": "2"})
    note.add_field("audio", await spoken(house, "转人工", "zh"), filename="x.wav", content_type="audio/wav")
    handed = await (await client.post(path, data=note, headers=bearer)).json()
    assert "人工" in handed["transcript"]["text"]
    assert handed["handoff"]["status"] == "done"


def _wav(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, 16_000, format="WAV", subtype="PCM_16")
    return file.getvalue()


SILENCE = _wav(np.zeros(32_000))
NOISE = _wav(np.random.default_rng(0).normal(0, 0.1, 32_000))


@pytest.mark.parametrize(
    ("fields", "file", "status", "words"),
    [
        ({"text": "  "}, None, 400, "text"),
        ({"text": "很" * 100_000}, None, 413, "4000"),
        ({"text": "这是什么"}, ("image", b"I am no photo"), 415, "image"),
        ({}, ("audio", b"RIFF and nothing"), 415, "recording"),
        ({}, ("audio", SILENCE), 200, "(没|听)"),
        ({}, ("audio", NOISE), 200, "(没|听)"),
        ({"text": "Bonjour, où est ma commande s'il vous plaît ?"}, None, 200, "(?s)中文.*English|English.*中文"),
    ],
    ids=["empty", "100 kB", "no photo", "no audio", "silence", "noise", "French"],
)
async def test_bad_input_gets_a_helpful_answer_and_the_next_message_works(
    house: Application, fields: dict[str, str], file: tuple[str, bytes] | None, status: int, words: str
) -> None:
    channel = await web_channel(house)
    serving = asyncio.create_task(channel.run())
    async with ClientSession(await channel.address()) as client:
        opened = await (await client.post("/v1/conversations", json={"locale": "zh"})).json()
        path = f"/v1/conversations/{opened['conversation_id']}/messages"
        bearer = {"Authorization": f"Bearer {opened['token']}"}
        form = FormData({"id": "1", **fields}, default_to_multipart=True)
        if file:
            form.add_field(file[0], file[1], filename="file", content_type="application/octet-stream")
        answer = await client.post(path, data=form, headers=bearer)
        body = await answer.json()
        told = body["detail"] if status >= 400 else "\n".join(reply["text"] for reply in body["replies"])
        following = await client.post(path, json={"id": "2", "text": "你好"}, headers=bearer)
        next_words = (await following.json())["replies"][0]["text"]
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert answer.status == status, body
    assert re.search(words, told), told
    assert "您好" in next_words


@pytest.mark.peer
@pytest.mark.parametrize(
    ("language", "question", "expected"),
    [("en", "Where is my order?", "mail"), ("zh", "请问我的订单什么时候到？", "下单")],
)
async def test_a_call_reaches_the_same_clerk(
    house: Application,
    dial: Any,  # noqa: F811 - the fixture
    language: str,
    question: str,
    expected: str,
) -> None:
    settings = house.settings.phone.model_copy(update={"language": language})
    shop = house.settings.shop.model_copy(update={"greeting": {"en": "Hello.", "zh": "您好，请讲。"}[language]})
    app = replace(house, settings=house.settings.model_copy(update={"phone": settings, "shop": shop}))
    lines = PhoneLines(settings, on_call=call_session(app).hold)
    serving = asyncio.create_task(lines.run())
    await asyncio.wait_for(lines.audiosocket.ready.wait(), 20)
    assert house.speaker is not None
    pieces = [piece async for piece in house.speaker.speak(question, language, rate_hz=16_000)]
    line_sound = to_int16(Resampler(16_000, 8_000)(np.concatenate(pieces)))
    async with asyncio.timeout(100), dial(lines.audiosocket.port) as asterisk:
        greeted = await _sentence(asterisk, 0)
        asterisk.say(line_sound)
        await asterisk.has_said_all()
        answered = await _sentence(asterisk, greeted)
        asterisk.hang_up()
        await asterisk.hung_up.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert house.recognizer is not None
    sound = Resampler(8_000, 16_000)(to_float(asterisk.heard[greeted:answered]))
    words = (await house.recognizer.transcribe(sound, language=language)).text.lower()
    latest = (await StoreViews(house.store).conversations(limit=1))[0]
    asked = [turn.message.text for turn in await house.engine.turns(latest["id"])]
    assert expected in words, (asked, words)


async def _sentence(asterisk: Any, after: int) -> int:
    """Wait for speech beyond sample `after` and the silence that follows; return where it ended."""
    while True:
        new = np.abs(asterisk.heard[after:].astype(np.int32)) > 300
        if new.any() and not new[-8_000:].any() and len(new) > 8_000:
            return after + len(new)
        await asyncio.sleep(0.1)
