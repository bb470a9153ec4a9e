"""The webhook: only Telegram gets in, and it hears 200 when its update is on disk."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from channels.telegram.channel import TelegramChannel
from core.errors import ConfigError
from core.types import Message
from tests.channels.telegram.bot_api import BotApi, until
from tests.channels.telegram.conftest import photo
from tests.channels.telegram.small_house import House, settings, small_house

pytestmark = pytest.mark.peer

SECRET = "a-long_random-word"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def hooked(port: int) -> dict[str, Any]:
    url = f"http://127.0.0.1:{port}/telegram"
    return {"mode": "webhook", "webhook_port": port, "webhook_url": url, "webhook_secret": SECRET}


@pytest.fixture
async def listening(api: BotApi, tmp_path: Path, port: int) -> AsyncIterator[House]:
    async with small_house(api, tmp_path, **hooked(port)) as house:
        await until(lambda: api.calls("setWebhook"))
        yield house


def update(number: int, text: str = "hello", **content: Any) -> dict[str, Any]:
    person = {"id": 7, "is_bot": False, "first_name": "Chen"}
    chat = {"id": 7, "type": "private"}
    said = {"text": text} if text else {}
    message = {"message_id": number, "date": 1, "chat": chat, "from": person, **said, **content}
    return {"update_id": number, "message": message}


async def post(port: int, body: Any, secret: str | bytes | None = SECRET) -> int:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    async with httpx.AsyncClient(timeout=30) as line:
        return (await line.post(f"http://127.0.0.1:{port}/telegram", headers=headers, **content)).status_code


async def test_the_server_calls_and_is_answered(api: BotApi, listening: House) -> None:
    await api.send(text="hello")
    assert await api.text() == "you said hello"
    await api.album([photo("red"), photo("green"), photo("blue")], caption="these three")
    await api.send(text="and now?")
    assert [message["text"] for message in await api.heard(count=2)] == ["you said these three", "you said and now?"]
    assert len(listening.turns[1].message.attachments) == 3
    assert [call["status"] for call in await api.calls("webhook")] == [200] * 5


@pytest.mark.parametrize("secret", ["wrong", "", None, SECRET[:-1], b"\xff\xfe"])
async def test_a_wrong_secret_leaves_no_trace(
    api: BotApi, listening: House, port: int, secret: str | bytes | None
) -> None:
    assert await post(port, update(1), secret) == 401
    assert await post(port, update(2, "the real one")) == 200
    assert await api.text() == "you said the real one"
    assert [turn.message.text for turn in listening.turns] == ["the real one"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"null", b"[]", b"7", b"{}", b'{"update_id": "x"}', b'{"update_id": 1, "message": 5}',
             b"[" * 100_000]
)  # fmt: skip
async def test_garbage_is_refused_and_the_next_update_works(
    api: BotApi, listening: House, port: int, body: bytes
) -> None:
    assert await post(port, body) == 400
    assert await post(port, update(2)) == 200
    assert await api.text() == "you said hello"


async def test_a_body_of_megabytes_is_refused(listening: House, port: int) -> None:
    assert await post(port, b" " * 2**21) == 413


async def test_a_repeated_update_is_answered_once(api: BotApi, listening: House, port: int) -> None:
    assert [await post(port, update(1)), await post(port, update(1)), await post(port, update(2, "next"))] == [200] * 3
    assert [message["text"] for message in await api.heard(count=2)] == ["you said hello", "you said next"]
    assert len(listening.turns) == 2


async def test_a_failing_journal_makes_telegram_send_again(
    api: BotApi, listening: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept, failures = listening.journal.accept, [OSError("no space left on device")] * 2

    async def full(message: Message) -> bool:
        if failures:
            raise failures.pop()
        return await accept(message)

    monkeypatch.setattr(listening.journal, "accept", full)
    await api.send(text="hello")
    await api.send(text="again")
    assert [message["text"] for message in await api.heard(count=2)] == ["you said hello", "you said again"]
    assert [call["status"] for call in await api.calls("webhook")] == [503, 503, 200, 200]


async def test_an_acknowledged_album_survives_a_crash(api: BotApi, tmp_path: Path, port: int) -> None:
    pictures = [
        update(number, "", photo=await api.photo(photo(colour)), media_group_id="a1", caption=colour)
        for number, colour in enumerate(("red", "green", "blue"), 1)
    ]
    async with small_house(api, tmp_path, **hooked(port)) as house:
        await until(lambda: api.calls("setWebhook"))
        assert [await post(port, picture) for picture in pictures] == [200] * 3
        house.running.cancel()  # before the album is whole
        await asyncio.wait([house.running])
        assert house.turns == []
    async with small_house(api, tmp_path, **hooked(port)) as house:
        assert await api.text() == "you said red\ngreen\nblue"
        assert len(house.turns[0].message.attachments) == 3
        assert not list((tmp_path / "telegram_albums").glob("*.json"))
        assert await post(port, pictures[2]) == 200  # Telegram did not hear the first acknowledgement
        assert await post(port, update(4)) == 200
        assert await api.text() == "you said hello"
        assert len(house.turns) == 2

    async def listens_again() -> bool:
        return len(await api.calls("setWebhook")) == 3

    async with small_house(api, tmp_path, **hooked(port)) as house:  # one that remembers nothing of the album
        await until(listens_again)
        assert [await post(port, picture) for picture in pictures] == [200] * 3
        assert await post(port, update(5, "last")) == 200
        assert await api.text() == "you said last"
        assert len(await house.turns_of()) == 3


async def test_a_picture_that_comes_late_is_not_lost(api: BotApi, listening: House, port: int) -> None:
    for number, colour in enumerate(("red", "green"), 1):
        await post(port, update(number, "", photo=await api.photo(photo(colour)), media_group_id="a1"))
    await api.heard()
    await post(port, update(3, "", photo=await api.photo(photo("blue")), media_group_id="a1", caption="one more"))
    assert await api.text() == "you said one more"
    assert [len(turn.message.attachments) for turn in listening.turns] == [2, 1]


async def test_a_piece_of_a_picture_on_disk_is_thrown_away(api: BotApi, tmp_path: Path, port: int) -> None:
    (tmp_path / "telegram_albums").mkdir()
    (tmp_path / "telegram_albums" / "9.json").write_text('{"update_id": 9, "mess')
    async with small_house(api, tmp_path, **hooked(port)):
        await until(lambda: api.calls("setWebhook"))
        await api.send(text="hello")
        assert await api.text() == "you said hello"
    assert not list((tmp_path / "telegram_albums").iterdir())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"webhook_url": "http://shop.example/t"}, "telegram.webhook_url"),
        ({"webhook_secret": ""}, "telegram.webhook_secret"),
        ({"webhook_secret": "with blanks in it"}, "telegram.webhook_secret"),
    ],
)
def test_a_mistake_in_the_webhooks_settings_is_named(tmp_path: Path, change: dict[str, str], named: str) -> None:
    wrong = settings("http://127.0.0.1:9", **{**hooked(1), **change})
    with pytest.raises(ConfigError, match=named):
        TelegramChannel(wrong, None, tmp_path)  # type: ignore[arg-type]  # refused before the clerk is looked at


async def test_a_port_that_is_taken_is_named(api: BotApi, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with small_house(api, tmp_path, **hooked(taken.getsockname()[1])) as house:
            with pytest.raises(ConfigError, match="telegram.webhook_port"):
                await house.running


async def test_an_address_that_telegram_refuses_is_named(api: BotApi, tmp_path: Path, port: int) -> None:
    await api.fail("setWebhook", 400, "Bad Request: bad webhook: Failed to resolve host")
    async with small_house(api, tmp_path, **hooked(port)) as house:
        with pytest.raises(ConfigError, match="telegram.webhook_url.*resolve"):
            await house.running
