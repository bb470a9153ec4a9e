"""The Bot API server, and what customers do on it."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

TOKEN = "666:made-up"
FOLDER = Path(__file__).parents[1] / "telegram_server"
_NUMBERS = itertools.count(1)


@dataclass(slots=True)
class BotApi:
    """A running server, seen from the customers' side."""

    url: str
    line: httpx.AsyncClient

    async def send(self, chat: int = 7, *, kind: str = "private", language: str = "en", **content: Any) -> None:
        """Send a message with any content: text=, photo=, voice=, location=, ..."""
        person = {"id": chat, "is_bot": False, "first_name": "Chen", "language_code": language}
        body = {"botToken": TOKEN, "date": 1_700_000_000, "chat": {"id": chat, "type": kind}, "from": person, **content}
        (await self.line.post("/sendMessage", json=body)).raise_for_status()

    async def press(self, sent: dict[str, Any], label: str, *, chat: int = 7, language: str = "en") -> None:
        """Press the button `label` below a message of the bot."""
        markup = sent["reply_markup"]
        data = next(one["callback_data"] for row in markup["inline_keyboard"] for one in row if one["text"] == label)
        about = {
            "message_id": 1,
            "date": 1_700_000_000,
            "chat": {"id": chat, "type": "private"},
            "from": {"id": 666, "is_bot": True, "first_name": "Clerk"},
            "reply_markup": markup,
        }
        person = {"id": chat, "is_bot": False, "first_name": "Chen", "language_code": language}
        press = {"botToken": TOKEN, "from": person, "message": about, "data": data}
        (await self.line.post("/sendCallback", json=press)).raise_for_status()

    async def upload(self, data: bytes) -> dict[str, Any]:
        """Put a file on the server; returns its file object."""
        answer = await self.line.post("/test/files", content=data, headers={"content-type": "image/x"})
        return dict(answer.json())

    async def photo(self, data: bytes) -> list[dict[str, Any]]:
        """Put a photo on the server; returns the sizes that a message lists."""
        return [{**await self.upload(data), "width": 64, "height": 48}]

    async def album(self, photos: list[bytes], *, chat: int = 7, caption: str = "") -> None:
        """Send an album, each picture as an update of its own."""
        name = f"album{next(_NUMBERS)}"
        for place, data in enumerate(photos):
            words = {"caption": caption} if caption and place == 0 else {}
            await self.send(chat, photo=await self.photo(data), media_group_id=name, **words)

    async def raw(self, **update: Any) -> None:
        """Put an update of any shape in the queue."""
        await self.line.post("/test/raw", json=update)

    async def fail(self, method: str, code: int, description: str, **more: Any) -> None:
        """Let the next calls of a method fail."""
        await self.line.post("/test/faults", json={"method": method, "code": code, "description": description, **more})

    async def calls(self, method: str) -> list[dict[str, Any]]:
        """Return what the bot called so far."""
        return [call for call in (await self.line.get("/test/calls")).json() if call["method"] == method]

    async def heard(self, chat: int = 7, *, count: int = 1, within_s: float = 20) -> list[dict[str, Any]]:
        """Wait for the bot's next `count` messages in a chat."""
        got: list[dict[str, Any]] = []
        async with asyncio.timeout(within_s):
            while True:
                answer = await self.line.post("/getUpdates", json={"token": TOKEN, "chatId": chat})
                got += [row["message"] for row in answer.json()["result"]]
                if len(got) >= count:
                    return got
                await asyncio.sleep(0.03)

    async def text(self, chat: int = 7) -> str:
        """Wait for the bot's next message and return its words."""
        return str((await self.heard(chat))[0]["text"])

    async def file(self, file_id: str) -> bytes:
        """Return a file's bytes."""
        return (await self.line.get(f"/file/bot{TOKEN}/{file_id}")).content


@contextmanager
def serving() -> Iterator[str]:
    """Run a server and yield its address; skip where it is not installed."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "telegram-test-api").is_dir():
        pytest.skip(f"the Bot API server needs node, and `npm ci` in {FOLDER.name}; `make test` runs it")
    with subprocess.Popen(
        [node, "server.js", TOKEN], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


async def until(holds: Callable[[], Awaitable[object]], within_s: float = 20) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within_s):
        while not await holds():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.02)
