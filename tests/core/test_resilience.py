"""Work off the event loop: what waits for what."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator

import pytest

from core.resilience import Lane, in_worker, patient_lane


@pytest.fixture
async def jam() -> AsyncIterator[threading.Event]:
    """Keep every model's thread busy until the test ends."""
    free = threading.Event()
    jobs = [asyncio.create_task(in_worker(free.wait)) for _ in range(8)]
    await asyncio.sleep(0)
    yield free
    free.set()
    await asyncio.gather(*jobs)


async def test_a_lane_goes_on_while_all_workers_are_busy(jam: threading.Event) -> None:
    assert await asyncio.wait_for(Lane().run(len, "free"), 5) == 4


async def test_a_lane_does_one_job_at_a_time_in_the_order_in_which_they_came() -> None:
    lane, seen, inside = Lane(), [], 0

    def job(number: int) -> None:
        nonlocal inside
        inside += 1
        seen.append((number, inside))
        inside -= 1

    await asyncio.gather(*(lane.run(job, number) for number in range(50)))
    assert seen == [(number, 1) for number in range(50)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
async def test_work_ahead_of_its_time_gives_way_to_any_other() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert await patient_lane().run(niceness) > await Lane().run(niceness) == niceness()


async def test_a_job_whose_caller_gave_up_in_the_queue_never_starts() -> None:
    lane, begin, ran = Lane(), threading.Event(), []
    first = asyncio.create_task(lane.run(begin.wait))
    given_up = asyncio.create_task(lane.run(ran.append, "given up"))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    begin.set()
    await first
    await lane.run(ran.append, "after")
    assert ran == ["after"]
