"""The queue before a model: batches across callers, bounds, deadlines, and memory that runs out."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from core.batching import ModelQueue, Ran, is_out_of_memory
from core.errors import BackendError, BusyError
from core.resilience import Lane


class OutOfMemoryError(RuntimeError):
    """Named as torch names its own."""


class Model:
    """Doubles numbers; its memory holds `holds` of them at once, and it waits for `go` before each batch."""

    def __init__(self, holds: int = 1000) -> None:
        self.holds, self.go, self.batches = holds, threading.Event(), list[list[int]]()
        self.begun = threading.Event()
        self.go.set()

    def __call__(self, numbers: list[int]) -> list[int]:
        self.begun.set()
        self.go.wait(10)
        self.batches.append(numbers)
        if len(numbers) > self.holds:
            raise OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers]


def queue(model: Model, *, most: int = 8, **options: object) -> ModelQueue[int, int]:
    return ModelQueue(name="doubler", run=model, most=most, **options)  # type: ignore[arg-type]


async def held(model: Model, jobs: ModelQueue[int, int]) -> asyncio.Task[int]:
    """Let the model begin job 0 and stop in it, so that others gather behind it."""
    model.go.clear()
    first = asyncio.create_task(jobs.do(0))
    assert await asyncio.to_thread(model.begun.wait, 10)
    return first


async def test_callers_at_once_share_batches_and_each_gets_its_own_result() -> None:
    model = Model()
    jobs = queue(model)
    first = await held(model, jobs)
    others = [asyncio.create_task(jobs.do(number)) for number in range(1, 12)]
    await asyncio.sleep(0)
    model.go.set()
    assert await asyncio.gather(first, *others) == [2 * number for number in range(12)]
    assert [len(batch) for batch in model.batches] == [1, 8, 3]


async def test_the_first_of_a_batch_waits_for_others_only_as_long_as_it_may() -> None:
    model = Model()
    jobs = queue(model, wait_ms=300)
    began = time.monotonic()
    await asyncio.gather(*(jobs.do(number) for number in range(8)))
    assert time.monotonic() - began < 0.25  # the batch was full at once
    assert await jobs.do(1) == 2
    assert time.monotonic() - began >= 0.3
    assert [len(batch) for batch in model.batches] == [8, 1]


async def test_a_long_list_takes_turns_with_a_single_job() -> None:
    model = Model()
    jobs = queue(model, most=4)
    first = await held(model, jobs)
    many = asyncio.create_task(jobs.do_all(range(100, 140)))
    await asyncio.sleep(0)
    one = asyncio.create_task(jobs.do(7))
    await asyncio.sleep(0)
    model.go.set()
    assert (await many, await one, await first) == ([2 * n for n in range(100, 140)], 14, 0)
    assert 7 in model.batches[2]  # right after the four that had come before it


async def test_too_many_that_wait_are_refused_in_words_and_later_ones_taken() -> None:
    model = Model()
    jobs = queue(model, most=2, bound=3)
    first = await held(model, jobs)
    waiting = [asyncio.create_task(jobs.do(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError, match="doubler is busy: 3 jobs wait"):
        await jobs.do(4)
    model.go.set()
    assert await asyncio.gather(first, *waiting) == [0, 2, 4, 6]
    assert await jobs.do(4) == 8


async def test_who_gives_up_or_is_out_of_time_is_never_computed() -> None:
    model = Model()
    jobs = queue(model)
    first = await held(model, jobs)
    given_up = asyncio.create_task(jobs.do(5))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(TimeoutError):
        await jobs.do(6, deadline_s=0.05)
    model.go.set()
    await first
    assert await jobs.do(1) == 2
    assert model.batches == [[0], [1]]


async def test_an_error_reaches_those_of_its_batch_and_nobody_after() -> None:
    model = Model()
    jobs = queue(model)
    for _ in range(2):
        with pytest.raises(ValueError, match="thirteen"):
            await jobs.do(13)
    assert await jobs.do(1) == 2


async def test_a_model_that_loses_results_is_an_error_and_nobody_waits_for_ever() -> None:
    jobs: ModelQueue[int, int] = ModelQueue(name="short", run=lambda numbers: numbers[1:], most=4)
    with pytest.raises(BackendError, match="short gave 1 results for 2 jobs"):
        await asyncio.wait_for(jobs.do_all([1, 2]), 5)


async def test_out_of_memory_halves_the_batch_and_what_fitted_is_remembered() -> None:
    model, seen, relieved = Model(holds=3), list[Ran](), list[bool]()
    jobs = queue(model, most=16, relief=lambda: relieved.append(True), observe=seen.append)
    assert await jobs.do_all(range(20, 36)) == [2 * number for number in range(20, 36)]
    assert [len(batch) for batch in model.batches[:4]] == [16, 8, 4, 2]
    assert jobs.fits == 2
    assert sum(ran.out_of_memory for ran in seen) == len(relieved) == 3
    before = len(model.batches)
    await jobs.do_all(range(20, 24))
    assert [len(batch) for batch in model.batches[before:]] == [2, 2]


async def test_a_watcher_or_a_relief_that_fails_costs_nobody_a_result(caplog: pytest.LogCaptureFixture) -> None:
    def fails(*_: Ran) -> None:
        raise ValueError("no such gauge")

    jobs = queue(Model(holds=2), most=4, relief=fails, observe=fails)
    async with asyncio.timeout(5):
        assert await jobs.do_all([1, 2, 3, 4]) == [2, 4, 6, 8]
        assert await jobs.do(5) == 10
    assert {"relief of the queue of doubler failed", "observe of the queue of doubler failed"} <= set(caplog.messages)


async def test_a_library_that_panics_fails_its_batch_and_the_queue_goes_on() -> None:
    class PanicException(BaseException):
        """As the one of libraries in Rust, which is no Exception."""

    def run(numbers: list[int]) -> list[int]:
        if 13 in numbers:
            raise PanicException("index out of bounds")
        return numbers

    jobs: ModelQueue[int, int] = ModelQueue(name="echo", run=run, most=4)
    async with asyncio.timeout(5):
        with pytest.raises(BackendError, match="echo failed: .*index out of bounds"):
            await jobs.do(13)
        assert await jobs.do(1) == 1


async def test_memory_that_does_not_hold_even_one_is_told() -> None:
    jobs = queue(Model(holds=0))
    with pytest.raises(BackendError, match="doubler: the device's memory does not hold even one"):
        await jobs.do(1)
    assert jobs.fits == 8  # one that was too large says nothing of the others


async def test_after_many_good_batches_larger_ones_are_tried_again() -> None:
    model = Model(holds=2)
    jobs = queue(model, most=4)
    await jobs.do_all(range(20, 24))
    model.holds = 4
    for number in range(250):
        await jobs.do(number + 20)
    assert jobs.fits == 4


@pytest.mark.parametrize(
    ("error", "is_it"),
    [
        (OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("CUDA failed with error out of memory"), True),
        (RuntimeError("CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (RuntimeError("shapes do not fit"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_the_libraries_ways_of_saying_it_are_known(error: Exception, is_it: bool) -> None:
    assert is_out_of_memory(error) is is_it


def test_torchs_own_error_is_known() -> None:
    torch = pytest.importorskip("torch")
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))


@pytest.mark.bench
async def test_a_lone_job_is_as_quick_through_the_queue_as_in_a_lane() -> None:
    def work(_items: list[int]) -> list[int]:
        time.sleep(0.005)  # noqa: ASYNC251  (it runs in the queue's thread)
        return [0]

    jobs: ModelQueue[int, int] = ModelQueue(name="sleeper", run=work, most=1)
    lane = Lane()

    async def spent(ask: Callable[[], object]) -> float:
        began = time.perf_counter()
        for _ in range(40):
            await ask()  # type: ignore[misc]
        return time.perf_counter() - began

    both = [(await spent(lambda: jobs.do(1)), await spent(lambda: lane.run(work, [1]))) for _ in range(5)]
    assert min(queued / laned for queued, laned in both) <= 1.05
