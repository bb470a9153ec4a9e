"""Calls as the staff sees them: at the command line, over HTTP, and what is deleted in time."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from channels.web import House, make_app
from core.call_ports import LineQuality
from core.config import Phone, Settings, Web
from core.journal.calls import StoreCalls
from core.journal.store import Store
from core.shop.local import LocalShop
from tests.channels.web.conftest import refused
from tests.channels.web.scripted_clerk import ScriptedClerk
from ui.admin import StoreViews
from ui.call_desk import CallDesk
from ui.calls import recordings_folder, sweep, write_ticket
from ui.cli import main
from ui.shop_folder import open_shop
from voice.call.record import CallRecord, TurnTimes
from voice.call.seams import Note

KEY = {"Authorization": "Bearer key"}


def record(call_id: str = "c1:ab", **more: Any) -> CallRecord:
    kept = CallRecord(
        call_id=call_id,
        caller="+8613800000000",
        conversation_id=f"phone:{call_id}",
        began_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        **more,
    )
    kept.turns.append(TurnTimes(ended_s=0.4, heard_s=0.5, answered_s=0.6, spoken_s=0.7))
    kept.interruptions.append(0.2)
    kept.finish(LineQuality(received=990, lost=10, jitter_ms=5))
    kept.ended = "the caller hung up"
    return kept


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", phone=Phone(language="en"))


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    opened = Store(settings.data_dir / "zhanggui.db")
    yield opened
    opened.close()


@pytest.fixture
async def shop(store: Store, settings: Settings) -> LocalShop:
    return await open_shop(store, settings.data_dir, policy=None)


@pytest.fixture
async def desk(store: Store, shop: LocalShop, settings: Settings) -> CallDesk:
    return CallDesk(store, shop, settings)


@pytest.fixture
def house(desk: CallDesk, tmp_path: Path) -> House:
    clerk = ScriptedClerk(tmp_path / "blobs")
    return House(settings=Web(admin_key=SecretStr("key")), clerk=clerk, secret_key=b"k" * 32, calls=desk)


@pytest.fixture
async def client(house: House) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(make_app(house))) as opened:
        yield opened


def tape(settings: Settings, name: str) -> Path:
    file = recordings_folder(settings) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"OggS and sound")
    return file


async def test_a_call_is_listed_read_and_its_recording_fetched_on_the_record(
    client: TestClient[Any, Any], store: Store, settings: Settings
) -> None:
    await StoreCalls(store).keep(record(recording="a.ogg", consent="agreed").as_json())
    tape(settings, "a.ogg")
    (listed,) = (await (await client.get("/v1/admin/calls", headers=KEY)).json())["items"]
    assert (listed["call_id"], listed["ended"], listed["turns"][0]["heard_s"]) == ("c1:ab", "the caller hung up", 0.5)
    assert 3.5 < listed["mos"] < 4.4
    fetched = await client.get("/v1/admin/calls/c1:ab/recording", headers=KEY)
    assert (fetched.status, await fetched.read(), fetched.content_type) == (200, b"OggS and sound", "audio/ogg")
    one = await (await client.get("/v1/admin/calls/c1:ab", headers=KEY)).json()
    assert [(deed["deed"], deed["by"]) for deed in one["audit"]] == [("fetched", "admin key from 127.0.0.1")]


async def test_nothing_is_shown_without_the_key(client: TestClient[Any, Any]) -> None:
    for path in ("calls", "calls/c1", "calls/c1/recording", "outgoing"):
        await refused(await client.get(f"/v1/admin/{path}"), 401, "unauthorized")
    await refused(await client.post("/v1/admin/calls", json={}), 401, "unauthorized")
    await refused(await client.delete("/v1/admin/calls/c1"), 401, "unauthorized")


async def test_what_is_not_there_is_told(client: TestClient[Any, Any], store: Store) -> None:
    await refused(await client.get("/v1/admin/calls/no", headers=KEY), 404, "unknown_call")
    await refused(await client.delete("/v1/admin/calls/no", headers=KEY), 404, "unknown_call")
    await refused(await client.get("/v1/admin/calls?limit=0", headers=KEY), 400, "invalid_query")
    await StoreCalls(store).keep(record(recording="gone.ogg").as_json())
    await refused(await client.get("/v1/admin/calls/c1:ab/recording", headers=KEY), 404, "not_found")


async def test_a_call_is_erased_with_its_recording(
    client: TestClient[Any, Any], store: Store, settings: Settings
) -> None:
    await StoreCalls(store).keep(record("a", recording="a.ogg").as_json())
    await StoreCalls(store).keep(record("b", recording="b.ogg").as_json())
    gone, stays = tape(settings, "a.ogg"), tape(settings, "b.ogg")
    assert (await client.delete("/v1/admin/calls/a", headers=KEY)).status == 204
    assert (gone.exists(), stays.exists()) == (False, True)


async def test_a_notice_of_an_order_calls_its_customer_once(client: TestClient[Any, Any], shop: LocalShop) -> None:
    order = await shop.order("W5120299")
    assert order is not None
    owner = await shop.customer(order.user_id)
    assert owner is not None and owner.phone
    body = {"order": "#w5120299", "notice": "delivery"}
    placed = await client.post("/v1/admin/calls", json=body, headers=KEY)
    assert placed.status == 202, await placed.text()
    first = await placed.json()
    assert (first["state"], first["number"], first["words"]) == (
        "waiting",
        owner.phone,
        "Your order W5120299 arrives today.",
    )
    again = await client.post("/v1/admin/calls", json={**body, "order": "W5120299"}, headers=KEY)
    assert (await again.json())["key"] == first["key"]
    assert len((await (await client.get("/v1/admin/outgoing", headers=KEY)).json())["items"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"number": "1"},
        {"number": "1", "text": "x", "order": "W5120299"},
        {"order": "W5120299"},
        {"order": "W5120299", "notice": "party"},
        {"order": "nothing", "notice": "delivery"},
        {"text": "hello"},
    ],
)
async def test_a_call_that_cannot_be_made_says_why(client: TestClient[Any, Any], body: dict[str, str]) -> None:
    await refused(await client.post("/v1/admin/calls", json=body, headers=KEY), 422, "cannot_call")


async def test_calls_are_counted(client: TestClient[Any, Any], house: House) -> None:
    house.metrics.calls.ended(record().as_json())
    house.metrics.calls.watch(lambda: 3, lambda: 2)
    text = await (await client.get("/metrics")).text()
    assert 'zhanggui_calls_total{direction="in",ended="the caller hung up"} 1.0' in text
    assert "zhanggui_calls_active 3.0" in text and "zhanggui_calls_waiting 2.0" in text
    assert 'zhanggui_call_turn_seconds_sum{stage="heard"} 0.5' in text
    assert "zhanggui_call_interruption_seconds_count 1.0" in text
    assert "zhanggui_call_mos_count 1.0" in text


async def test_a_call_back_is_one_ticket_with_the_number_on_it(store: Store, shop: LocalShop, desk: CallDesk) -> None:
    note = Note(key="queue:1", caller="+8613800000000", summary="call back", conversation_id="phone:1")
    number = await write_ticket(shop, store, note)
    assert await write_ticket(shop, store, note) == number
    (ticket,) = await StoreViews(store).tickets(limit=10)
    assert (ticket["number"], ticket["kind"], ticket["summary"]) == (number, "callback", "call back")


async def test_only_old_recordings_that_no_call_names_are_swept(settings: Settings) -> None:
    kept, orphan, young = (tape(settings, name) for name in ("kept.ogg", "orphan.ogg", "young.ogg"))
    for file in (kept, orphan):
        os.utime(file, (time.time() - 3600,) * 2)
    assert sweep(recordings_folder(settings), frozenset({"kept.ogg"})) == 1
    assert (kept.exists(), orphan.exists(), young.exists()) == (True, False, True)
    assert sweep(settings.data_dir / "nowhere", frozenset()) == 0


def test_hours_that_are_no_hours_are_refused() -> None:
    for wrong in ("", "9", "9:00", "25:00-26:00", "9:00-9:00", "nine to five"):
        with pytest.raises(ValueError, match="two different times"):
            Phone(call_hours=wrong)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    try:
        main((*arguments, "--json"))
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    return code, json.loads(capsys.readouterr().out)


def test_the_command_line_places_lists_and_erases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "calls") == (0, {"calls": []})
    code, placed = run(capsys, "call", "+442079460000", "--say", "The kettle is here.", "--language", "en")
    assert (code, placed["state"], placed["language"]) == (0, "waiting", "en")
    again = run(capsys, "call", "+442079460000", "--say", "The kettle is here.", "--language", "en")[1]
    assert again["key"] == placed["key"]
    assert [one["key"] for one in run(capsys, "calls", "--outgoing")[1]["calls"]] == [placed["key"]]
    assert run(capsys, "call", "+442079460000")[0] == 2
    assert run(capsys, "calls", "nobody")[0] == 2
    assert run(capsys, "calls", "--erase-number", "+442079460000") == (0, {"erased": 1})
    assert run(capsys, "calls", "--outgoing") == (0, {"calls": []})
