"""`kill -9` at any moment loses no acknowledged message and answers none twice."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from core.journal.journal import StoreJournal
from core.journal.store import Store

ROOT = Path(__file__).parents[2]

CLERK = """
import asyncio, sys
from pathlib import Path
from core.engine import Engine, Parts
from core.journal.journal import StoreJournal
from core.journal.store import Store
from tests.core.conftest import Blind, Echo, Plain, message

async def main(folder):
    store = Store(Path(folder) / "zhanggui.db")
    engine = Engine(Parts(journal=StoreJournal(store), perception=Blind(), understander=Plain(), dialogue=Echo(),
                          media=None, blobs=None))
    print("took up", await engine.start(), flush=True)
    for number in range(100000):
        external_id = f"{sys.argv[2]}-{number}"
        one = message(external_id, conversation=f"c{number % 7}", external_id=external_id)
        await engine.receive(one)
        print("accepted", external_id, flush=True)

asyncio.run(main(sys.argv[1]))
"""


def run_and_kill(folder: Path, name: str, after: int) -> list[str]:
    """Start a clerk, kill it after some acknowledgements, return what it had acknowledged."""
    clerk = subprocess.Popen(
        [sys.executable, "-c", CLERK, str(folder), name], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    acknowledged: list[str] = []
    assert clerk.stdout is not None
    for line in clerk.stdout:
        if line.startswith("accepted"):
            acknowledged.append(line.split()[1])
        if len(acknowledged) == after:
            clerk.send_signal(signal.SIGKILL)
            break
    acknowledged += [line.split()[1] for line in clerk.stdout if line.startswith("accepted") and line.endswith("\n")]
    clerk.stdout.close()
    clerk.wait()
    return acknowledged


async def test_nothing_acknowledged_is_lost_and_nothing_is_answered_twice(tmp_path: Path) -> None:
    acknowledged = [
        external_id
        for name, after in (("first", 40), ("second", 120), ("third", 15))
        for external_id in await asyncio.to_thread(run_and_kill, tmp_path, name, after)
    ]
    store = Store(tmp_path / "zhanggui.db")
    journal = StoreJournal(store)
    pending = {message.external_id for message in await journal.pending()}
    answered = [turn.message.external_id for number in range(7) for turn in await journal.turns(f"c{number}")]
    store.close()
    assert len(answered) == len(set(answered))
    assert not pending & set(answered)
    assert set(acknowledged) <= pending | set(answered)
    assert len(acknowledged) >= 175
