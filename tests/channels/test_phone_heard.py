"""What was heard of what was sent, told by marks and by the clock between them."""

from __future__ import annotations

import asyncio

from channels.phone.heard import Heard


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def send(heard: Heard, ms: int) -> list[str]:
    return [mark_id for _ in range(ms // 20) if (mark_id := heard.sent(20))]


def test_ten_seconds_sent_at_once_are_not_ten_seconds_heard() -> None:
    clock = Clock()
    heard = Heard(clock)
    ticks = send(heard, 10_000)
    assert len(ticks) == 50
    clock.now = 3.0
    for tick in ticks[:14]:
        heard.came(tick)
    clock.now = 3.1
    assert round(heard.flush()) == 2_900


def test_the_clock_never_passes_a_mark_that_has_not_come_back() -> None:
    clock = Clock()
    heard = Heard(clock)
    send(heard, 1_000)
    clock.now = 60.0
    assert heard.flush() == 200


def test_what_was_heard_counts_from_the_last_mark_that_was_heard() -> None:
    clock = Clock()
    heard = Heard(clock)
    send(heard, 400)
    first = heard.mark("said-1")
    send(heard, 400)
    heard.mark("said-2")
    clock.now = 0.4
    heard.came(first)
    clock.now = 0.5
    assert round(heard.flush()) == 100
    assert heard.flush() == 0


def test_a_pause_is_neither_heard_nor_caught_up() -> None:
    clock = Clock()
    heard = Heard(clock)
    for tick in send(heard, 200):
        clock.now = 0.2
        heard.came(tick)
    clock.now = 5.0
    send(heard, 100)
    clock.now = 5.05
    assert round(heard.flush()) == 250


async def test_a_later_mark_answers_for_those_before_it_and_a_stale_one_for_none() -> None:
    heard = Heard()
    stale = heard.mark("a")
    heard.flush()
    await asyncio.wait_for(heard.played("a"), 1)
    heard.mark("a")
    last = heard.mark("b")
    waiting = asyncio.create_task(heard.played("a"))
    heard.came(stale)
    heard.came("never given")
    await asyncio.sleep(0)
    assert not waiting.done()
    heard.came(last)
    await asyncio.wait_for(waiting, 1)
    await asyncio.wait_for(heard.played("b"), 1)
