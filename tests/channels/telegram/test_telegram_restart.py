"""`kill -9` in mid-queue: nothing is lost, nothing is answered twice, each chat keeps its order."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from core.journal.journal import StoreJournal
from core.journal.store import Store
from tests.channels.telegram.bot_api import BotApi, until
from tests.channels.telegram.conftest import photo

pytestmark = pytest.mark.peer

ROOT = Path(__file__).parents[3]

CLERK = """
import asyncio, sys
from pathlib import Path
from core.journal.journal import StoreJournal
from tests.channels.telegram.bot_api import BotApi
from tests.channels.telegram.small_house import small_house
from tests.core.conftest import Echo

accept, respond, accepted = StoreJournal.accept, Echo.respond, []

async def hanging(self, message):  # dies with updates in hand that are not on record
    accepted.append(message)
    if len(accepted) > int(sys.argv[3]):
        print("hangs", flush=True)
        await asyncio.Event().wait()
    return await accept(self, message)

async def slow(self, *arguments):
    await asyncio.sleep(0.02)
    return await respond(self, *arguments)

StoreJournal.accept, Echo.respond = hanging, slow

async def main():
    async with small_house(BotApi(url=sys.argv[1], line=None), Path(sys.argv[2])) as house:
        await house.running

asyncio.run(main())
"""


async def start(api: BotApi, folder: Path, *, hang_after: int = 10_000) -> asyncio.subprocess.Process:
    arguments = [sys.executable, "-c", CLERK, api.url, str(folder), str(hang_after)]
    return await asyncio.create_subprocess_exec(*arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE)


async def kill(clerk: asyncio.subprocess.Process) -> None:
    clerk.send_signal(signal.SIGKILL)
    await clerk.communicate()


async def test_a_killed_clerk_loses_no_update_and_answers_none_twice(api: BotApi, tmp_path: Path) -> None:
    chats, each = (11, 12, 13), 12
    for number in range(each):
        for chat in chats:
            await api.send(chat, text=f"{chat}-{number}")
    await api.album([photo("red"), photo("green"), photo("blue")], chat=11, caption="album")

    clerk = await start(api, tmp_path, hang_after=10)  # killed before a commit
    assert clerk.stdout
    await asyncio.wait_for(clerk.stdout.readline(), 30)
    await kill(clerk)
    clerk = await start(api, tmp_path)  # killed after commits, in the middle of turns and deliveries
    sent = len(await api.calls("sendMessage"))

    async def some_more() -> bool:
        return len(await api.calls("sendMessage")) > sent + 9

    await until(some_more, 30)
    await kill(clerk)

    wanted = {chat: [f"{chat}-{number}" for number in range(each)] + ["album"] * (chat == 11) for chat in chats}
    clerk = await start(api, tmp_path)
    heard: dict[int, list[str]] = {}
    for chat in chats:
        got: list[str] = []
        while not got or got[-1] != f"you said {wanted[chat][-1]}":
            got += [message["text"] for message in await api.heard(chat, within_s=30)]
        heard[chat] = list(dict.fromkeys(got))  # a reply may come twice, never out of order
    await kill(clerk)

    store = Store(tmp_path / "zhanggui.db")
    journal = StoreJournal(store)
    turns = {chat: await journal.turns(f"telegram:{chat}") for chat in chats}
    pending = await journal.pending()
    store.close()
    assert {chat: [turn.message.text for turn in turns[chat]] for chat in chats} == wanted
    assert heard == {chat: [f"you said {text}" for text in texts] for chat, texts in wanted.items()}
    assert len(turns[11][-1].message.attachments) == 3
    assert pending == ()
