"""The record of calls in the store: kept, shown, expired, erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.journal.calls import StoreCalls
from core.journal.outgoing import OutgoingCall, StoreOutgoing
from core.journal.store import Store


@pytest.fixture
async def calls(tmp_path: Path) -> AsyncIterator[StoreCalls]:
    store = Store(tmp_path / "zhanggui.db")
    yield StoreCalls(store)
    store.close()


def call(call_id: str, day: int = 1, *, caller: str = "+86 138 0000 0000", **more: Any) -> dict[str, Any]:
    began = datetime(2026, 11, day, tzinfo=UTC).isoformat()
    return {
        "call_id": call_id,
        "caller": caller,
        "conversation_id": f"phone:{call_id}",
        "began_at": began,
        "ended_at": began,
        "recording": f"{call_id}.ogg",
        "recording_sha256": "ab",
        "ended": "the caller hung up",
        **more,
    }


async def test_a_call_is_stored_once_and_as_it_was_last(calls: StoreCalls) -> None:
    await calls.keep(call("a", ended_at=None, ended=""))
    await calls.keep(call("a"))
    await calls.keep(call("b", 2))
    assert [one["call_id"] for one in await calls.calls(limit=10)] == ["b", "a"]
    found = await calls.call("a")
    assert found is not None and (found["ended"], found["audit"]) == ("the caller hung up", [])
    assert await calls.call("c") is None


async def test_what_a_crash_left_open_is_closed_and_its_recording_stays(calls: StoreCalls) -> None:
    await calls.keep(call("a", ended_at=None, ended=""))
    await calls.keep(call("b"))
    assert await calls.mend() == 1
    found = await calls.call("a")
    assert found is not None and (found["ended"], found["recording"]) == ("the clerk was stopped", "a.ogg")
    assert await calls.mend() == 0


async def test_recordings_expire_before_calls_and_both_leave_a_trace(calls: StoreCalls) -> None:
    for day, name in ((1, "old"), (10, "middle"), (20, "new")):
        await calls.keep(call(name, day))
    await calls.note("old", "fetched", "admin key from 127.0.0.1")
    before = [datetime(2026, 11, day, tzinfo=UTC).timestamp() for day in (15, 5)]
    assert await calls.expire(recordings_before=before[0], calls_before=before[1]) == 2
    assert await calls.recordings() == {"new.ogg"}
    assert [one["call_id"] for one in await calls.calls(limit=10)] == ["new", "middle"]
    middle = await calls.call("middle")
    assert middle is not None and (middle["recording"], middle["recording_sha256"]) == ("", "")
    assert [(deed["deed"], deed["by"]) for deed in middle["audit"]] == [("expired", "retention")]


async def test_erasing_a_number_erases_it_however_it_is_written(calls: StoreCalls) -> None:
    await calls.keep(call("a"))
    await calls.keep(call("b", caller="013800000000"))
    await calls.keep(call("c", caller="+44 20 7946 0000"))
    await calls.keep(call("d", caller=""))
    assert await calls.erase(number="13800000000") == 2
    assert await calls.erase(number="") == 0
    assert {one["call_id"] for one in await calls.calls(limit=10)} == {"c", "d"}
    assert await calls.erase(call_id="") == 0


async def test_one_call_of_a_conversation_is_erased_and_the_others_stay(calls: StoreCalls) -> None:
    await calls.keep(call("a", conversation_id="of a page"))
    await calls.keep(call("b", conversation_id="of a page"))
    assert await calls.erase(call_id="a") == 1
    assert [one["call_id"] for one in await calls.calls(limit=10)] == ["b"]
    assert await calls.erase(call_id="a") == 0


async def test_calls_to_a_number_are_forgotten_on_request_and_in_time_but_not_the_wish_for_none(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path / "zhanggui.db")
    outgoing = StoreOutgoing(store)
    for key, number in (("a", "+44 20 7946 0000"), ("b", "02079460000"), ("c", "+86 138 0000 0000"), ("d", "100")):
        await outgoing.add(OutgoingCall(key=key, number=number, language="en", words="It is here."))
    await outgoing.refuse("+442079460000")
    assert await outgoing.erase("+442079460000") == 2
    assert await outgoing.erase("") == 0
    again = await outgoing.add(OutgoingCall(key="e", number="+442079460000", language="en", words="It is here."))
    assert again.state == "refused"
    await outgoing.settle("c", "done", "told", due_at=100.0)
    await outgoing.expire(before=50.0)
    assert {one.key for one in await outgoing.calls(limit=10)} == {"c", "d", "e"}
    await outgoing.expire(before=200.0)
    assert {one.key for one in await outgoing.calls(limit=10)} == {"d", "e"}, "what waits or is new is not forgotten"
    await outgoing.settle("d", "telling", "being told")
    await outgoing.mend(due_at=300.0)
    await outgoing.expire(before=200.0)
    assert [one.state for one in await outgoing.calls(limit=10)] == ["refused", "done"], "nor what a crash cut off now"
    store.close()
