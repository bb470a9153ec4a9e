"""Starting: a token that is wrong is told at once, a network that is down is waited for."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path

import pytest

from channels.telegram import connection
from channels.telegram.channel import TelegramChannel
from core.errors import ConfigError
from tests.channels.telegram.bot_api import BotApi, until
from tests.channels.telegram.small_house import House, settings, small_house

pytestmark = pytest.mark.peer


@pytest.mark.parametrize("token", ["", "no colon", "123:with blank", "123:新"])
def test_a_missing_or_malformed_token_is_named(tmp_path: Path, token: str) -> None:
    with pytest.raises(ConfigError, match=r"telegram\.token") as told:
        TelegramChannel(settings("http://127.0.0.1:9", token=token), None, tmp_path)  # type: ignore[arg-type]  # unused
    assert not token or token not in str(told.value)


async def test_a_wrong_token_is_named_and_not_told(
    api: BotApi, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with small_house(api, tmp_path, token="666:another-one") as house:
        with pytest.raises(ConfigError, match=r"telegram\.token") as told:
            await house.running
    assert "another-one" not in str(told.value) and "another-one" not in caplog.text


async def test_a_token_withdrawn_while_polling_ends_the_channel(api: BotApi, house: House) -> None:
    await until(lambda: api.calls("getUpdates"))
    await api.fail("getUpdates", 401, "Unauthorized")
    await api.send(text="wake up")
    with pytest.raises(ConfigError, match=r"telegram\.token"):
        await asyncio.wait_for(house.running, 20)


async def test_the_network_may_be_down_at_the_start(
    api: BotApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connection, "_LONGEST_PAUSE_S", 0.1)
    await api.fail("getMe", 502, "Bad Gateway", times=1)
    await api.fail("deleteWebhook", 500, "Internal Server Error", times=1)
    await api.fail("getUpdates", 429, "Too Many Requests: retry after 1", parameters={"retry_after": 1})
    async with small_house(api, tmp_path):
        await api.send(text="hello")
        assert await api.text() == "you said hello"
    assert "trying again" in caplog.text


async def test_a_server_that_is_not_there_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
        api = BotApi(url=nobody, line=None)  # type: ignore[arg-type]  # nobody sends anything
        async with small_house(api, tmp_path) as house:

            async def told() -> bool:
                return "trying again" in caplog.text

            await until(told)
            assert not house.running.done()


async def test_choices_that_cannot_be_read_are_chosen_again(api: BotApi, tmp_path: Path) -> None:
    (tmp_path / "telegram_voice.json").write_text('["telegram:7"')
    async with small_house(api, tmp_path):
        await api.send(text="/voice")
        assert "voice notes" in await api.text()
    assert (tmp_path / "telegram_voice.json").read_text() == '["telegram:7"]'
