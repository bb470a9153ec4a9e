"""Callers beyond the lines: they wait in order, hear where they are, and are never left in dead air."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.voice.audio_time import in_audio_time
from tests.voice.call_scene import Line, Scene, until
from tests.voice.far_side import Book, Notes
from voice.call import phrases
from voice.call.session import CallSession, Operations
from voice.call.waiting import Patience


@asynccontextmanager
async def calls(session: CallSession, *lines: Line) -> AsyncIterator[list[asyncio.Task[None]]]:
    before = asyncio.all_tasks()
    held = [asyncio.create_task(session.hold(line)) for line in lines]
    async with asyncio.timeout(20):
        yield held
        for line in lines:
            line.drop()
        await asyncio.gather(*held)
    assert session.calls == 0
    assert asyncio.all_tasks() <= before


def scene(queue: int, *, lines: int = 1, note: Notes | None = None, **patience: float) -> Scene:
    operations = Operations(keep=Book(), queue=queue, note=note, patience=Patience(**patience))
    return Scene(max_calls=lines, operations=operations)


def place(number: int) -> str:
    return phrases.IN_QUEUE["en"].format(place=number)


@in_audio_time
async def test_who_called_first_is_answered_first() -> None:
    house = scene(2, announce_s=0.2)
    first, second, third = Line("1"), Line("2"), Line("3")
    session = house.session()
    async with calls(session, first, second, third):
        await until(lambda: {place(1), place(2)} <= set(house.said))
        assert house.said.count(phrases.GREETING["en"]) == 1
        first.drop()
        await until(lambda: house.said.count(phrases.GREETING["en"]) == 2)
        assert not third.hung_up
        house.voice.said.clear()
        await until(lambda: place(1) in house.said)  # the third has moved up
        assert place(2) not in house.said
        second.drop()
        await until(lambda: phrases.GREETING["en"] in house.said)


@in_audio_time
async def test_the_21st_call_on_a_box_of_20_hears_that_it_is_busy() -> None:
    house = scene(0, lines=20)
    session = house.session()
    lines = [Line(str(number)) for number in range(21)]
    async with calls(session, *lines) as held:
        await until(lambda: held[20].done())
        assert lines[20].hung_up
        assert any(frame.any() for frame in lines[20].sent)
        assert house.said.count(phrases.ALL_BUSY["en"]) == 1
        assert session.calls == 20


@in_audio_time
async def test_who_finds_the_queue_full_hears_that_it_is_busy() -> None:
    house = scene(1)
    session = house.session()
    lines = [Line(str(number)) for number in range(3)]
    async with calls(session, *lines) as held:
        await until(lambda: held[2].done())
        assert phrases.ALL_BUSY["en"] in house.said
        assert not held[1].done()


@in_audio_time
async def test_a_wait_that_is_too_long_ends_in_an_offer_to_call_back() -> None:
    notes = Notes()
    house = scene(1, note=notes, wait_s=0.3, decide_s=1.0)
    first, second = Line("1"), Line("2")
    session = house.session()
    async with calls(session, first, second) as held:
        await until(lambda: any("ending in 0 0 0 0" in said for said in house.said))
        second.press("1")
        await until(lambda: held[1].done())
    assert [note.caller for note in notes.written] == ["+8613800000000"]
    assert house.said[-1] == phrases.BACK_NOTED["en"]


@in_audio_time
async def test_who_is_offered_to_be_called_back_keeps_nobody_waiting() -> None:
    house = scene(2, note=Notes(), wait_s=0.3, decide_s=10.0)
    first, second, third = Line("1"), Line("2"), Line("3")
    session = house.session()
    async with calls(session, first, second) as held:
        await until(lambda: any("ending in 0 0 0 0" in said for said in house.said))
        late = asyncio.create_task(session.hold(third))
        await until(lambda: place(1) in house.said[-1:])  # nobody is before the third any more
        first.drop()
        await until(lambda: house.said.count(phrases.GREETING["en"]) == 2)
        assert not held[1].done()
        third.drop()
        await late


@in_audio_time
async def test_without_a_number_nothing_is_promised() -> None:
    notes = Notes()
    house = scene(1, note=notes, wait_s=0.3)
    first, second = Line("1"), Line("2")
    second.caller = ""
    session = house.session()
    async with calls(session, first, second) as held:
        await until(lambda: held[1].done())
    assert not notes.written
    assert house.said[-2:] == [phrases.QUEUE_TOO_LONG["en"], phrases.CALL_LATER["en"]]


@in_audio_time
async def test_who_hangs_up_while_waiting_gives_the_place_to_the_next() -> None:
    house = scene(2, announce_s=0.1)
    first, second, third = Line("1"), Line("2"), Line("3")
    session = house.session()
    async with calls(session, first, second, third) as held:
        await until(lambda: place(2) in house.said)
        second.drop()
        await until(lambda: held[1].done())
        first.drop()
        await until(lambda: house.said.count(phrases.GREETING["en"]) == 2)
        assert session.calls == 1


@in_audio_time
async def test_a_seat_that_comes_in_the_moment_of_the_hang_up_goes_on_to_the_next() -> None:
    house = scene(2)
    first, second, third = Line("1"), Line("2"), Line("3")
    session = house.session()
    async with calls(session, first, second, third):
        await until(lambda: {place(1), place(2)} <= set(house.said))
        first.drop()
        second.drop()
        await until(lambda: house.said.count(phrases.GREETING["en"]) >= 2 and second.hung_up)
        await until(lambda: session.calls == 1)
        assert not third.hung_up
